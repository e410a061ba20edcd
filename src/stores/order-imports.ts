import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { merchantOf, type Actor } from '../http/actor.ts';
import { StrictPipe } from '../http/validation.ts';
import { invalidField } from '../kernel/errors.ts';
import { idOut } from '../kernel/ids.ts';
import {
  ImportsService,
  type Column,
  type CsvRow,
  type ImportRecord,
  type Outcome,
  type Rows,
} from '../imports/imports.service.ts';
import { OrdersService, PlaceOrderBody, ReferenceTaken } from '../orders/orders.service.ts';
import { shopifyState, type StoreOrder } from './store-order.translate.ts';

/** A plain template's headings first, then those of Shopify's export of orders. */
const COLUMNS = {
  reference: { headings: ['reference', 'Name'], required: true },
  sku: { headings: ['sku', 'Lineitem sku'], required: true },
  quantity: { headings: ['quantity', 'Lineitem quantity'], required: true },
  currency: { headings: ['currency'], required: true },
  name: { headings: ['ship_to_name', 'Shipping Name'], required: true },
  company: { headings: ['company', 'Shipping Company'] },
  line1: { headings: ['line1', 'Shipping Address1', 'Shipping Street'], required: true },
  line2: { headings: ['line2', 'Shipping Address2'] },
  city: { headings: ['city', 'Shipping City'], required: true },
  region: { headings: ['region', 'Shipping Province'] },
  postal_code: { headings: ['postal_code', 'Shipping Zip'] },
  country: { headings: ['country', 'Shipping Country'], required: true },
  phone: { headings: ['phone', 'Shipping Phone'] },
  email: { headings: ['email'] },
  service: { headings: ['service'] },
  discount_code: { headings: ['waybill_discount_code'] },
  cancelled_at: { headings: ['Cancelled at'] },
  money: { headings: ['Financial Status'] },
  sent: { headings: ['Fulfillment Status'] },
  needs_shipping: { headings: ['Lineitem requires shipping'] },
  line_sent: { headings: ['Lineitem fulfillment status'] },
} satisfies Record<string, Column>;

type Name = keyof typeof COLUMNS;

const ADDRESS = [
  'name',
  'company',
  'line1',
  'line2',
  'city',
  'region',
  'postal_code',
  'country',
  'phone',
  'email',
] as const;

/** Orders as a CSV file: a row a line, rows of one reference are one order; the first row's address counts. */
@Injectable()
export class OrderImports {
  private readonly check = new StrictPipe();

  constructor(
    private readonly imports: ImportsService,
    private readonly orders: OrdersService,
  ) {}

  run(actor: Actor, csv: Buffer, dryRun: boolean): Promise<ImportRecord> {
    const merchantId = merchantOf(actor);
    const given = { kind: 'orders', dryRun, csv, columns: COLUMNS, together: byReference };
    return this.imports.run(actor, given, (tx, rows) => this.place(tx, merchantId, rows));
  }

  /** @throws whatever placing an order throws; ReferenceTaken where the reference is another order's */
  private async place(tx: EntityManager, merchantId: string, rows: Rows<Name>): Promise<Outcome> {
    const passedOver = { status: 'unchanged', detail: 'Nothing of it is to be sent.' } as const;
    const goods = rows.filter(({ cells }) => cells.needs_shipping.toLowerCase() !== 'false');
    const state = stateOf(rows);
    if (state === 'cancelled' || state === 'done' || goods.length === 0) return passedOver;
    const all = await this.bodyOf(rows, goods);
    const left = goods.filter(({ cells }) => cells.line_sent.toLowerCase() !== 'fulfilled');
    const due = left.length === goods.length || left.length === 0 ? all : await this.bodyOf(rows, left);
    const known = await this.orders.byReference(tx, merchantId, all.reference);
    if (known !== null) {
      const subject = idOut('ord', known.id);
      // the store may have sent of it before it came here, or since
      if (!isSame(known.lines, all.items) && !isSame(known.lines, due.items)) throw new ReferenceTaken(all.reference);
      return { status: 'unchanged', subject, detail: 'It was placed before.' };
    }
    if (left.length === 0) return passedOver;
    if (state === 'unpaid') throw invalidField('', 'not_paid', 'The buyer has not paid the store yet.');
    const { id, status } = await this.orders.place(tx, merchantId, due);
    return { status: 'imported', subject: id, detail: status };
  }

  private async bodyOf(rows: Rows<Name>, goods: readonly CsvRow<Name>[]): Promise<PlaceOrderBody> {
    const sent = orderOf(rows, goods);
    return (await this.check.transform(sent, { type: 'body', metatype: PlaceOrderBody })) as PlaceOrderBody;
  }
}

/** Without a reference a row is by itself, and refused for it. */
const byReference = ({ cells, row }: CsvRow<Name>): string => (cells.reference === '' ? `row ${row}` : cells.reference);

/** Only the first row of an order says it, whatever is said of the lines. */
function stateOf(rows: Rows<Name>): StoreOrder['state'] {
  const [{ cells }] = rows;
  const cancelledAt = rows.map((row) => row.cells.cancelled_at).find((text) => text !== '');
  return shopifyState({ cancelledAt: cancelledAt ?? '', paid: cells.money, sent: cells.sent });
}

function orderOf([{ cells }]: Rows<Name>, goods: readonly CsvRow<Name>[]): object {
  const { reference, currency, service, discount_code } = cells;
  const filled = (fields: Record<string, string>) =>
    Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ''));
  const address = Object.fromEntries(ADDRESS.map((field) => [field, cellOf(field, cells[field])]));
  return {
    ...filled({ reference: reference.replace(/^#/, ''), currency: currency.toUpperCase(), service, discount_code }),
    ship_to: filled({ ...address, country: (address['country'] ?? '').toUpperCase() }),
    items: goods.map((row) => ({ sku: row.cells.sku, quantity: quantityOf(row) })),
  };
}

/** Shopify writes an apostrophe before postal codes, so that spreadsheets keep their zeros. */
const cellOf = (field: (typeof ADDRESS)[number], text: string): string =>
  field === 'postal_code' || field === 'phone' ? text.replace(/^'/, '') : text;

function quantityOf({ cells: { quantity }, row }: CsvRow<Name>): number {
  if (!/^\d{1,6}$/.test(quantity)) {
    throw invalidField('/items/0/quantity', 'wrong_type', `Row ${row}: the quantity must be a whole number.`);
  }
  return Number.parseInt(quantity, 10);
}

function isSame(
  lines: readonly { sku: string; quantity: number }[],
  items: readonly { sku: string; quantity: number }[],
): boolean {
  const words = (list: typeof lines): string =>
    JSON.stringify(list.map(({ sku, quantity }) => `${sku} ${quantity}`).sort());
  return words(lines) === words(items);
}
