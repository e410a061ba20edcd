import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newId } from '../../kernel/ids.ts';
import { Refused, type Client } from '../demo/client.ts';
import type { ModelSize } from './ledger-play.ts';
import { OrderModel, type CourierWord, type WarehouseStep } from './order-model.ts';

/** A service with a catalogue whose packages cost the model's price, as openMarket makes it. */
export interface OrderStage {
  anyone: Client;
  admin: Client;
  /** Everything that was told has had its effects. */
  settle: () => Promise<void>;
  /** The instant of the sandbox's clock, which stands still. */
  now: string;
}

interface Real extends OrderStage {
  shop: Client;
}

interface Placed {
  id: string;
  status: string;
  packages: { id: string; status: string; refunded: { amount: string }; items: { sku: string; quantity: number }[] }[];
}

const SKUS = ['LAMP', 'POWERBANK'] as const;
const START = '60.00';
const PASSWORD = 'a long enough password';
const SHIP_TO = {
  ...{ name: 'Ada Buyer', line1: '12 Analytical Row', city: 'Springfield', region: 'IL', postal_code: '62701' },
  ...{ country: 'US', phone: '+12175550123' },
};

const cents = (amount: string): bigint => BigInt(amount.replace('.', ''));
const usd = (amount: string) => ({ amount, currency: 'USD' });

async function topUp({ shop, admin }: Pick<Real, 'shop' | 'admin'>, amount: string): Promise<void> {
  const { id } = await shop.post<{ id: string }>('/v1/top-ups', { amount: usd(amount), method: 'bank_transfer' });
  await admin.post(`/v1/top-ups/${id}/confirmation`, { amount: usd(amount), bank_reference: newId() });
}

type Command = fc.AsyncCommand<OrderModel, Real>;

/** A command, and how it is written where a history fails. */
const command = (
  name: string,
  run: (model: OrderModel, real: Real) => Promise<void>,
  check: (model: OrderModel) => boolean = () => true,
): Command => ({ check, run, toString: () => name });

const place = (skus: readonly string[]): Command =>
  command(`place ${skus.join('+')}`, async (model, { shop }) => {
    const items = skus.map((sku) => ({ sku, quantity: 1 }));
    const body = { reference: newId(), currency: 'USD', ship_to: SHIP_TO, items };
    const order = await shop.post<Placed>('/v1/orders', body);
    assert.equal(order.status, model.canPay(skus.length) ? 'paid' : 'awaiting_funds');
    assert.equal(order.packages.length, skus.length);
    model.place(
      order.id,
      order.packages.map(({ id, items: goods }) => ({ id, sku: goods[0]?.sku ?? '' })),
    );
  });

const addMoney = (amount: string): Command =>
  command(`top up ${amount}`, async (model, real) => {
    await topUp(real, amount);
    await real.settle();
    model.credit(cents(amount));
  });

/** False where the state of things does not allow it. */
async function isDone(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return false;
    throw error;
  }
}

async function act(model: OrderModel, { admin }: Real, { n, what }: { n: number; what: WarehouseStep }): Promise<void> {
  const { id = '', sku = '' } = model.parcelAt(n)?.parcel ?? {};
  const label = { courier: 'ups', service: 'ground', tracking_number: numberOf(id) };
  const body = { pick: {}, pack: { scans: [{ sku, quantity: 1 }], weight_g: 600 }, label, 'hand-over': {} }[what];
  assert.equal(await isDone(admin.post(`/v1/packages/${id}/${what}`, body)), model.step(n, what));
}

const numberOf = (packageId: string): string => packageId.toUpperCase().replace('_', '');

/** Any step, which is most often refused. */
const step = (n: number, what: WarehouseStep): Command =>
  command(
    `${what} ${n}`,
    (model, real) => act(model, real, { n, what }),
    (model) => model.parcelAt(n) !== null,
  );

/** The step that is next. */
const goOn = (n: number): Command =>
  command(
    `go on with ${n}`,
    (model, real) => act(model, real, { n, what: model.nextStep(n) ?? 'pick' }),
    (model) => model.nextStep(n) !== null,
  );

