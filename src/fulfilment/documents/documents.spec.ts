import { readPdf } from '../../../test/support/pdf.ts';
import { Money } from '../../kernel/money.ts';
import type { PostalAddress } from './address.ts';
import { customsDocument } from './customs.document.ts';
import { runsOf } from '../../print/fonts.ts';
import { labelDocument, type LabelData } from './label.document.ts';
import { manifestDocument } from './manifest.document.ts';
import { packingSlipDocument } from './packing-slip.document.ts';

const AT = new Date('2026-05-02T09:30:00.000Z');
const USD = (amount: string): Money => Money.parse(amount, 'USD');

const to: PostalAddress = {
  name: 'Zoë Łukasiewicz-Ångström',
  company: 'Crème & Fils',
  line1: '12 rue de l’Église',
  line2: null,
  city: 'Besançon',
  region: null,
  postalCode: '25000',
  country: 'FR',
  phone: '+33 3 81 00 00 00',
  email: null,
};

const label = (over: Partial<LabelData> = {}): LabelData => ({
  courierName: 'USPS',
  service: 'GroundAdvantage',
  trackingNumber: '9400100105442285876350',
  from: { name: 'Rotterdam', lines: ['Kade 1', '3011 Rotterdam', 'NETHERLANDS'] },
  to,
  orderReference: 'SHOP-1001',
  packageId: 'pkg_01hf0000000000000000000000',
  weightG: 750,
  labelledAt: AT,
  ...over,
});

describe('the shipping label', () => {
  it('is one page of 10 x 15 cm whose Code 128 reads back as the tracking number', async () => {
    const pages = await readPdf(await labelDocument(label()));
    expect(pages).toHaveLength(1);
    expect(pages[0]?.widthMm).toBeCloseTo(100, 1);
    expect(pages[0]?.heightMm).toBeCloseTo(150, 1);
    expect(pages[0]?.barcodes).toEqual([{ format: 'Code128', text: '9400100105442285876350' }]);
  });

  it.each(['1Z999AA10123456784', 'JD014600006281230704', 'RR 123-456.789/NL', 'x', 'A'.repeat(50), 'abc_DEF~42'])(
    'reads back %s',
    async (trackingNumber) => {
      const [page] = await readPdf(await labelDocument(label({ trackingNumber })));
      expect(page?.barcodes).toEqual([{ format: 'Code128', text: trackingNumber }]);
    },
  );

  it('prints names with accents and other alphabets as they are written', async () => {
    const [page] = await readPdf(await labelDocument(label()));
    for (const part of ['Zoë Łukasiewicz-Ångström', 'Crème & Fils', '12 rue de l’Église', 'Besançon', 'FRANCE']) {
      expect(page?.text).toContain(part);
    }
    const cyrillic = { ...to, name: 'Юлия Ґалаґан', line1: 'Οδός Ερμού 3', line2: 'Nguyễn Huệ', city: 'हिन्दी' };
    const [other] = await readPdf(await labelDocument(label({ to: cyrillic })));
    for (const part of ['Юлия Ґалаґан', 'Οδός Ερμού 3', 'Nguyễn Huệ']) expect(other?.text).toContain(part);
  });

  it('prints a question mark for what no font of ours draws, and the rest of the line', async () => {
    const [page] = await readPdf(
      await labelDocument(label({ to: { ...to, name: '王 Wang', line1: 'Ｂuilding ﬁve' } })),
    );
    expect(page?.text).toContain('? Wang');
    expect(page?.text).toContain('Building five');
  });

  it('stays one page however long the address is', async () => {
    const long = 'A very long line of an address that goes on and on '.repeat(5);
    const data = label({ to: { ...to, name: long, company: long, line1: long, line2: long, city: long, phone: long } });
    const pages = await readPdf(await labelDocument(data));
    expect(pages).toHaveLength(1);
    expect(pages[0]?.barcodes).toHaveLength(1);
  });

  it('is the same bytes for the same data', async () => {
    expect((await labelDocument(label())).equals(await labelDocument(label()))).toBe(true);
  });
});

describe('text in runs', () => {
  it('keeps one run where one part of the font has all', () => {
    expect(runsOf('Zoë 12')).toEqual([{ subset: 'latin', text: 'Zoë 12' }]);
    expect(runsOf('Łódź')).toEqual([
      { subset: 'latin-ext', text: 'Ł' },
      { subset: 'latin', text: 'ód' },
      { subset: 'latin-ext', text: 'ź' },
    ]);
  });
});

describe('the packing slip', () => {
  it('lists every line with its units, has the parcel as a barcode, and no price', async () => {
    const items = Array.from({ length: 60 }, (_, i) => ({ sku: `SKU-${i}`, title: `Thing ${i}`, quantity: 2 }));
    const data = { packageId: 'pkg_01hf', orderReference: 'SHOP-1', warehouse: 'RTM', to, items, plannedAt: AT };
    const pages = await readPdf(await packingSlipDocument(data));
    const text = pages.map((page) => page.text).join('\n');
    expect(pages.length).toBeGreaterThan(1);
    for (const { sku } of items) expect(text).toContain(sku);
    expect(text).toContain('120 in all');
    expect(pages[0]?.barcodes).toEqual([{ format: 'Code128', text: 'pkg_01hf' }]);
  });
});

describe('the customs declaration', () => {
  it('declares what was really paid for each line, HS code and origin, as a sale and never as a gift', async () => {
    const lines = [
      {
        sku: 'LAMP',
        title: 'Desk lamp',
        quantity: 3,
        paid: USD('26.99'),
        hsCode: '9405.21',
        origin: 'CN',
        weightG: 1200,
      },
      { sku: 'MUG', title: 'Mug', quantity: 1, paid: USD('4.50'), hsCode: null, origin: null, weightG: 300 },
    ];
    const [page] = await readPdf(
      await customsDocument({
        packageId: 'pkg_01hf',
        trackingNumber: 'TN1',
        from: { name: 'Rotterdam', country: 'NL' },
        to,
        lines,
        shippingPaid: USD('5.00'),
        weightG: 1600,
        at: AT,
      }),
    );
    for (const part of ['sale of goods', '26.99 USD', '4.50 USD', '9405.21', 'CN', '1200 g', 'NETHERLANDS']) {
      expect(page?.text).toContain(part);
    }
    expect(page?.text).toContain('Total value of the goods: 31.49 USD');
    expect(page?.text).toContain('Shipping paid: 5.00 USD');
    expect(page?.text.toLowerCase()).not.toContain('gift');
  });
});

describe('the manifest', () => {
  it('lists each parcel by its tracking number over as many pages as it takes, and its own id as a barcode', async () => {
    const parcels = Array.from({ length: 80 }, (_, i) => ({
      trackingNumber: `TN${1000 + i}`,
      packageId: `pkg_${i}`,
      service: 'ground',
      country: 'DE',
      weightG: 100,
    }));
    const pages = await readPdf(
      await manifestDocument({ manifestId: 'mfs_01hf', courierName: 'DHL', parcels, at: AT }),
    );
    const text = pages.map((page) => page.text).join('\n');
    for (const { trackingNumber } of parcels) expect(text).toContain(trackingNumber);
    expect(text).toContain('80 parcels, 8.000 kg');
    expect(pages[0]?.barcodes).toEqual([{ format: 'Code128', text: 'mfs_01hf' }]);
  });
});
