import { addressLines, type PostalAddress } from './address.ts';
import { A4, Paper } from '../../print/paper.ts';
import { PAGE_MARGIN, PAGE_WIDTH, table } from '../../print/table.ts';

export interface PackingSlipData {
  packageId: string;
  orderReference: string;
  warehouse: string;
  to: PostalAddress;
  items: { sku: string; title: string; quantity: number }[];
  plannedAt: Date;
}

/** What lies in the parcel: for the picker, the packer and the buyer. No prices: the buyer paid the merchant, not us. */
export function packingSlipDocument(data: PackingSlipData): Promise<Buffer> {
  const paper = new Paper(A4, `Packing slip ${data.packageId}`, data.plannedAt);
  paper.text('Packing slip', PAGE_MARGIN, 15, { size: 18, bold: true, width: 90 });
  paper.code128(data.packageId, 105, 14, { width: 90, height: 12 });
  paper.text(data.packageId, 105, 26.5, { size: 7, width: 90, align: 'center' });
  paper.text(`Order ${data.orderReference}`, PAGE_MARGIN, 26, { size: 10, width: 85, lines: 2 });
  paper.text(`Warehouse ${data.warehouse}`, PAGE_MARGIN, 36, { size: 10, width: 85, lines: 1 });
  let y = 45;
  for (const line of [data.to.name, ...addressLines(data.to)]) {
    y += paper.text(line, PAGE_MARGIN, y, { size: 10, width: PAGE_WIDTH, lines: 2 });
  }
  const end = table(
    paper,
    [
      { title: 'SKU', width: 45, value: (item) => item.sku },
      { title: 'Goods', width: 115, value: (item) => item.title },
      { title: 'Quantity', width: 20, align: 'right', value: (item) => String(item.quantity) },
    ],
    data.items,
    y + 8,
  );
  const units = data.items.reduce((sum, item) => sum + item.quantity, 0);
  paper.text(`${units} in all`, PAGE_MARGIN, end + 2, { size: 10, bold: true, width: PAGE_WIDTH - 1, align: 'right' });
  return paper.finish();
}
