import type { Client } from '../demo/client.ts';
import type { Asking, Wish } from './asking.ts';
import { Chance } from './chance.ts';

/** A merchant of the load. */
export interface Shop {
  id: string;
  token: string;
  /** Its orders that may be cancelled or shipped, newest last. */
  orders: Placed[];
}

interface Placed {
  id: string;
  status: string;
  packages: { id: string; items: { sku: string; quantity: number }[] }[];
}

/** Where the load happens. */
export interface Market {
  admin: Client;
  adminToken: string;
  anyone: Client;
  /** On the sandbox's clock: when couriers saw what they say. */
  now: string;
  shops: Shop[];
}

export interface TradeOptions {
  seed: number;
  lanes: number;
  /** So often a client that hears nothing does not ask again. */
  givesUp?: number;
}

const SHIP_TO = {
  ...{ name: 'Ada Buyer', line1: '12 Analytical Row', city: 'Springfield', region: 'IL', postal_code: '62701' },
  ...{ country: 'US', phone: '+12175550123' },
};
const PASSWORD = 'a long enough password';
const GOODS = ['LAMP', 'SHADE', 'POWERBANK', 'RARE'] as const;
const UNITS = { LAMP: 1_000_000, SHADE: 1_000_000, POWERBANK: 1_000_000, RARE: 40 } as const;
const SHOPS = 8;
/** Every other merchant soon runs out of money: its orders wait for the next top-up. */
const [RICH, POOR] = ['100000.00', '60.00'] as const;
const TOP_UP = '150.00';
const HOOKS = ['order.*', 'package.*', 'wallet.*', 'topup.*'];
const KEPT = 40;
const AGAIN = 0.1;
const TWIN = 0.15;

const usd = (amount: string) => ({ amount, currency: 'USD' });

/** Catalogue, stock (of one SKU too little for all who want it), merchants rich and poor, each with a receiver of webhooks. */
export async function openMarket(anyone: Client, adminToken: string, seed: number): Promise<Market> {
  const admin = anyone.as(adminToken);
  const ground = {
    ...{ code: 'ground', countries: ['*'], days: { min: 2, max: 5 }, max_weight_g: 20_000, max_units: 50 },
    prices: [{ up_to_g: 20_000, amount: usd('5.00') }],
  };
  await admin.put('/v1/warehouses/EWR', { name: 'Newark', country: 'US' });
  await admin.put('/v1/couriers/ups', { name: 'UPS', services: [ground], tracking: [{ source: 'ups' }] });
  for (const sku of GOODS) {
    await admin.put(`/v1/variants/${sku}`, {
      ...{ title: `The ${sku.toLowerCase()}`, prices: [usd('20.00')], weight_g: 500, length_mm: 100, width_mm: 100 },
      ...{ height_mm: 100, handling: sku === 'POWERBANK' ? ['battery'] : [], hs_code: '9405.21', origin: 'CN' },
      backorder: false,
    });
    await admin.post('/v1/stock-movements', { sku, warehouse: 'EWR', quantity: UNITS[sku], reason: 'receipt' });
  }
  const shops: Shop[] = [];
  for (let n = 0; n < SHOPS; n += 1)
    shops.push(await openShop(anyone, admin, `${seed}-${n}`, n % 2 === 0 ? RICH : POOR));
  await admin.post('/v1/sandbox/drain');
  const { now } = await admin.get<{ now: string }>('/v1/sandbox/clock');
  return { admin, adminToken, anyone, now, shops };
}

async function openShop(anyone: Client, admin: Client, name: string, money: string): Promise<Shop> {
  const signUp = { name: `Shop ${name}`, email: `shop-${name}@merchants.example`, password: PASSWORD, country: 'US' };
  const made = await anyone.post<{ merchant: { id: string }; api_key: { secret: string } }>('/v1/merchants', {
    ...signUp,
    currency: 'USD',
  });
  const client = anyone.as(made.api_key.secret);
  await client.post('/v1/webhook-endpoints', { url: 'http://127.0.0.1:1/hooks', events: HOOKS }); // refused: it waits
  const { id } = await client.post<{ id: string }>('/v1/top-ups', { amount: usd(money), method: 'bank_transfer' });
  await admin.post(`/v1/top-ups/${id}/confirmation`, { amount: usd(money), bank_reference: `FIRST-${name}` });
  return { id: made.merchant.id, token: made.api_key.secret, orders: [] };
}

/** One or two lines, of goods that run out, too. */
export function orderOf(chance: Chance, reference: string): object {
  const skus = new Set([chance.pick(GOODS), chance.pick(GOODS)]);
  const items = [...skus].map((sku) => ({ sku, quantity: chance.between(1, 2) }));
  return { reference, currency: 'USD', ship_to: SHIP_TO, items };
}

/**
 * A load that does all that moves money and stock: orders, cancellations, top-ups, packages that leave and come back,
 * each under a key of its own that is asked until it is settled, some by twins at once, some once more afterwards.
 */
export class Trade {
  /** Wishes that clients gave up without an answer. */
  readonly givenUp: Wish[] = [];
  /** Packages that couriers brought back, as ids: each is paid back once. */
  readonly broughtBack: string[] = [];
  private stopped = false;
  private readonly lanes: Promise<void>;