const hear = (n: number, word: CourierWord): Command =>
  command(
    `${word} ${n}`,
    async (model, { admin, settle, now }) => {
      const parcel = model.parcelAt(n)?.parcel;
      if (parcel === undefined) return;
      const event = { courier: 'ups', tracking_number: numberOf(parcel.id), occurred_at: now };
      await admin.post('/v1/tracking/events', { events: [{ ...event, status: word }] });
      await settle();
      model.hear(parcel, word);
    },
    // what a courier says of a parcel whose number is not known, or after its end, is the fold's own matter
    (model) => ['labelled', 'handed_over', 'in_transit'].includes(model.parcelAt(n)?.parcel.status ?? ''),
  );

const cancel = (n: number): Command =>
  command(
    `cancel the order of ${n}`,
    async (model, { shop, settle }) => {
      const order = model.parcelAt(n)?.order;
      if (order === undefined) return;
      await shop.post(`/v1/orders/${order.id}/cancellation`, { reason: 'The buyer changed their mind' });
      await settle();
      model.cancel(order);
    },
    (model) => {
      const order = model.parcelAt(n)?.order;
      return order !== undefined && model.canCancel(order);
    },
  );

const look = (): Command => command('look', compare);

/** Every order, package and refund, and what is left in the wallet. */
async function compare(model: OrderModel, { shop, settle }: Real): Promise<void> {
  await settle();
  const found = await shop.all<Placed>('/v1/orders?');
  const shown = found.map(({ id, status, packages }) => ({
    ...{ id, status },
    parcels: packages.map((parcel) => ({
      id: parcel.id,
      status: parcel.status,
      refunded: cents(parcel.refunded.amount),
    })),
  }));
  const expected = model.orders.map((order) => ({
    ...{ id: order.id, status: model.statusOf(order) },
    parcels: order.parcels.map(({ id, status, refunded }) => ({ id, status, refunded })),
  }));
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  assert.deepEqual(shown.toSorted(byId), expected.toSorted(byId));
  const { balances } = await shop.get<{ balances: { available: { amount: string } }[] }>('/v1/wallet');
  assert.equal(cents(balances[0]?.available.amount ?? '0.00'), model.cash);
}

/** Mostly the first ones, so that some come to their end. */
const parcel = fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 2 }) }, { weight: 1, arbitrary: fc.nat({ max: 30 }) });
const goods = fc.constantFrom<readonly string[]>(['LAMP'], ['POWERBANK'], SKUS);
const words = fc.constantFrom<CourierWord>('in_transit', 'delivered', 'rto_delivered');
const steps = fc.constantFrom<WarehouseStep>('pick', 'pack', 'label', 'hand-over');
/** What comes twice comes twice as often. */
const COMMANDS = [
  ...[goods.map(place), goods.map(place), fc.constantFrom('25.00', '40.00', '75.00').map(addMoney)],
  ...Array.from({ length: 6 }, () => parcel.map(goOn)),
  ...[fc.tuple(parcel, steps).map(([n, what]) => step(n, what))],
  ...[fc.tuple(parcel, words).map(([n, word]) => hear(n, word)), fc.tuple(parcel, words).map(([n, w]) => hear(n, w))],
  ...[parcel.map(cancel), fc.constant(null).map(look)],
];

/**
 * Any history of a merchant's orders and packages over HTTP: every refusal, status, refund and balance is the model's.
 * @throws Error the shortest history that differs, and how to have it again
 */
export async function playOrders(
  stage: OrderStage,
  { runs, length, seed }: ModelSize,
  told: (run: number) => void = () => undefined,
): Promise<void> {
  let played = 0;
  const play = async (commands: Iterable<Command>): Promise<void> => {
    const signUp = { name: 'A shop', email: `${newId()}@merchants.example`, password: PASSWORD, country: 'US' };
    const made = await stage.anyone.post<{ api_key: { secret: string } }>('/v1/merchants', {
      ...signUp,
      currency: 'USD',
    });
    const real = { ...stage, shop: stage.anyone.as(made.api_key.secret) };
    await topUp(real, START);
    await real.settle();
    const model = new OrderModel(cents(START));
    await fc.asyncModelRun(() => ({ model, real }), commands);
    await compare(model, real);
    told((played += 1));
  };
  const histories = fc.commands<OrderModel, Real, false>(COMMANDS, { maxCommands: length, size: 'max' });
  await fc.assert(fc.asyncProperty(histories, play), { numRuns: runs, seed, includeErrorInReport: true });
}
