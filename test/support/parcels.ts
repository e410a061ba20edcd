import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../../src/catalogue/catalogue.service.ts';
import { rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { FulfilmentService, type PackageRecord } from '../../src/fulfilment/fulfilment.service.ts';
import { idIn, idOut, newId } from '../../src/kernel/ids.ts';
import { Money } from '../../src/kernel/money.ts';
import type { TestApp } from './app.ts';
import { readPdf, type PdfPage } from './pdf.ts';
import { Caller, expectStatus, PASSWORD, SHIP_TO, type Merchant, type World } from './world.ts';

export interface Planned {
  record: PackageRecord;
  merchantId: string;
  orderId: string;
  /** As the API writes it. */
  id: string;
  path: string;
}

/** Packages without the order before them: planned by the service, worked on over HTTP. */
export class Parcels {
  readonly fulfilment: FulfilmentService;
  private readonly catalogue: CatalogueService;
  private numbers = 0;

  constructor(
    private readonly test: TestApp,
    private readonly world: World,
  ) {
    this.fulfilment = test.app.get(FulfilmentService, { strict: false });
    this.catalogue = test.app.get(CatalogueService, { strict: false });
  }

  work<T>(act: (tx: EntityManager) => Promise<T>): Promise<T> {
    return inTransaction(this.test.db, act);
  }

  /** The names of what was told of a package's order, in their order. */
  async told({ merchantId, orderId }: Planned): Promise<string[]> {
    const events = await rows<{ name: string }>(
      this.test.db,
      `SELECT name FROM event WHERE merchant_id = $1 AND aggregate = $2 ORDER BY position`,
      [merchantId, orderId],
    );
    return events.map(({ name }) => name);
  }

  /** Two lamps and a shade in one package, their stock reserved. */
  async planned(merchant: Merchant, over: { paid?: boolean } = {}): Promise<Planned> {
    const merchantId = uuid(merchant);
    const orderId = newId();
    const items = [
      { line: 1, sku: 'LAMP', quantity: 2, backorder: false },
      { line: 2, sku: 'SHADE', quantity: 1, backorder: false },
    ];
    const usd = (amount: string): Money => Money.parse(amount, 'USD');
    const [record] = await this.work(async (tx) => {
      await this.catalogue.lockStock(tx, ['LAMP', 'SHADE']);
      await this.catalogue.reserve(
        tx,
        items.map((item) => ({ ...item, merchantId, orderId, warehouse: 'EWR' })),
      );
      return this.fulfilment.plan(tx, {
        ...{ merchantId, orderId, orderReference: `SHOP-${orderId.slice(-6)}`, currency: 'USD' },
        lines: [
          { line: 1, title: 'The lamp', quantity: 2, paid: usd('35.99') },
          { line: 2, title: 'The shade', quantity: 1, paid: usd('9.50') },
        ],
        packages: [
          {
            ...{ shipTo: SHIP_TO, warehouse: 'EWR', items, why: [], courier: 'ups', service: 'ground' },
            ...{ shippingPaid: usd('5.00'), weightG: 1500 },
          },
        ],
        ...{ paid: over.paid ?? true, lateAfterDays: 20, at: this.test.clock.now() },
      });
    });
    if (record === undefined) throw new Error('Nothing was planned.');
    const id = idOut('pkg', record.id);
    return { record, merchantId, orderId, id, path: `/v1/packages/${id}` };
  }

  async packed(merchant: Merchant): Promise<Planned> {
    const parcel = await this.planned(merchant);
    expectStatus(await this.world.admin.post(`${parcel.path}/pick`), 200);
    expectStatus(await this.world.admin.post(`${parcel.path}/pack`, { scans: SCANS, weight_g: 1650 }), 200);
    return parcel;
  }

  async labelled(merchant: Merchant, trackingNumber = this.number()): Promise<Planned & { trackingNumber: string }> {
    const parcel = await this.packed(merchant);
    const label = { courier: 'ups', service: 'ground', tracking_number: trackingNumber };
    expectStatus(await this.world.admin.post(`${parcel.path}/label`, label), 200);
    return { ...parcel, trackingNumber };
  }

  /** Somebody who only works in the warehouse. */
  async picker(): Promise<Caller> {
    const email = `${newId()}@operator.example`;
    expectStatus(await this.world.admin.post('/v1/users', { email, password: PASSWORD, roles: ['warehouse'] }), 201);
    const session = await new Caller(this.test, null).post('/v1/sessions', { email, password: PASSWORD });
    return new Caller(this.test, expectStatus<{ token: string }>(session, 201).token);
  }

  /** A paper as its caller gets it. */
  async paper(caller: Caller, path: string): Promise<PdfPage[]> {
    const answer = await this.test.http
      .get(path)
      .set('Authorization', `Bearer ${caller.token ?? ''}`)
      .responseType('blob');
    expectStatus(answer, 200);
    if (answer.headers['content-type'] !== 'application/pdf') throw new Error('The paper is no PDF.');
    return readPdf(answer.body as Buffer);
  }

  number(): string {
    this.numbers += 1;
    return `1Z${String(Date.parse('2026-01-01') + this.numbers)}`;
  }

  /** On hand and reserved of a SKU. */
  async stock(sku: string): Promise<{ onHand: number; reserved: number }> {
    const levels = await this.catalogue.stockLevels(this.test.db, [sku]);
    const level = levels.find(({ warehouse }) => warehouse === 'EWR');
    return { onHand: level?.onHand ?? 0, reserved: level?.reserved ?? 0 };
  }
}

export const SCANS = [
  { sku: 'SHADE', quantity: 1 },
  { sku: 'LAMP', quantity: 1 },
  { sku: 'LAMP', quantity: 1 },
];

export function uuid(merchant: Merchant): string {
  return idIn('mer', merchant.id) ?? '';
}
