import { setTimeout as pause } from 'node:timers/promises';
import type { MoneyJson } from '../../kernel/money.ts';
import { Refused, type Client } from '../demo/client.ts';
import type { Stage } from './billing.ts';
import { Chance } from './chance.ts';
import { forEach } from './for-each.ts';
import { endOf, isRefunded, TOLD_NAMES, type ParcelEnd } from './tracking-model.ts';
import { trackingStory, type Delivery, type TrackingOptions, type TrackingStory } from './tracking-story.ts';
import { ownEvent, tracker, trackerUpdated } from './tracking-words.ts';

export interface TrackingStage extends Stage {
  /** Processes that take couriers' messages; some may die while they answer. */
  doors: () => readonly Client[];
  /** What a courier answered who was asked. */
  polled: (source: string, body: string) => Promise<void>;
}

export interface TrackingOutcome {
  parcels: number;
  events: number;
  /** Requests and answers of couriers, those among them that came twice or had to come again. */
  messages: number;
  repeated: number;
  told: number;
  refunds: number;
  disputed: number;
  journals: number;
  faults: string[];
}

interface Shop {
  client: Client;
  ids: string[];
}

interface PackageShape {
  id: string;
  status: string;
  disputed: boolean;
  refunded: MoneyJson;
}

interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

const A_SHOP = 250;
const A_BATCH = 100;
const A_REQUEST = 300;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TWICE_SHARE = 0.1;
const RETRY_MS = 100;
const LOOK_MS = 20;
const TRIES = 100;
const PAID = '15.00';
const usd = (amount: string) => ({ amount, currency: 'USD' });
const SHIP_TO = {
  ...{ name: 'Ada Byron', line1: '12 Analytical Row', city: 'Springfield', region: 'IL', postal_code: '62701' },
  ...{ country: 'US', phone: '+12175550123' },
};

/**
 * Parcels of many merchants; everything that couriers say of them comes three times, in any order, up to fourteen days
 * late, pushed and polled, while processes die. In the end every parcel must be where the ordered list leaves it.
 */
export async function playTracking(stage: TrackingStage, options: TrackingOptions): Promise<TrackingOutcome> {
  const story = trackingStory(options);
  const play = new Play(stage, story, new Chance(options.seed + 1));
  await play.setUp();
  await play.run(options.stepHours * HOUR_MS);
  return play.compare();
}

class Play {
  private readonly shops: Shop[] = [];
  private messages = 0;
  private repeated = 0;

  constructor(
    private readonly stage: TrackingStage,
    private readonly story: TrackingStory,
    private readonly chance: Chance,
  ) {}

  /** Every parcel is with its courier. */
  async setUp(): Promise<void> {
    const { admin, say } = this.stage;
    await this.moveTo(this.story.start);
    await admin.put('/v1/warehouses/EWR', { name: 'Newark', country: 'US' });
    const service = { code: 'ground', countries: ['*'], days: { min: 2, max: 5 }, max_weight_g: 20_000, max_units: 50 };
    const prices = [{ up_to_g: 20_000, amount: usd('5.00') }];
    await admin.put('/v1/couriers/ups', { name: 'UPS', services: [{ ...service, prices }] });
    await admin.put('/v1/variants/LAMP', {
      ...{ title: 'A lamp', prices: [usd('10.00')], weight_g: 500, length_mm: 100, width_mm: 100, height_mm: 100 },
      ...{ handling: [], hs_code: '9405.21', origin: 'CN', backorder: false },
    });
    const { parcels } = this.story;
    const receipt = { sku: 'LAMP', warehouse: 'EWR', quantity: parcels.length, reason: 'receipt' };
    await admin.post('/v1/stock-movements', receipt);
    while (this.shops.length * A_SHOP < parcels.length) await this.openShop(this.shops.length);
    say(`${parcels.length} parcels of ${this.shops.length} merchants are with their courier`);
  }

  /** All that arrives, a stretch of time after the other. */
  async run(stretchMs: number): Promise<void> {
    const { deliveries, start, end } = this.story;
    let next = 0;
    let trouble: Promise<void> = Promise.resolve();
    for (let until = start.getTime() + stretchMs; until < end.getTime() + stretchMs; until += stretchMs) {
      const from = next;
      while ((deliveries[next]?.arrives.getTime() ?? Infinity) <= until) next += 1;
      await this.moveTo(new Date(Math.min(until, end.getTime())));
      await this.deliver(deliveries.slice(from, next));
      if ((until - start.getTime()) % DAY_MS !== 0) continue;
      await trouble;
      trouble = this.stage.disturb();
      this.stage.say(`day ${(until - start.getTime()) / DAY_MS}: ${this.messages} messages so far`);
    }
    await trouble;
  }

