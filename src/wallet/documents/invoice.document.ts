import type { Language } from '../../kernel/languages.ts';
import { A4, Paper } from '../../print/paper.ts';
import { PAGE_MARGIN, PAGE_WIDTH, room, Table } from '../../print/table.ts';
import { causeOut } from '../ledger/causes.ts';
import type { InvoiceRecord } from './invoice.store.ts';
import { invoiceName } from './invoice.views.ts';
import { drawFacts, drawFoot, drawHead } from './parties.ts';
import { WORDS } from './words.ts';

/** An invoice or credit note on paper: the same whenever it is asked. */
export function invoicePdf(it: InvoiceRecord, language: Language): Promise<Buffer> {
  const words = WORDS[language];
  const title = it.kind === 'invoice' ? words.invoice : words.creditNote;
  const name = invoiceName(it, it.number);
  const paper = new Paper(A4, `${title} ${name}`, it.issuedAt, language);
  let page = 0;
  const onPage = (): void => {
    page += 1;
    drawFoot(paper, `${name} · ${words.page} ${page}`);
  };
  onPage();
  const facts: [string, string][] = [
    [words.number, name],
    [words.issued, it.issuedAt.toISOString().slice(0, 10)],
    [words.about, causeOut(it.cause).id],
  ];
  if (it.corrects !== null) facts.push([words.corrects, invoiceName(it, it.corrects.number)]);
  const top = drawFacts(paper, facts, drawHead(paper, title, it.parties, language));
  const table = new Table<InvoiceRecord['lines'][number]>(
    paper,
    [
      { title: words.description, width: PAGE_WIDTH - 40, value: ({ text }) => text },
      {
        title: `${words.amount} (${it.total.currency})`,
        width: 40,
        align: 'right',
        value: ({ amount }) => amount.amount,
      },
    ],
    top + 5,
    onPage,
  );
  for (const line of it.lines) table.add(line);
  const y = room(paper, table.end + 3, 18, onPage);
  const right = { size: 11, width: PAGE_WIDTH - 1, align: 'right', lines: 1 } as const;
  paper.text(`${words.total}: ${it.total.toString()}`, PAGE_MARGIN, y, { ...right, bold: true });
  paper.text(it.kind === 'invoice' ? words.paid : words.credited, PAGE_MARGIN, y + 7, { ...right, size: 9 });
  return paper.finish();
}
