import { Money } from '../../kernel/money.ts';
import { addressLines, countryName, type PostalAddress } from './address.ts';
import { A4, Paper } from '../../print/paper.ts';
import { PAGE_MARGIN, PAGE_WIDTH, room, table } from '../../print/table.ts';

export interface CustomsLine {
  sku: string;
  title: string;
  quantity: number;
  /** What was really paid for these units, after every discount. */
  paid: Money;
  hsCode: string | null;
  /** Country of origin, ISO code. */
  origin: string | null;
  /** Of all units, net. */
  weightG: number;
}

export interface CustomsData {
  packageId: string;
  trackingNumber: string | null;
  from: { name: string; country: string };
  to: PostalAddress;
  lines: CustomsLine[];
  shippingPaid: Money;
  /** As weighed when packed, else the sum of the goods. */
  weightG: number;
  at: Date;
}

/**
 * The customs declaration: every line with what was really paid for it, HS code and origin. It is always a sale of
 * goods. Source: product.md, Customs; policies.md, "Never part of any policy".
 */
export function customsDocument(data: CustomsData): Promise<Buffer> {
  const paper = new Paper(A4, `Customs declaration ${data.packageId}`, data.at);
  paper.text('Customs declaration', PAGE_MARGIN, 15, { size: 18, bold: true, width: PAGE_WIDTH });
  paper.text('Category of item: sale of goods', PAGE_MARGIN, 25, { size: 10, width: PAGE_WIDTH });
  const number = data.trackingNumber === null ? '' : `, tracking number ${data.trackingNumber}`;
  paper.text(`Parcel ${data.packageId}${number}`, PAGE_MARGIN, 31, { size: 9, width: PAGE_WIDTH, lines: 2 });
  const start = Math.max(sender(paper, data.from), receiver(paper, data.to)) + 6;
  const end = table(
    paper,
    [
      { title: 'Description', width: 62, value: (l) => `${l.title} (${l.sku})` },
      { title: 'Quantity', width: 18, align: 'right', value: (l) => String(l.quantity) },
      { title: 'Net weight', width: 24, align: 'right', value: (l) => `${l.weightG} g` },
      { title: 'HS code', width: 28, value: (l) => l.hsCode ?? 'not known' },
      { title: 'Origin', width: 18, value: (l) => l.origin ?? 'not known' },
      { title: 'Value paid', width: 30, align: 'right', value: (l) => l.paid.toString() },
    ],
    data.lines,
    start,
  );
  totals(paper, data, end);
  return paper.finish();
}

function sender(paper: Paper, from: CustomsData['from']): number {
  paper.text('Sender', PAGE_MARGIN, 43, { size: 8, bold: true, width: 85 });
  let y = 47;
  for (const line of [from.name, countryName(from.country).toUpperCase()]) {
    y += paper.text(line, PAGE_MARGIN, y, { size: 9, width: 85, lines: 2 });
  }
  return y;
}

function receiver(paper: Paper, to: PostalAddress): number {
  paper.text('Receiver', 105, 43, { size: 8, bold: true, width: 90 });
  let y = 47;
  for (const line of [to.name, ...addressLines(to)]) y += paper.text(line, 105, y, { size: 9, width: 90, lines: 2 });
  return y;
}

function totals(paper: Paper, data: CustomsData, end: number): void {
  const y = room(paper, end + 3, 45);
  const goods = Money.sum(
    data.lines.map((line) => line.paid),
    data.shippingPaid.currency,
  );
  const right = { size: 9, width: PAGE_WIDTH - 1, align: 'right' } as const;
  paper.text(`Total value of the goods: ${goods.toString()}`, PAGE_MARGIN, y, { ...right, bold: true });
  paper.text(`Shipping paid: ${data.shippingPaid.toString()}`, PAGE_MARGIN, y + 5, right);
  paper.text(`Gross weight: ${data.weightG} g`, PAGE_MARGIN, y + 10, right);
  const oath = 'The particulars given in this declaration are correct, and the values are the prices that were paid.';
  paper.text(oath, PAGE_MARGIN, y + 20, { size: 9, width: PAGE_WIDTH });
  paper.text(`Date ${data.at.toISOString().slice(0, 10)}`, PAGE_MARGIN, y + 34, { size: 9, width: 50 });
  paper.rule(90, y + 38, PAGE_MARGIN + PAGE_WIDTH, y + 38);
  paper.text('Signature of the sender', 90, y + 39, { size: 8, width: 80 });
}