  constructor(
    private readonly market: Market,
    private readonly asking: Asking,
    options: TradeOptions,
  ) {
    this.lanes = Promise.all(
      Array.from({ length: options.lanes }, (_, lane) => new Lane(this, lane, options).run()),
    ).then(() => undefined);
  }

  get isOver(): boolean {
    return this.stopped;
  }

  get places(): Market {
    return this.market;
  }

  get clients(): Asking {
    return this.asking;
  }

  /** What is under way is brought to its end. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.lanes;
  }
}

/** One client: one thing after the other. */
class Lane {
  private readonly chance: Chance;
  private wishes = 0;

  constructor(
    private readonly trade: Trade,
    private readonly number: number,
    private readonly options: TradeOptions,
  ) {
    this.chance = new Chance(options.seed * 1_000 + number);
  }

  async run(): Promise<void> {
    while (!this.trade.isOver) {
      const shop = this.chance.pick(this.trade.places.shops as [Shop, ...Shop[]]);
      const what = this.chance.next();
      if (what < 0.55) await this.place(shop);
      else if (what < 0.7) await this.topUp(shop);
      else if (what < 0.8) await this.cancel(shop);
      else await this.ship(shop);
    }
  }

  private async place(shop: Shop): Promise<void> {
    const body = orderOf(this.chance, this.nextKey());
    const placed = await this.ask<Placed>(this.wish('order', '/v1/orders', shop.token, body), 201);
    if (placed === null) return;
    shop.orders.push(placed);
    if (shop.orders.length > KEPT) shop.orders.shift();
  }

  private async topUp(shop: Shop): Promise<void> {
    const asked = { amount: usd(TOP_UP), method: 'bank_transfer' };
    const made = await this.ask<{ id: string }>(this.wish('top-up', '/v1/top-ups', shop.token, asked), 201);
    if (made === null) return;
    const confirmation = { amount: usd(TOP_UP), bank_reference: this.nextKey() };
    await this.byStaff('confirmation', `/v1/top-ups/${made.id}/confirmation`, confirmation);
  }

  private async cancel(shop: Shop): Promise<void> {
    const order = this.take(shop);
    if (order === null) return;
    await this.ask(
      this.wish('cancellation', `/v1/orders/${order.id}/cancellation`, shop.token, { reason: 'mind' }),
      200,
    );
  }

  /** Through the warehouse, and back or to the buyer by the courier's word, which comes twice. */
  private async ship(shop: Shop): Promise<void> {
    const order = this.take(shop);
    if (order === null || order.status !== 'paid') return;
    for (const { id, items } of order.packages) {
      const path = `/v1/packages/${id}`;
      const number = `1Z${this.nextKey()}`;
      const scans = items.map(({ sku, quantity }) => ({ sku, quantity }));
      const label = { courier: 'ups', service: 'ground', tracking_number: number };
      const isShipped =
        (await this.byStaff('pick', `${path}/pick`)) &&
        (await this.byStaff('pack', `${path}/pack`, { scans, weight_g: 900 })) &&
        (await this.byStaff('label', `${path}/label`, label)) &&
        (await this.byStaff('hand-over', `${path}/hand-over`));
      if (isShipped) await this.follow(id, number);
    }
  }

  private async follow(id: string, number: string): Promise<void> {
    const comesBack = this.chance.happens(0.6);
    const said = comesBack ? ['in_transit', 'rto_initiated', 'rto_delivered'] : ['in_transit', 'delivered'];
    const { now } = this.trade.places;
    const events = said.map((status) => ({ courier: 'ups', tracking_number: number, status, occurred_at: now }));
    const first = this.chance.between(0, events.length);
    if (first > 0) await this.byStaff('tracking', '/v1/tracking/events', { events: events.slice(0, first) });
    const isKnown = await this.byStaff('tracking', '/v1/tracking/events', { events });
    if (comesBack && isKnown) this.trade.broughtBack.push(id);
  }

  private take(shop: Shop): Placed | null {
    if (shop.orders.length === 0) return null;
    return shop.orders.splice(this.chance.between(0, shop.orders.length - 1), 1)[0] ?? null;
  }

  private async byStaff(kind: string, path: string, body: unknown = {}): Promise<boolean> {
    return (await this.ask(this.wish(kind, path, this.trade.places.adminToken, body), 200)) !== null;
  }

  private nextKey(): string {
    return `${this.options.seed}-${this.number}-${(this.wishes += 1)}`;
  }

  private wish(kind: string, path: string, token: string, body: unknown): Wish {
    return { kind, path, token, body, key: this.nextKey() };
  }

  /** @returns the answer's body where it has that status */
  private async ask<T>(wish: Wish, status: number): Promise<T | null> {
    const { clients, givenUp } = this.trade;
    const isHasty = this.chance.happens(this.options.givesUp ?? 0);
    const twin = this.chance.happens(TWIN) ? clients.send(wish) : null;
    const entry = { wish, answer: await clients.ask(wish, isHasty ? 1 : undefined) };
    await twin;
    if (entry.answer === null) givenUp.push(wish);
    else if (this.chance.happens(AGAIN)) await clients.askAgain(entry);
    return entry.answer?.status === status ? (JSON.parse(entry.answer.text) as T) : null;
  }
}
