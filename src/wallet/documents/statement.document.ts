import { instant } from '../../kernel/clock.ts';
import type { Language } from '../../kernel/languages.ts';
import { A4, Paper } from '../../print/paper.ts';
import { PAGE_MARGIN, PAGE_WIDTH, room, Table, type TableColumn } from '../../print/table.ts';
import type { TransactionType } from '../ledger/chart.ts';
import type { TransactionView } from '../wallet.dto.ts';
import type { StatementOutline } from '../statement.service.ts';
import { drawFacts, drawFoot, drawHead, type Parties } from './parties.ts';
import { WORDS, type Words } from './words.ts';

export interface StatementPaper {
  outline: StatementOutline;
  parties: Parties;
  language: Language;
  /** Oldest first, in parts that are read when they are drawn. */
  lines: AsyncIterable<readonly TransactionView[]>;
}

/**
 * The statement on paper, page by page: however many lines it has, few of them are in memory at a time. Its figures are
 * the very texts of the API's.
 */
export async function* statementPdf({
  outline,
  parties,
  language,
  lines,
}: StatementPaper): AsyncGenerator<Buffer, void, undefined> {
  const words = WORDS[language];
  const paper = new Paper(A4, `${words.statement} ${outline.currency}`, outline.to, language);
  const onPage = footing(paper, words);
  onPage();
  const top = drawFacts(paper, factsOf(outline, words), drawHead(paper, words.statement, parties, language));
  const table = new Table(paper, columns(words), top + 5, onPage);
  for await (const part of lines) {
    for (const line of part) table.add(line);
    const drawn = paper.take();
    if (drawn !== null) yield drawn;
  }
  const y = room(paper, table.end + 3, 15, onPage);
  const right = { size: 10, width: PAGE_WIDTH - 1, align: 'right', lines: 1 } as const;
  paper.text(`${words.closing}: ${outline.closing.toString()}`, PAGE_MARGIN, y, { ...right, bold: true });
  paper.text(words.entries(outline.entries), PAGE_MARGIN, y + 6, { ...right, size: 8 });
  yield* paper.rest();
}

/** Numbers the pages as they come. */
function footing(paper: Paper, words: Words): () => void {
  let number = 0;
  return () => {
    number += 1;
    drawFoot(paper, `${words.page} ${number}`);
  };
}

function factsOf({ start, to, currency, opening }: StatementOutline, words: Words): [string, string][] {
  const end = minute(instant(to));
  return [
    [words.statement, start === null ? words.until(end) : words.period(minute(instant(start)), end)],
    [words.currency, currency],
    [words.opening, opening.toString()],
  ];
}

function columns(words: Words): TableColumn<TransactionView>[] {
  return [
    { title: words.date, width: 18, value: (line) => minute(line.created_at) },
    { title: words.entry, width: 57, value: ({ type, cause }) => `${typeName(words, type)} ${cause.id}` },
    { title: words.description, width: 41, value: (line) => line.explanation.map(({ text }) => text).join('; ') },
    { title: words.amount, width: 32, align: 'right', value: (line) => line.amount.amount },
    { title: words.balance, width: 32, align: 'right', value: (line) => line.balance_after.amount },
  ];
}

function typeName(words: Words, type: string): string {
  return words.types[type as TransactionType];
}

/** `2026-05-01 10:22` */
function minute(text: string): string {
  return text.slice(0, 16).replace('T', ' ');
}
