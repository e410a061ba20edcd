import { LABEL_SIZE, Paper } from '../../print/paper.ts';

export interface ReturnLabelData {
  code: string;
  returnId: string;
  to: { name: string; country: string };
  warehouse: string;
  /** The merchant's own reference of the order. */
  orderReference: string;
  items: readonly { title: string; sku: string; quantity: number }[];
  expiresAt: Date | null;
  authorisedAt: Date;
}

const MARGIN = 5;
const WIDTH = LABEL_SIZE.widthMm - 2 * MARGIN;
const MOST_LINES = 6;

/** What a buyer puts on the parcel, 10 x 15 cm: where it goes, and the return code as a Code 128. No personal data. */
export function returnLabelDocument(data: ReturnLabelData): Promise<Buffer> {
  const paper = new Paper(LABEL_SIZE, `Return ${data.code}`, data.authorisedAt);
  paper.text('RETURN', MARGIN, 4, { size: 20, bold: true, width: 60, lines: 1 });
  paper.text(data.to.country, 75, 3.5, { size: 26, bold: true, width: 20, align: 'right', lines: 1 });
  paper.rule(MARGIN, 19, MARGIN + WIDTH, 19, 1.5);
  paper.text('TO', MARGIN, 21, { size: 6, bold: true, width: 20 });
  paper.text(data.to.name, MARGIN, 25, { size: 14, bold: true, width: WIDTH, lines: 2 });
  paper.text(`Returns, warehouse ${data.warehouse}`, MARGIN, 39, { size: 11, width: WIDTH, lines: 1 });
  paper.rule(MARGIN, 48, MARGIN + WIDTH, 48);
  contents(paper, data);
  paper.rule(MARGIN, 99, MARGIN + WIDTH, 99, 1.5);
  paper.text('RETURN CODE', 2, 100.5, { size: 6, bold: true, width: 96, align: 'center' });
  paper.code128(data.code, 2, 104.5, { width: 96, height: 27 });
  paper.text(data.code, 2, 132, { size: 13, bold: true, width: 96, align: 'center', lines: 1 });
  paper.rule(MARGIN, 140, MARGIN + WIDTH, 140);
  paper.text(data.returnId, MARGIN, 142, { size: 7, width: WIDTH, lines: 1 });
  return paper.finish();
}

function contents(paper: Paper, { items, orderReference, expiresAt }: ReturnLabelData): void {
  paper.text(`Order ${orderReference}`, MARGIN, 50, { size: 9, bold: true, width: WIDTH, lines: 1 });
  let y = 56;
  for (const { title, sku, quantity } of items.slice(0, MOST_LINES)) {
    y += paper.text(`${quantity} x ${title} (${sku})`, MARGIN, y, { size: 8, width: WIDTH, lines: 1 });
  }
  const more = items.length - MOST_LINES;
  if (more > 0) paper.text(`and ${more} more`, MARGIN, y, { size: 8, width: WIDTH, lines: 1 });
  if (expiresAt === null) return;
  const until = `To be sent by ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  paper.text(until, MARGIN, 92, { size: 8, bold: true, width: WIDTH, lines: 1 });
}
