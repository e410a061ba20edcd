import { addressLines, type PostalAddress } from './address.ts';
import { LABEL_SIZE, Paper, type TextStyle } from '../../print/paper.ts';

export interface LabelData {
  courierName: string;
  service: string;
  trackingNumber: string;
  from: { name: string; lines: string[] };
  to: PostalAddress;
  /** The merchant's own reference of the order. */
  orderReference: string;
  packageId: string;
  weightG: number | null;
  labelledAt: Date;
}

const MARGIN = 5;
const WIDTH = LABEL_SIZE.widthMm - 2 * MARGIN;

/** The shipping label, 10 x 15 cm, one page: courier, sender, receiver, a Code 128 of the tracking number. */
export function labelDocument(data: LabelData): Promise<Buffer> {
  const paper = new Paper(LABEL_SIZE, `Label ${data.trackingNumber}`, data.labelledAt);
  header(paper, data);
  sender(paper, data);
  receiver(paper, data.to);
  barcode(paper, data);
  return paper.finish();
}

function header(paper: Paper, { courierName, service, to }: LabelData): void {
  paper.text(courierName, MARGIN, 4, { size: 16, bold: true, width: 66, lines: 1 });
  paper.text(service, MARGIN, 12, { size: 10, width: 66, lines: 1 });
  paper.text(to.country, 75, 3.5, { size: 26, bold: true, width: 20, align: 'right', lines: 1 });
  paper.rule(MARGIN, 19, MARGIN + WIDTH, 19, 1.5);
}

function sender(paper: Paper, { from, weightG, labelledAt }: LabelData): void {
  paper.text('FROM', MARGIN, 20.5, { size: 6, bold: true, width: 20 });
  paper.text(from.name, MARGIN, 23.5, { size: 8, bold: true, width: 58, lines: 1 });
  let y = 27.5;
  for (const line of from.lines.slice(0, 3)) y += paper.text(line, MARGIN, y, { size: 8, width: 58, lines: 1 });
  const right = { size: 8, width: 28, align: 'right', lines: 1 } as const;
  paper.text(labelledAt.toISOString().slice(0, 10), MARGIN + WIDTH - 28, 23.5, right);
  if (weightG !== null) paper.text(`${(weightG / 1000).toFixed(3)} kg`, MARGIN + WIDTH - 28, 27.5, right);
  paper.rule(MARGIN, 40, MARGIN + WIDTH, 40);
}

/** The largest type in which the whole address stays above the barcode. */
function receiver(paper: Paper, to: PostalAddress): void {
  paper.text('TO', MARGIN, 41.5, { size: 6, bold: true, width: 20 });
  const lines = addressLines(to);
  const fits = (size: number): boolean =>
    paper.heightOf(to.name, nameStyle(size)) + sum(lines.map((line) => paper.heightOf(line, lineStyle(size)))) <= 49;
  const size = [11, 9.5, 8].find(fits) ?? 6.5;
  let y = 45;
  y += paper.text(to.name, MARGIN, y, nameStyle(size));
  for (const line of lines) y += paper.text(line, MARGIN, y, lineStyle(size));
  if (to.phone !== null) paper.text(`Tel. ${to.phone}`, MARGIN, y + 0.5, { size: 8, width: WIDTH, lines: 1 });
  paper.rule(MARGIN, 99, MARGIN + WIDTH, 99, 1.5);
}

const nameStyle = (size: number): TextStyle => ({ size: size + 3, bold: true, width: WIDTH, lines: 2 });
const lineStyle = (size: number): TextStyle => ({ size, width: WIDTH, lines: 2 });
const sum = (heights: readonly number[]): number => heights.reduce((a, b) => a + b, 0);

function barcode(paper: Paper, { trackingNumber, orderReference, packageId }: LabelData): void {
  paper.text('TRACKING NUMBER', 2, 100.5, { size: 6, bold: true, width: 96, align: 'center' });
  paper.code128(trackingNumber, 2, 104.5, { width: 96, height: 27 });
  paper.text(trackingNumber, 2, 132, { size: 11, bold: true, width: 96, align: 'center', lines: 1 });
  paper.rule(MARGIN, 139, MARGIN + WIDTH, 139);
  paper.text(`Order ${orderReference}`, MARGIN, 140.5, { size: 7, width: WIDTH, lines: 1 });
  paper.text(packageId, MARGIN, 144, { size: 7, width: WIDTH, lines: 1 });
}
