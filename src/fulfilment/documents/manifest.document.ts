import { A4, Paper } from '../../print/paper.ts';
import { PAGE_MARGIN, PAGE_WIDTH, room, table } from '../../print/table.ts';

export interface ManifestParcel {
  trackingNumber: string;
  packageId: string;
  service: string;
  country: string;
  weightG: number | null;
}

export interface ManifestData {
  manifestId: string;
  courierName: string;
  parcels: ManifestParcel[];
  at: Date;
}

/** The list of parcels that the courier's driver takes and signs for. */
export function manifestDocument(data: ManifestData): Promise<Buffer> {
  const paper = new Paper(A4, `Manifest ${data.manifestId}`, data.at);
  paper.text('Hand-over manifest', PAGE_MARGIN, 15, { size: 18, bold: true, width: 90 });
  paper.code128(data.manifestId, 105, 14, { width: 90, height: 12 });
  paper.text(data.manifestId, 105, 26.5, { size: 7, width: 90, align: 'center' });
  paper.text(data.courierName, PAGE_MARGIN, 26, { size: 11, bold: true, width: 85, lines: 1 });
  const handedOver = `Handed over ${data.at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  paper.text(handedOver, PAGE_MARGIN, 33, { size: 10, width: 90 });
  const end = table(
    paper,
    [
      { title: 'No.', width: 12, align: 'right', value: ({ number }) => String(number) },
      { title: 'Tracking number', width: 58, value: ({ parcel }) => parcel.trackingNumber },
      { title: 'Parcel', width: 62, value: ({ parcel }) => parcel.packageId },
      { title: 'Service', width: 22, value: ({ parcel }) => parcel.service },
      { title: 'To', width: 10, value: ({ parcel }) => parcel.country },
      { title: 'Weight', width: 16, align: 'right', value: ({ parcel }) => weight(parcel) },
    ],
    data.parcels.map((parcel, i) => ({ parcel, number: i + 1 })),
    43,
  );
  signature(paper, data.parcels, end);
  return paper.finish();
}

function weight({ weightG }: ManifestParcel): string {
  return weightG === null ? '' : `${weightG} g`;
}

function signature(paper: Paper, parcels: readonly ManifestParcel[], end: number): void {
  const y = room(paper, end + 3, 35);
  const grams = parcels.reduce((sum, parcel) => sum + (parcel.weightG ?? 0), 0);
  const total = `${parcels.length} ${parcels.length === 1 ? 'parcel' : 'parcels'}, ${(grams / 1000).toFixed(3)} kg`;
  paper.text(total, PAGE_MARGIN, y, { size: 10, bold: true, width: PAGE_WIDTH - 1, align: 'right' });
  paper.rule(PAGE_MARGIN, y + 25, 95, y + 25);
  paper.text('Courier: name, date, signature', PAGE_MARGIN, y + 26, { size: 8, width: 80 });
}