  async compare(): Promise<TrackingOutcome> {
    await this.drain();
    const faults: string[] = [];
    let [told, refunds, disputed] = [0, 0, 0];
    await forEach([...this.shops.entries()], async ([number, { client, ids }]) => {
      const packages = new Map((await client.all<PackageShape>('/v1/packages?')).map((shown) => [shown.id, shown]));
      const names = await toldOf(client);
      const credits = await client.all<{ amount: MoneyJson }>('/v1/wallet/transactions?type=refund&');
      let refunded = 0;
      for (const [at, id] of ids.entries()) {
        const parcel = this.story.parcels[number * A_SHOP + at];
        const shown = packages.get(id);
        if (parcel === undefined || shown === undefined) throw new Error(`The package ${id} is not shown.`);
        const should = endOf(parcel.said);
        const has = { shown, told: names.get(id) ?? new Map<string, number>() };
        faults.push(...differences(has, should, parcel.plain).map((text) => `${parcel.number} (${id}): ${text}`));
        if (shown.refunded.amount !== '0.00') refunded += 1;
        disputed += should.disputed ? 1 : 0;
        told += [...has.told.values()].reduce((sum, count) => sum + count, 0);
      }
      refunds += credits.length;
      if (credits.length !== refunded || credits.some(({ amount }) => amount.amount !== PAID))
        faults.push(`merchant ${number}: ${credits.length} credits for ${refunded} refunded packages`);
    });
    const books = await this.stage.admin.get<{ checked: number; faults: unknown[] }>('/v1/ledger/verification');
    faults.push(...books.faults.map((fault) => `ledger: ${JSON.stringify(fault)}`));
    const events = this.story.parcels.reduce((sum, { said }) => sum + said.length, 0);
    const counts = { parcels: this.story.parcels.length, events, messages: this.messages, repeated: this.repeated };
    return { ...counts, told, refunds, disputed, journals: books.checked, faults };
  }

  private async openShop(number: number): Promise<void> {
    const { anyone, admin } = this.stage;
    const email = `shop-${number}@merchants.example`;
    const signUp = {
      name: `Shop ${number}`,
      email,
      password: 'a long enough password',
      country: 'US',
      currency: 'USD',
    };
    const made = await anyone.post<{ api_key: { secret: string } }>('/v1/merchants', signUp);
    const shop: Shop = { client: anyone.as(made.api_key.secret), ids: [] };
    const amount = usd(`${A_SHOP * 15}.00`);
    const topUp = await shop.client.post<{ id: string }>('/v1/top-ups', { amount, method: 'bank_transfer' });
    await admin.post(`/v1/top-ups/${topUp.id}/confirmation`, { amount, bank_reference: `CHAOS-${number}` });
    const parcels = this.story.parcels.slice(number * A_SHOP, (number + 1) * A_SHOP);
    for (let from = 0; from < parcels.length; from += A_BATCH)
      shop.ids.push(...(await this.ship(shop.client, parcels.slice(from, from + A_BATCH))));
    this.shops.push(shop);
  }

  private async ship(client: Client, parcels: TrackingStory['parcels']): Promise<string[]> {
    const { admin } = this.stage;
    const orders = parcels.map(({ number }) => ({
      ...{ reference: number, currency: 'USD', ship_to: SHIP_TO, items: [{ sku: 'LAMP', quantity: 1 }] },
    }));
    const placed = await client.post<{ data: { order: { packages: { id: string }[] } }[] }>('/v1/orders/batch', {
      orders,
    });
    const ids = placed.data.map(({ order }) => order.packages[0]?.id ?? '');
    await forEach([...ids.entries()], async ([at, id]) => {
      await admin.post(`/v1/packages/${id}/pick`);
      await admin.post(`/v1/packages/${id}/pack`, { scans: [{ sku: 'LAMP', quantity: 1 }], weight_g: 600 });
      const label = { courier: 'ups', service: 'ground', tracking_number: parcels[at]?.number };
      await admin.post(`/v1/packages/${id}/label`, label);
    });
    await admin.post('/v1/manifests', { courier: 'ups', packages: ids });
    return ids;
  }

  private async moveTo(at: Date): Promise<void> {
    await this.stage.admin.post('/v1/sandbox/clock', { now: at.toISOString() });
    await forEach(this.stage.doors(), (door) => this.seen(door, at));
  }

