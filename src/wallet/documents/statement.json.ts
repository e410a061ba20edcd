import { instant, instantOrNull } from '../../kernel/clock.ts';
import type { StatementOutline } from '../statement.service.ts';
import type { StatementView, TransactionView } from '../wallet.dto.ts';

/** The statement as the API shows it, in parts: however many lines it has, few of them are in memory at a time. */
export async function* statementJson(
  { currency, start, to, opening, closing }: StatementOutline,
  lines: AsyncIterable<readonly TransactionView[]>,
): AsyncGenerator<string, void, undefined> {
  const head: Omit<StatementView, 'lines' | 'closing'> = {
    ...{ currency, from: instantOrNull(start), to: instant(to), opening: opening.toJSON() },
  };
  yield `${JSON.stringify(head).slice(0, -1)},"lines":[`;
  let before = '';
  for await (const part of lines) {
    if (part.length === 0) continue;
    yield before + part.map((line) => JSON.stringify(line)).join(',');
    before = ',';
  }
  yield `],"closing":${JSON.stringify(closing.toJSON())}}`;
}
