import type { ClientBase } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { serviceOptions } from '../../src/database/data-source.ts';
import { asHouse, type Scope } from '../../src/database/scope.ts';
import { rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { Outbox } from '../../src/events/outbox.ts';
import { PackageHandedOver } from '../../src/fulfilment/fulfilment.errors.ts';
import { PackageStore } from '../../src/fulfilment/package.store.ts';
import { planPackages, type PlannedPackage, type PlanRequest } from '../../src/fulfilment/planning.ts';
import { Interceptions } from '../../src/fulfilment/warehouse/interceptions.ts';
import { RealClock } from '../../src/kernel/clock.ts';
import { NotFound } from '../../src/kernel/errors.ts';
import { newId } from '../../src/kernel/ids.ts';
import { Money } from '../../src/kernel/money.ts';

const AT = new Date('2026-05-02T08:00:00.000Z');
const usd = (amount: string): Money => Money.parse(amount, 'USD');

const parcel = (over: Partial<PlannedPackage> = {}): PlannedPackage => ({
  shipTo: { name: 'Zoë', line1: '1 Road', city: 'Paris', postal_code: '75001', country: 'FR', phone: '' },
  warehouse: 'RTM',
  items: [{ line: 1, sku: 'LAMP', quantity: 1, backorder: false }],
  why: [],
  courier: 'dhl',
  service: 'ground',
  shippingPaid: usd('5.00'),
  weightG: 400,
  ...over,
});

const request = (over: Partial<PlanRequest> = {}): PlanRequest => ({
  merchantId: newId(),
  orderId: newId(),
  orderReference: 'SHOP-1',
  currency: 'USD',
  lines: [{ line: 1, title: 'Lamp', quantity: 1, paid: usd('19.99') }],
  packages: [parcel()],
  paid: true,
  lateAfterDays: 20,
  at: AT,
  ...over,
});

describe('packages in the database', () => {
  let db: Scope;
  let store: PackageStore;
  let interceptions: Interceptions;
  const work = <T>(act: (tx: EntityManager) => Promise<T>): Promise<T> => inTransaction(db, act);

  beforeAll(async () => {
    db = asHouse(await new DataSource(serviceOptions(process.env['DATABASE_URL'] ?? '', 5)).initialize());
    const clock = new RealClock();
    store = new PackageStore(clock);
    interceptions = new Interceptions(store, new Outbox(clock));
  });

  afterAll(() => db.source.destroy());

  it('are read as they were planned, each line with what was paid for its own units', async () => {
    const order = request({
      lines: [
        { line: 1, title: 'Lamp', quantity: 3, paid: usd('10.00') },
        { line: 2, title: 'Mug', quantity: 2, paid: usd('4.51') },
      ],
      packages: [
        parcel({ why: ['battery travels alone'], items: [{ line: 1, sku: 'LAMP', quantity: 2, backorder: false }] }),
        parcel({
          items: [
            { line: 1, sku: 'LAMP', quantity: 1, backorder: true },
            { line: 2, sku: 'MUG', quantity: 1, backorder: false },
            { line: 2, sku: 'MUG', quantity: 1, backorder: false },
          ],
        }),
      ],
    });
    const planned = await work((tx) => planPackages(tx, order));
    const read = await store.byOrder(db, order.merchantId, order.orderId);
    expect(read.map((p) => ({ ...p, readAt: AT }))).toEqual(planned);
    expect(read.map((p) => p.goodsPaid.amount)).toEqual(['6.67', '7.84']);
    expect(read.map((p) => p.items.map((i) => [i.line, i.quantity, i.backorder, i.paid.amount]))).toEqual([
      [[1, 2, false, '6.67']],
      [
        [1, 1, true, '3.33'],
        [2, 2, false, '4.51'],
      ],
    ]);
    expect(await store.addressOf(db, order.merchantId, planned[0]?.id ?? '')).toMatchObject({
      name: 'Zoë',
      phone: null,
    });
  });

  it('take one statement, however many there are', async () => {
    const order = request({
      lines: [{ line: 1, title: 'Lamp', quantity: 40, paid: usd('40.00') }],
      packages: Array.from({ length: 40 }, () => parcel()),
    });
    let statements = 0;
    await work(async (tx) => {
      const client = (await tx.queryRunner?.connect()) as ClientBase;
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      client.query = ((...args: unknown[]) => {
        statements += 1;
        return query(...args);
      }) as typeof client.query;
      await planPackages(tx, order);
      client.query = query as typeof client.query;
    });
    expect(statements).toBe(1);
    expect(await store.byOrder(db, order.merchantId, order.orderId)).toHaveLength(40);
  });

  it('are not planned with more units than the order has', async () => {
    const order = request({ packages: [parcel(), parcel()] });
    await expect(work((tx) => planPackages(tx, order))).rejects.toThrow('no 1 units left');
  });

  it('are listed newest first, page by page, each once', async () => {
    const merchantId = newId();
    const ids: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      const [record] = await work((tx) => planPackages(tx, request({ merchantId })));
      ids.push(record?.id ?? '');
    }
    const seen: string[] = [];
    let after: string[] | null = null;
    for (;;) {
      const found = await store.list(db, { merchantId }, { limit: 3, after });
      seen.push(...found.slice(0, 3).map(({ id }) => id));
      if (found.length <= 3) break;
      after = [found[2]?.id ?? ''];
    }
    expect(seen).toEqual([...ids].reverse());
    expect(await store.list(db, { merchantId, status: 'lost' }, { limit: 3, after: null })).toEqual([]);
    expect(await store.list(db, { merchantId: newId(), warehouse: 'RTM' }, { limit: 3, after: null })).toEqual([]);
  });

  it('of another merchant are not found', async () => {
    const order = request();
    const [record] = await work((tx) => planPackages(tx, order));
    const id = record?.id ?? '';
    await expect(store.get(db, newId(), id)).rejects.toThrow(NotFound);
    await expect(work((tx) => store.lock(tx, newId(), [id]))).rejects.toThrow(NotFound);
    expect((await store.get(db, null, id)).merchantId).toBe(order.merchantId);
  });

  it('can be asked to stop once at a time, and a cancellation goes before a change of address', async () => {
    const { merchantId, ...order } = request();
    const [record] = await work((tx) => planPackages(tx, { merchantId, ...order }));
    const packageId = record?.id ?? '';
    const ask = (cause: 'cancellation' | 'address_change', causeId: string) =>
      work((tx) => interceptions.request(tx, { merchantId, packageId, cause, causeId, at: AT }));
    expect((await ask('address_change', 'case-1')).interception).toMatchObject({
      cause: 'address_change',
      answer: null,
    });
    await Promise.all([ask('cancellation', 'case-2'), ask('cancellation', 'case-3')]);
    const open = await rows(db, `SELECT cause FROM interception WHERE merchant_id = $1`, [merchantId]);
    expect(open).toEqual([{ cause: 'cancellation' }]);
    expect((await ask('address_change', 'case-4')).interception?.cause).toBe('cancellation');
  });

  it('cannot be asked to stop once they have left', async () => {
    const { merchantId, ...order } = request();
    const [record] = await work((tx) => planPackages(tx, { merchantId, ...order }));
    await rows(
      db,
      `UPDATE package SET status = 'in_transit', tracking_number = 'T', handed_over_at = $2, handed_over_by = 'courier' WHERE merchant_id = $1`,
      [merchantId, AT],
    );
    const asked = work((tx) =>
      interceptions.request(tx, {
        merchantId,
        packageId: record?.id ?? '',
        cause: 'cancellation',
        causeId: null,
        at: AT,
      }),
    );
    await expect(asked).rejects.toThrow(PackageHandedOver);
    await expect(asked).rejects.toMatchObject({ facts: { scan: 'courier', handed_over_at: AT.toISOString() } });
  });

  it('cannot be both cancelled and gone, nor gone without a label: the database says so too', async () => {
    const { merchantId } = request();
    await work((tx) => planPackages(tx, request({ merchantId })));
    const set = (what: string) => rows(db, `UPDATE package SET ${what} WHERE merchant_id = '${merchantId}'`);
    await expect(set(`status = 'handed_over', handed_over_at = now()`)).rejects.toThrow('package_left_with_a_label');
    await expect(
      set(`status = 'cancelled', cancelled_at = now(), handed_over_at = now(), tracking_number = 'T'`),
    ).rejects.toThrow('package_left_or_cancelled');
    await expect(set(`status = 'cancelled'`)).rejects.toThrow('package_cancelled_has_a_time');
    await expect(set(`status = 'picking', paid_at = NULL`)).rejects.toThrow('package_worked_on_is_paid');
  });
});
