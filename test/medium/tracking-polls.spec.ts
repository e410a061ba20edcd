import { readFileSync } from 'node:fs';
import { rows } from '../../src/database/sql.ts';
import { Ticks } from '../../src/events/ticks.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { Polling } from '../../src/tracking/polling/polling.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { CourierServer, type CourierAnswer, type CourierCall } from '../support/courier-server.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

type Body = Record<string, unknown>;
interface Row {
  due_at: Date;
  failures: number;
  last_look: boolean;
}

const HOUR = 3_600_000;
const SERVICE = {
  ...{ code: 'parcel', class: 'standard', countries: ['*'], days: { min: 2, max: 5 }, max_weight_g: 20_000 },
  ...{ max_units: 50, prices: [{ up_to_g: 20_000, amount: { amount: '5.00', currency: 'USD' } }] },
};
const payload = (file: string): Buffer => readFileSync(new URL(`../data/tracking/${file}`, import.meta.url));
const SOURCES = ['canada_post', 'dhl_unified', 'fedex', 'ups', 'usps'] as const;

/** A real answer about another number: the one that was asked about stands in it. */
const about = (file: string, its: string, number: string): string =>
  payload(file).toString('utf8').replaceAll(its, number);

describe('couriers that are asked', () => {
  let test: TestApp;
  let world: World;
  let merchant: Merchant;
  let polling: Polling;
  let server: CourierServer;
  let numbers = 0;
  /** Real time moves only forward, and due instants are real ones. */
  let now = Date.now();

  beforeAll(async () => {
    server = new CourierServer();
    const url = await server.start();
    const env = SOURCES.flatMap((source) => {
      const name = `COURIER_${source.toUpperCase()}_POLL`;
      return [
        [`${name}_KEY`, source === 'dhl_unified' ? 'api-key' : 'my-id:my-secret'],
        [`${name}_URL`, `${url}/${source}`],
      ] as const;
    });
    test = await startApp(Object.fromEntries(env));
    await test.app.get(Ticks).stop(); // only the looks that are made here
    world = await World.open(test);
    await world.catalogue();
    for (const source of SOURCES) {
      const courier = { name: source, services: [SERVICE], tracking: [{ source }] };
      expectStatus(await world.admin.put(`/v1/couriers/poll-${source.replace('_', '-')}`, courier), 200);
    }
    const mixed = { name: 'Mixed', services: [SERVICE], tracking: [{ source: 'shiprocket' }, { source: 'ups' }] };
    expectStatus(await world.admin.put('/v1/couriers/poll-mixed', mixed), 200);
    merchant = await world.merchant('9000.00');
    polling = test.app.get(Polling, { strict: false });
  });

  afterAll(async () => {
    await test.close();
    await server.stop();
  });

  beforeEach(() => {
    server.calls.length = 0;
  });

  const labelled = async (source: string): Promise<{ id: string; path: string; number: string }> => {
    numbers += 1;
    const number = `NUMBER${String(numbers).padStart(6, '0')}`;
    const placed = await merchant.caller.post('/v1/orders', world.order(`POLL-${numbers}`));
    const id = expectStatus<{ packages: { id: string }[] }>(placed, 201).packages[0]?.id ?? '';
    await world.ship(id, number, `poll-${source.replace('_', '-')}`, 'parcel');
    await test.settle();
    return { id, path: `/v1/packages/${id}`, number };
  };

  const look = async (hours: number): Promise<number> => {
    now += hours * HOUR;
    const looks = await polling.run(new Date(now));
    await test.settle();
    return looks;
  };

  const rowOf = async (id: string): Promise<(Row & { inHours: number }) | undefined> => {
    const [row] = await rows<Row>(
      test.db,
      `SELECT due_at, failures, last_look FROM tracking_poll WHERE package_id = $1`,
      [idIn('pkg', id)],
    );
    return row === undefined ? undefined : { ...row, inHours: (row.due_at.getTime() - now) / HOUR };
  };

  const forget = (): Promise<unknown> => rows(test.db, `DELETE FROM tracking_poll`);

  const tokens = (call: CourierCall): CourierAnswer | null =>
    /(token)$/.test(call.line) ? { status: 200, body: '{"access_token":"the-token","expires_in":3599}' } : null;

  it.each<[string, string, (number: string) => string, string]>([
    ['dhl_unified', 'GET /dhl_unified/track/shipments?trackingNumber=', (n) => about('dhl_unified/rto_delivered_at_shipper_nl.json', idOf('dhl_unified/rto_delivered_at_shipper_nl.json'), n), 'rto_delivered'],
    ['ups', 'GET /ups/api/track/v1/details/', (n) => about('ups/track_v1_customs_exception_mixed_offsets.json', idOf('ups/track_v1_customs_exception_mixed_offsets.json'), n), 'in_transit'],
    ['usps', 'GET /usps/tracking/v3/tracking/', (n) => about('usps/v3_delivered_wrong_gmt_dates.json', idOf('usps/v3_delivered_wrong_gmt_dates.json'), n), 'delivered'],
    ['canada_post', 'GET /canada_post/vis/track/pin/', (n) => about('canada_post/final_notice_then_delivered.xml', idOf('canada_post/final_notice_then_delivered.xml'), n), 'delivered'],
    ['fedex', 'POST /fedex/track/v1/trackingnumbers', (n) => JSON.stringify({ output: { completeTrackResults: [{ trackingNumber: n, trackResults: [{ trackingNumberInfo: { trackingNumber: n }, scanEvents: [{ date: '2024-03-10T10:00:00-05:00', eventType: 'OD', eventDescription: 'On FedEx vehicle for delivery' }] }] }] } }), 'out_for_delivery'],
  ])('asks %s as it is published and follows its answer', async (source, line, answer, status) => {
    const parcel = await labelled(source);
    server.answer = (call) => tokens(call) ?? { status: 200, body: answer(parcel.number) };
    expect(await look(7)).toBe(1);
    const asked = server.calls.at(-1);
    expect(asked?.line.startsWith(line)).toBe(true);
    expect(`${asked?.line ?? ''}${asked?.body ?? ''}`).toContain(parcel.number);
    const credential = asked?.headers['authorization'] ?? asked?.headers['dhl-api-key'];
    expect(['Bearer the-token', 'api-key', `Basic ${Buffer.from('my-id:my-secret').toString('base64')}`]).toContain(credential);
    expect(expectStatus<Body>(await world.admin.get(parcel.path), 200)).toMatchObject({ status });
    await forget();
  }); // prettier-ignore

  /** A source that sends no more than a token says that it is back. */
  const saidBack = async (source: string): Promise<Awaited<ReturnType<typeof labelled>>> => {
    const parcel = await labelled(source);
    const date = new Date(now - HOUR).toISOString().slice(0, 19).replace('T', ' ');
    const scans = [
      { date, 'sr-status': 9, activity: 'Back' },
      { date, 'sr-status': 10, activity: 'At the seller' },
    ];
    const message = { awb: parcel.number, shipment_status_id: 10, scans };
    expectStatus(await world.admin.post('/v1/tracking/shiprocket', message), 200);
    await test.settle();
    return parcel;
  };

  const refunded = async (path: string): Promise<Body> => {
    const { status, refunded: paid } = expectStatus<Body>(await world.admin.get(path), 200);
    return { status, isPaid: (paid as { amount: string }).amount !== '0.00' };
  };

  it('asks the courier before money moves on a return that a token alone vouches for', async () => {
    const parcel = await saidBack('mixed');
    expect(await refunded(parcel.path)).toEqual({ status: 'rto_delivered', isPaid: false });
    server.answer = (call) => tokens(call) ?? { status: 404 };
    expect(await look(0)).toBe(1);
    expect(await refunded(parcel.path)).toMatchObject({ isPaid: false }); // the courier knows nothing of it yet
    const on = (hours: number): string => new Date(now - hours * HOUR).toISOString().slice(0, 10).replaceAll('-', '');
    const activity = [
      { date: on(24), time: '100000', gmtOffset: '+00:00', status: { type: 'D', code: 'FS', description: 'Delivered to shipper' } },
      { date: on(72), time: '100000', gmtOffset: '+00:00', status: { type: 'RS', description: 'Returned to shipper' } },
    ];
    const body = JSON.stringify({ trackResponse: { shipment: [{ package: [{ trackingNumber: parcel.number, activity }] }] } });
    server.answer = (call) => tokens(call) ?? { status: 200, body };
    expect(await look(25)).toBe(1);
    expect(await refunded(parcel.path)).toEqual({ status: 'rto_delivered', isPaid: true });
    expect(await rowOf(parcel.id)).toBeUndefined();
  }); // prettier-ignore

  it('looks once more a day after the end, and then no more', async () => {
    const parcel = await labelled('usps');
    const body = about('usps/v3_delivered_wrong_gmt_dates.json', idOf('usps/v3_delivered_wrong_gmt_dates.json'), parcel.number);
    server.answer = (call) => tokens(call) ?? { status: 200, body };
    await look(7);
    const row = await rowOf(parcel.id);
    expect(row?.last_look).toBe(true);
    expect(await look(25)).toBe(1);
    expect(await rowOf(parcel.id)).toBeUndefined();
    expect(await look(48)).toBe(0);
  }); // prettier-ignore

  it('does not ask about what ended meanwhile until a day after', async () => {
    const parcel = await labelled('canada_post');
    const at = new Date(now + 6 * HOUR).toISOString();
    const event = { courier: 'poll-canada-post', tracking_number: parcel.number, status: 'delivered', occurred_at: at };
    expectStatus(await world.admin.post('/v1/tracking/events', { events: [event] }), 200);
    await look(7);
    expect(server.calls).toEqual([]);
    expect(await rowOf(parcel.id)).toMatchObject({ last_look: true });
    await forget();
  });

  it('asks also about parcels that left before it was set up, and not about those that ended', async () => {
    const [left, ended] = [await labelled('canada_post'), await labelled('canada_post')];
    const at = new Date(now + HOUR).toISOString();
    const event = { courier: 'poll-canada-post', tracking_number: ended.number, status: 'delivered', occurred_at: at };
    expectStatus(await world.admin.post('/v1/tracking/events', { events: [event] }), 200);
    await forget();
    await polling.adopt(new Date(now));
    await polling.adopt(new Date(now)); // twice is once
    const row = await rowOf(left.id);
    expect(row?.inHours).toBeGreaterThanOrEqual(0);
    expect(row?.inHours).toBeLessThanOrEqual(6);
    expect(await rowOf(ended.id)).toBeUndefined();
    await forget();
  });

  it('asks about nothing twice, however many workers look at once', async () => {
    const mine = [await labelled('canada_post'), await labelled('canada_post'), await labelled('canada_post')];
    server.answer = () => ({ status: 404 });
    now += 7 * HOUR;
    const looks = await Promise.all(Array.from({ length: 5 }, () => polling.run(new Date(now))));
    expect(looks.reduce((sum, n) => sum + n, 0)).toBe(mine.length);
    expect(server.lines().toSorted()).toEqual(
      mine.map(({ number }) => `GET /canada_post/vis/track/pin/${number}/detail`).toSorted(),
    );
    const row = await rowOf(mine[0]?.id ?? '');
    expect(row).toMatchObject({ failures: 0, last_look: false });
    expect(row?.inHours).toBeGreaterThan(2.6);
    await forget();
  });

  it('backs off from an outage, leaves an ill source alone, and goes on where it was', async () => {
    const mine = [];
    for (let n = 0; n < 5; n += 1) mine.push(await labelled('dhl_unified'));
    server.answer = () => 'cut';
    expect(await look(7)).toBe(5);
    const row = await rowOf(mine[0]?.id ?? '');
    expect(row).toMatchObject({ failures: 1 });
    expect(row?.inHours).toBeLessThanOrEqual(5 / 60);
    expect(await look(0)).toBe(0);
    server.answer = () => ({ status: 404 });
    expect(await look(0.1)).toBe(5);
    expect(await rowOf(mine[0]?.id ?? '')).toMatchObject({ failures: 0 });
    await forget();
  });

  it('keeps to what a courier asks of it: the pause, and so many calls a minute', async () => {
    const mine = [];
    for (let n = 0; n < 14; n += 1) mine.push(await labelled('dhl_unified'));
    server.answer = () => ({ status: 404 });
    expect(await look(7)).toBe(12);
    expect(await look(0)).toBe(0);
    server.answer = () => ({ status: 429, headers: { 'retry-after': '600' } });
    expect(await look(1 / 60)).toBe(2);
    const paused = await Promise.all(mine.map(({ id }) => rowOf(id)));
    expect(paused.filter((row) => row?.failures === 1).map((row) => row?.inHours)).toEqual([1 / 6, 1 / 6]);
    await forget();
  });

  it('gets one token for many calls, and another one when it is taken back', async () => {
    const mine = [await labelled('fedex'), await labelled('fedex')];
    let valid = 'the-token';
    server.answer = (call) => {
      if (call.line.endsWith('/oauth/token')) {
        valid = 'another-token';
        return { status: 200, body: '{"access_token":"another-token","expires_in":"3600"}' };
      }
      return { status: call.headers['authorization'] === `Bearer ${valid}` ? 404 : 401 };
    };
    await look(7);
    valid = 'revoked';
    await look(7);
    expect(server.lines('POST /fedex/oauth/token').length).toBeLessThanOrEqual(mine.length);
    expect(server.lines('POST /fedex/oauth/token').length).toBeGreaterThan(0);
    for (const { id } of mine) expect(await rowOf(id)).toMatchObject({ failures: 0 });
  });
});

function idOf(file: string): string {
  const index = JSON.parse(payload('index.json').toString('utf8')) as { file: string; tracking_number: string }[];
  return index.find((entry) => entry.file === file)?.tracking_number ?? '';
}
