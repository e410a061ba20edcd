import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { rows } from '../../src/database/sql.ts';
import { idIn, idOut } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

interface Event {
  id: string;
  type: string;
  created_at: string;
  sequence: number;
  data: Record<string, unknown>;
}

interface FeedPage {
  data: Event[];
  next_cursor: string | null;
}

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

let test: TestApp;
let world: World;
let base: string;

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
  await test.app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(test.app.getHttpServer().address() as AddressInfo).port}`;
});

afterAll(async () => {
  await test.close();
});

const read = async ({ caller }: Merchant, query: string): Promise<FeedPage> =>
  expectStatus<FeedPage>(await caller.get(`/v1/events?${query}`), 200);

/** What the database holds of a merchant, in the order in which it was published. */
async function published(merchant: Merchant): Promise<{ id: string; type: string; sequence: number }[]> {
  const found = await rows<{ id: string; name: string; sequence: string }>(
    test.db,
    `SELECT id, name, sequence FROM event WHERE merchant_id = $1 ORDER BY sequence`,
    [idIn('mer', merchant.id)],
  );
  return found.map((e) => ({ id: idOut('evt', e.id), type: e.name, sequence: Number.parseInt(e.sequence, 10) }));
}

const heads = (events: readonly Event[]): object[] => events.map(({ id, type, sequence }) => ({ id, type, sequence }));

describe('the feed of events', () => {
  it('is complete, gapless and oldest first, page by page', async () => {
    const merchant = await world.merchant('500.00');
    for (let n = 1; n <= 4; n += 1) {
      expectStatus(await merchant.caller.post('/v1/orders', world.order(`FEED-${n}`)), 201);
    }
    await test.settle();
    const events: Event[] = [];
    for (let after = ''; ;) {
      const { data, next_cursor } = await read(merchant, `limit=3&after=${after === '' ? '0' : after}`);
      events.push(...data);
      if (next_cursor === null) break;
      after = next_cursor;
    }
    expect(heads(events)).toEqual(await published(merchant));
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    const fifth = events[4];
    expect((await read(merchant, `after=${fifth?.id ?? ''}&limit=1`)).data).toEqual([events[5]]);
    expect((await read(merchant, `after=5&limit=1`)).data).toEqual([events[5]]);
  });

  it('shows only the types asked for, and goes on behind what it left out', async () => {
    const merchant = await world.merchant('500.00');
    for (let n = 1; n <= 3; n += 1) {
      expectStatus(await merchant.caller.post('/v1/orders', world.order(`TYPED-${n}`)), 201);
    }
    await test.settle();
    const paid = await read(merchant, 'type=order.paid&limit=2');
    expect(paid.data.map(({ type }) => type)).toEqual(['order.paid', 'order.paid']);
    const rest = await read(merchant, `type=order.paid&limit=2&after=${paid.next_cursor ?? ''}`);
    expect([rest.data.length, rest.next_cursor]).toEqual([1, null]);
    const ofOrders = (await read(merchant, 'type=order.*,topup.received')).data.map(({ type }) => type);
    expect(new Set(ofOrders)).toEqual(new Set(['order.placed', 'order.paid', 'topup.received']));
  });

  it.each(['after=nonsense', 'after=evt_01h455vb4pex5vsknk084sn02q', 'type=order.eaten', 'wait=31', 'limit=0'])(
    'refuses %s',
    async (query) => {
      const { caller } = await world.merchant();
      expectStatus(await caller.get(`/v1/events?${query}`), 422);
    },
  );

  it('waits for an event where there is none yet, and not longer than asked', async () => {
    const merchant = await world.merchant();
    await test.settle();
    const seen = (await published(merchant)).length;
    const waiting = read(merchant, `after=${seen}&wait=20`);
    await world.topUp(merchant, '7.00');
    expect((await waiting).data[0]?.sequence).toBe(seen + 1);
    await test.settle();
    const last = (await published(merchant)).length;
    expect(await read(merchant, `after=${last}&wait=1`)).toEqual({ data: [], next_cursor: null });
  });

  it('ends the wait in time also where memory is tidied up meanwhile', async () => {
    const merchant = await world.merchant();
    await test.settle();
    const last = (await published(merchant)).length;
    const waiting = read(merchant, `after=${last}&wait=2`);
    for (let n = 0; n < 5; n += 1) {
      await pause(200);
      collectGarbage();
    }
    expect(await waiting).toEqual({ data: [], next_cursor: null });
  });

  it('shows a merchant its own events alone, and staff those of whom they name', async () => {
    const [owner, stranger] = [await world.merchant('10.00'), await world.merchant()];
    await test.settle();
    const own = (await read(owner, 'type=topup.received')).data[0];
    expect(own?.data).toMatchObject({ status: 'received' });
    expectStatus(await stranger.caller.get(`/v1/events/${own?.id ?? ''}`), 404);
    expect((await read(stranger, `merchant=${owner.id}`)).data.map(({ data }) => data['id'])).not.toContain(owner.id);
    const asStaff = await world.admin.get(`/v1/events?merchant=${owner.id}&type=topup.received`);
    expect(expectStatus<FeedPage>(asStaff, 200).data).toEqual([own]);
  });
});

/** Reads on from what it has kept, and dies at any moment: while it waits, with an answer half read, before it kept it. */
class MortalClient {
  private readonly kept: Event[] = [];
  deaths = 0;

  constructor(
    private readonly token: string,
    private readonly random: () => number,
  ) {}

  get events(): readonly Event[] {
    return this.kept;
  }

  async live(): Promise<void> {
    const after = this.kept.at(-1)?.id ?? '0';
    const limit = 1 + Math.floor(this.random() * 7);
    const death = new AbortController();
    const timer = setTimeout(() => {
      death.abort();
    }, this.random() * 60);
    try {
      const answer = await fetch(`${base}/v1/events?after=${after}&limit=${limit}&wait=1`, {
        headers: { Authorization: `Bearer ${this.token}` },
        signal: death.signal,
      });
      const { data } = (await answer.json()) as FeedPage;
      if (this.random() < 0.3) throw new Error('killed before it kept the page');
      this.kept.push(...data);
    } catch {
      this.deaths += 1;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

it('a client that is killed at random has each event exactly once, in order, while others write', async () => {
  const merchant = await world.merchant('2000.00');
  const client = new MortalClient(merchant.caller.token ?? '', randomOf(20_261_127));
  let writing = true;
  const writers = Promise.all(
    [1, 2, 3].map(async (writer) => {
      for (let n = 1; n <= 6; n += 1) {
        expectStatus(await merchant.caller.post('/v1/orders', world.order(`KILLED-${writer}-${n}`)), 201);
      }
    }),
  ).finally(() => {
    writing = false;
  });
  const reading = async (): Promise<void> => {
    for (;;) {
      const done = !writing;
      if (done) await test.settle();
      const total = done ? (await published(merchant)).length : Infinity;
      await client.live();
      if (client.events.length >= total) return;
    }
  };
  await Promise.all([writers, reading()]);
  expect(client.deaths).toBeGreaterThan(0);
  expect(heads(client.events)).toEqual(await published(merchant));
});