  /**
   * Other processes see the clock a moment later. What they take until then came before it happened, as from a courier
   * whose clock is fast, and is put in order as such.
   */
  private async seen(door: Client, at: Date): Promise<void> {
    for (;;) {
      try {
        const { now } = await door.get<{ now: string }>('/v1/sandbox/clock');
        if (new Date(now) >= at) return;
      } catch (error) {
        if (!(error instanceof Refused)) return; // killed: whoever starts in its place reads the clock
      }
      await pause(LOOK_MS);
    }
  }

  private async deliver(deliveries: readonly Delivery[]): Promise<void> {
    const own = deliveries.filter(({ parcel }) => parcel.source === 'events');
    const events = own.flatMap(({ parcel, of }) => saidOf(parcel, of).map((said) => ownEvent(parcel, said)));
    const works = deliveries
      .filter(({ parcel }) => parcel.source === 'easypost')
      .map((delivery) => () => this.deliverOne(delivery));
    for (let from = 0; from < events.length; from += A_REQUEST)
      works.push(() => this.send('/v1/tracking/events', { events: events.slice(from, from + A_REQUEST) }));
    await forEach(works, (work) => work());
  }

  private async deliverOne({ parcel, how, of }: Delivery): Promise<void> {
    const said = saidOf(parcel, of);
    const salt = this.messages;
    if (how === 'poll') {
      this.messages += 1;
      await this.stage.polled(parcel.source, JSON.stringify(tracker(parcel, said, salt)));
      return;
    }
    const body = trackerUpdated(parcel, said, salt);
    await this.send('/v1/tracking/easypost', body);
    if (!this.chance.happens(TWICE_SHARE)) return;
    this.repeated += 1;
    await this.send('/v1/tracking/easypost', body);
  }

  /** As couriers do: what is not answered 2xx is sent again, to whoever answers now. */
  private async send(path: string, body: object): Promise<void> {
    this.messages += 1;
    for (let tries = 1; ; tries += 1) {
      const doors = this.stage.doors();
      const door = doors[(this.messages + tries) % doors.length] ?? this.stage.admin;
      try {
        await door.post(path, body);
        return;
      } catch (error) {
        if (tries === TRIES || (error instanceof Refused && error.status < 500)) throw error;
        this.repeated += 1;
        await pause(RETRY_MS);
      }
    }
  }

  /** There is much to handle: a drain that gives up is asked again. */
  private async drain(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.stage.admin.post('/v1/sandbox/drain');
        return;
      } catch (error) {
        if (tries === TRIES) throw error;
        this.stage.say('events are still being handled');
      }
    }
  }
}

function saidOf({ said }: Delivery['parcel'], of: readonly number[]): Delivery['parcel']['said'] {
  return of.flatMap((n) => said[n] ?? []);
}

/** How many times each step of each package was told, by the feed. */
async function toldOf(client: Client): Promise<Map<string, Map<string, number>>> {
  const found = new Map<string, Map<string, number>>();
  for (let after: string | null = '0'; after !== null;) {
    const page: Page<{ type: string; data: { id: string } }> = await client.get(
      `/v1/events?type=${TOLD_NAMES.join(',')}&limit=100&after=${after}`,
    );
    for (const { type, data } of page.data) {
      const told = found.get(data.id) ?? new Map<string, number>();
      found.set(data.id, told.set(type, (told.get(type) ?? 0) + 1));
    }
    after = page.next_cursor;
  }
  return found;
}

/**
 * What came after an end may have come before it, and been told: for such a parcel everything must be told that the
 * ordered list tells, and its money may have come back once before anybody knew better.
 */
function differences(
  { shown, told }: { shown: PackageShape; told: ReadonlyMap<string, number> },
  should: ParcelEnd,
  plain: boolean,
): string[] {
  const found: string[] = [];
  if (shown.status !== should.status) found.push(`is ${shown.status}, should be ${should.status}`);
  if (shown.disputed !== should.disputed) found.push(`disputed is ${String(shown.disputed)}`);
  for (const name of TOLD_NAMES) {
    const [times, wanted] = [told.get(name) ?? 0, should.told.get(name) ?? 0];
    if (plain ? times !== wanted : times < wanted) found.push(`${name} was told ${times} times, should be ${wanted}`);
  }
  const back = shown.refunded.amount;
  const wanted = isRefunded(should) ? [PAID] : plain ? ['0.00'] : ['0.00', PAID];
  if (!wanted.includes(back)) found.push(`${back} came back, should be ${wanted.join(' or ')}`);
  return found;
}
