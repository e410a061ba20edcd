import { stringify } from 'csv-stringify/sync';
import { instant, instantOrNull } from '../../kernel/clock.ts';
import type { StatementOutline } from '../statement.service.ts';
import type { TransactionView } from '../wallet.dto.ts';

const HEADER = ['date', 'type', 'description', 'cause', 'amount', 'balance', 'currency', 'journal'];

/** The statement as a table, in parts: an opening row, the lines, a closing row. */
export async function* statementCsv(
  { currency, start, to, opening, closing }: StatementOutline,
  lines: AsyncIterable<readonly TransactionView[]>,
): AsyncGenerator<string, void, undefined> {
  yield table([HEADER, [instantOrNull(start) ?? '', 'opening', '', '', '', opening.amount, currency, '']]);
  for await (const part of lines) yield table(part.map(rowOf));
  yield table([[instant(to), 'closing', '', '', '', closing.amount, currency, '']]);
}

function rowOf({ created_at, type, explanation, cause, amount, balance_after, id }: TransactionView): string[] {
  const description = explanation.map(({ text }) => text).join('; ');
  return [
    ...[created_at, type, description, `${cause.type}:${cause.id}`, amount.amount, balance_after.amount],
    ...[amount.currency, id],
  ];
}

/** Texts that a spreadsheet would run are escaped; amounts begin with "-" and must stay numbers. */
function table(lines: string[][]): string {
  return stringify(lines, {
    cast: { string: (text, { index }) => (index === 2 && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text) },
  });
}
