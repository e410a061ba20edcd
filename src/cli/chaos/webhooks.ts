import { setTimeout as pause } from 'node:timers/promises';
import { realNow } from '../../kernel/clock.ts';
import type { Client } from '../demo/client.ts';
import type { Stage } from './billing.ts';
import { Chance } from './chance.ts';
import { forEach } from './for-each.ts';
import { ILLS, Receivers, type Ill } from './receivers.ts';

export interface WebhookOptions {
  seed: number;
  endpoints: number;
  /** Top-ups of each merchant; each is two events. */
  topUps: number;
}

export interface WebhookOutcome {
  endpoints: number;
  healthy: number;
  events: number;
  calls: number;
  /** Came more than once: at least once is what is promised. */
  doubles: number;
  /** From the last event to the last delivery to a healthy endpoint, in ms, while the others were ill. */
  healthyAfterMs: number;
  faults: string[];
}

interface Shop {
  client: Client;
  /** Names of its receivers -> ids of their endpoints. */
  endpoints: Map<string, string>;
  /** What its feed holds, as bodies, by id. */
  events: Map<string, string>;
}

interface Event {
  id: string;
  type: string;
}

const A_MERCHANT = 5;
const HEALTHY_SHARE = 0.3;
const EVENTS = ['topup.received', 'wallet.credited'];
const LONGEST_WAIT_MS = 120_000;
const LOOK_MS = 50;
const PASSWORD = 'a long enough password';
const usd = (amount: string) => ({ amount, currency: 'USD' });

/**
 * Merchants with healthy and ill receivers; events while workers die; the healthy ones must have everything while the
 * others are still ill, and those too once they are healed and ask for what they missed. What came is compared with the feed.
 */
export async function playWebhooks(stage: Stage, options: WebhookOptions): Promise<WebhookOutcome> {
  const receivers = new Receivers();
  await receivers.start();
  try {
    return await play(stage, options, receivers);
  } finally {
    await receivers.stop();
  }
}

async function play(stage: Stage, options: WebhookOptions, receivers: Receivers): Promise<WebhookOutcome> {
  const chance = new Chance(options.seed);
  const ills = new Map<string, Ill | null>();
  const shops: Shop[] = [];
  while (ills.size < options.endpoints) shops.push(await openShop(stage, { options, chance, receivers, ills }));
  const began = realNow();
  stage.say(`${shops.length} merchants, ${ills.size} endpoints, ${healthyOf(ills).length} of them healthy`);
  for (let n = 0; n < options.topUps; n += 1) {
    await Promise.all([stage.disturb(), forEach(shops, (shop) => topUp(stage, shop, `${options.seed}-${n}`))]);
  }
  await stage.admin.post('/v1/sandbox/drain');
  const told = performance.now();
  await forEach(shops, readFeed);
  const faults = await missing(shops, receivers, healthyOf(ills));
  const healthyAfterMs = Math.round(performance.now() - told);
  stage.say(`the healthy ones have everything; now the others are healed, and ask for what they missed`);
  await receivers.healAll();
  await forEach(shops, (shop) => askAgain(shop, began));
  faults.push(...(await missing(shops, receivers, [...ills.keys()])));
  return {
    ...{ endpoints: ills.size, healthy: healthyOf(ills).length, calls: receivers.calls, healthyAfterMs },
    events: shops.reduce((sum, { events }) => sum + events.size, 0),
    doubles: doublesOf(receivers),
    faults: [...faults, ...strangers(shops, receivers)],
  };
}

const healthyOf = (ills: ReadonlyMap<string, Ill | null>): string[] =>
  [...ills].filter(([, ill]) => ill === null).map(([name]) => name);

async function openShop(
  { anyone }: Stage,
  story: { options: WebhookOptions; chance: Chance; receivers: Receivers; ills: Map<string, Ill | null> },
): Promise<Shop> {
  const { options, chance, receivers, ills } = story;
  const email = `hooks-${options.seed}-${ills.size}@merchants.example`;
  const signUp = { name: 'A shop', email, password: PASSWORD, country: 'NL', currency: 'USD' };
  const made = await anyone.post<{ api_key: { secret: string } }>('/v1/merchants', signUp);
  const shop: Shop = { client: anyone.as(made.api_key.secret), endpoints: new Map(), events: new Map() };
  for (let n = 0; n < A_MERCHANT && ills.size < options.endpoints; n += 1) {
    const name = `receiver-${ills.size}`;
    const ill = chance.happens(HEALTHY_SHARE) ? null : chance.pick(ILLS);
    ills.set(name, ill);
    const url = receivers.add(name, ill);
    const { id } = await shop.client.post<{ id: string }>('/v1/webhook-endpoints', { url, events: EVENTS });
    shop.endpoints.set(name, id);
  }
  return shop;
}

async function topUp({ admin }: Stage, { client }: Shop, story: string): Promise<void> {
  const { id } = await client.post<{ id: string }>('/v1/top-ups', { amount: usd('5.00'), method: 'bank_transfer' });
  await admin.post(`/v1/top-ups/${id}/confirmation`, { amount: usd('5.00'), bank_reference: `${story}-${id}` });
}

async function readFeed({ client, events }: Shop): Promise<void> {
  for (let after: string | null = '0'; after !== null;) {
    const page: { data: Event[]; next_cursor: string | null } = await client.get(
      `/v1/events?type=${EVENTS.join(',')}&limit=100&after=${after}`,
    );
    for (const event of page.data) events.set(event.id, JSON.stringify(event));
    after = page.next_cursor;
  }
}

/** What the receivers lack when patience ends, which is when nothing new comes any more; empty as soon as they lack nothing. */
async function missing(shops: readonly Shop[], receivers: Receivers, names: readonly string[]): Promise<string[]> {
  const asked = new Set(names);
  let [least, since] = [Infinity, performance.now()];
  for (;;) {
    const lacking = shops.flatMap(({ endpoints, events }) =>
      [...endpoints.keys()]
        .filter((name) => asked.has(name))
        .map((name) => [name, events.size - new Set(receivers.taken.get(name)).size] as const)
        .filter(([, count]) => count > 0),
    );
    if (lacking.length === 0) return [];
    const left = lacking.reduce((sum, [, count]) => sum + count, 0);
    if (left < least) [least, since] = [left, performance.now()];
    if (performance.now() - since > LONGEST_WAIT_MS)
      return lacking.map(([name, count]) => `${name} lacks ${count} events`);
    await pause(LOOK_MS);
  }
}

/** Healed receivers ask for the stretch of time in which they were ill. */
async function askAgain({ client, endpoints }: Shop, began: Date): Promise<void> {
  const { now } = await client.get<{ now: string }>('/v1/sandbox/clock');
  for (const id of endpoints.values()) {
    await client.send('PATCH', `/v1/webhook-endpoints/${id}`, { body: { status: 'enabled' } });
    const from = [began.toISOString(), now].sort()[0];
    await client.post(`/v1/webhook-endpoints/${id}/redelivery`, { from, to: now });
  }
}

/** What came and is not in the feed, byte for byte. */
function strangers(shops: readonly Shop[], receivers: Receivers): string[] {
  return shops.flatMap(({ endpoints, events }) => {
    const known = new Set(events.values());
    return [...endpoints.keys()].flatMap((name) =>
      (receivers.taken.get(name) ?? [])
        .filter((body) => !known.has(body))
        .map((body) => `${name} got ${body.slice(0, 200)}`),
    );
  });
}

function doublesOf({ taken }: Receivers): number {
  return [...taken.values()].reduce((sum, bodies) => sum + bodies.length - new Set(bodies).size, 0);
}
