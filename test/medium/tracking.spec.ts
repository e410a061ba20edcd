import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { TrackingService } from '../../src/tracking/tracking.service.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

type Body = Record<string, unknown>;

interface Parcel {
  path: string;
  merchantId: string;
  orderId: string;
  trackingNumber: string;
}

interface Placed {
  id: string;
  packages: { id: string; items: { sku: string; quantity: number }[] }[];
}

const SERVICE = {
  ...{ class: 'standard', countries: ['*'], days: { min: 2, max: 5 }, max_weight_g: 20_000, max_units: 50 },
  prices: [{ up_to_g: 20_000, amount: { amount: '50.00', currency: 'USD' } }],
};
const payloads = new URL('../data/tracking/', import.meta.url);

describe('what couriers say of packages', () => {
  let test: TestApp;
  let world: World;
  let numbers = 0;
  let merchant: Merchant;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
    const dhl = { name: 'DHL', services: [{ ...SERVICE, code: 'parcel' }], tracking: [{ source: 'dhl_unified' }] };
    expectStatus(await world.admin.put('/v1/couriers/dhl', dhl), 200);
    merchant = await world.merchant('5000.00');
  });

  afterAll(() => test.close());

  const hours = (n: number): string => new Date(test.clock.now().getTime() + n * 3_600_000).toISOString();

  const line = (parcel: Parcel, status: string, at: string, more: object = {}): object => ({
    courier: 'ups', tracking_number: parcel.trackingNumber, status, occurred_at: at, ...more,
  }); // prettier-ignore

  const say = async (...events: object[]): Promise<Body> =>
    expectStatus(await world.admin.post('/v1/tracking/events', { events }), 200);

  const push = (source: string, body: string | Buffer, type = 'application/json') =>
    test.http.post(`/v1/tracking/${source}`).set('Content-Type', type).send(body);

  const nextNumber = (): string => {
    numbers += 1;
    return `1Z${String(Date.parse('2026-01-01') + numbers)}`;
  };

  const labelled = async (
    trackingNumber = nextNumber(),
    courier = { courier: 'ups', service: 'ground' },
  ): Promise<Parcel> => {
    const placed = await merchant.caller.post('/v1/orders', world.order(`SHOP-${nextNumber()}`));
    const order = expectStatus<Placed>(placed, 201);
    const [parcel] = order.packages;
    if (parcel === undefined) throw new Error('The order has no package.');
    const path = `/v1/packages/${parcel.id}`;
    const scans = parcel.items.map(({ sku, quantity }) => ({ sku, quantity }));
    expectStatus(await world.admin.post(`${path}/pick`), 200);
    expectStatus(await world.admin.post(`${path}/pack`, { scans, weight_g: 900 }), 200);
    expectStatus(await world.admin.post(`${path}/label`, { ...courier, tracking_number: trackingNumber }), 200);
    return { path, merchantId: idIn('mer', merchant.id) ?? '', orderId: idIn('ord', order.id) ?? '', trackingNumber };
  };

  const handedOver = async (): Promise<Parcel> => {
    const parcel = await labelled();
    expectStatus(await world.admin.post(`${parcel.path}/hand-over`), 200);
    return parcel;
  };

  const seen = async (parcel: Parcel): Promise<Body> => expectStatus(await merchant.caller.get(parcel.path), 200);

  const told = async (parcel: Parcel): Promise<string[]> => {
    const events = await rows<{ name: string }>(
      test.db,
      `SELECT name FROM event WHERE merchant_id = $1 AND aggregate = $2 ORDER BY position`,
      [parcel.merchantId, parcel.orderId],
    );
    const others = ['picked', 'packed', 'labelled', 'handed_over', 'received_back', 'settled', 'rto_confirmed', 'late'];
    return events
      .filter(({ name }) => name.startsWith('package.'))
      .map(({ name }) => name.replace('package.', ''))
      .filter((name) => !others.includes(name));
  };

  it('follows the newest fact, not the newest message, and tells each step once', async () => {
    const parcel = await handedOver();
    expect(await say(line(parcel, 'out_for_delivery', hours(5)), line(parcel, 'in_transit', hours(1)))).toEqual({
      accepted: 2,
      duplicates: 0,
      unmatched: 0,
    });
    expect(await say(line(parcel, 'delivered', hours(6)))).toMatchObject({ accepted: 1 });
    expect(await say(line(parcel, 'in_transit', hours(2)), line(parcel, 'delivered', hours(6)))).toEqual({
      accepted: 1,
      duplicates: 1,
      unmatched: 0,
    });
    expect(await seen(parcel)).toMatchObject({
      status: 'delivered',
      courier_status: 'delivered',
      delivered_at: hours(6),
      disputed: false,
    });
    expect(await told(parcel)).toEqual(['in_transit', 'out_for_delivery', 'delivered']);
  });

  it('brings a package back once, whatever 20 messages at once say of it', async () => {
    const parcel = await handedOver();
    const story = [
      line(parcel, 'attempt_failed', hours(10), { description: 'Recipient refused delivery' }),
      line(parcel, 'rto_initiated', hours(20)),
      line(parcel, 'rto_in_transit', hours(40)),
      line(parcel, 'rto_delivered', hours(90)),
    ];
    const messages = Array.from({ length: 20 }, (_, n) =>
      [...story.slice(n % 4), ...story.slice(0, n % 4)].slice(0, 1 + (n % 4)),
    );
    await Promise.all(messages.map((events) => say(...events)));
    expect(await seen(parcel)).toMatchObject({
      status: 'rto_delivered',
      direction: 'rto',
      reason: 'refused',
      returned_at: hours(90),
    });
    expect((await told(parcel)).sort()).toEqual(['delivery_attempt_failed', 'rto_delivered', 'rto_initiated']);
  });

  it('keeps a message once, however often and however concurrently it comes', async () => {
    const parcel = await handedOver();
    const alert = JSON.parse(readFileSync(new URL('ups/webhook_track_alert_delivered.json', payloads), 'utf8')) as Body;
    const body = JSON.stringify({ ...alert, trackingNumber: parcel.trackingNumber });
    const answers = await Promise.all(Array.from({ length: 20 }, () => push('ups', body)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const counts = answers.map((answer) => answer.body as { accepted: number; duplicates: number });
    expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1);
    expect(counts.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(19);
    expect(await seen(parcel)).toMatchObject({ status: 'delivered', delivered_at: '2024-04-23T13:50:04.000Z' });
    expect(await told(parcel)).toEqual(['delivered']);
  });

  it('reads a real RTO of DHL, 42 events in one answer', async () => {
    const raw = readFileSync(new URL('dhl_unified/rto_delivered_at_shipper_nl.json', payloads), 'utf8');
    const parcel = await labelled('JVGL06048524783718330083', { courier: 'dhl', service: 'parcel' });
    expect((await push('dhl_unified', raw)).body).toMatchObject({ accepted: 42, duplicates: 0, unmatched: 0 });
    expect(await seen(parcel)).toMatchObject({
      status: 'rto_delivered',
      reason: 'unclaimed',
      returned_at: '2019-06-03T08:24:00.000Z',
    });
    const page = expectStatus<{
      data: Body[];
      next_cursor: string;
    }>(await merchant.caller.get(`${parcel.path}/events?limit=40`), 200);
    expect(page.data).toHaveLength(40);
    expect(page.data[0]).toMatchObject({
      status: 'rto_delivered',
      code: 'DELIVERED_AT_SHIPPER',
      occurred_at: '2019-06-03T08:24:00.000Z',
      source: 'dhl_unified',
    });
    const rest = expectStatus<{ data: Body[]; next_cursor: null }>(
      await merchant.caller.get(`${parcel.path}/events?limit=40&cursor=${page.next_cursor}`),
      200,
    );
    expect([rest.data.length, rest.next_cursor]).toEqual([2, null]);
  });

  it('brings a parcel back to its sender whichever comes first: the last line alone, or the whole history', async () => {
    const services = [{ ...SERVICE, code: 'parcel' }];
    const courier = { name: 'Canada Post', services, tracking: [{ source: 'canada_post' }] };
    expectStatus(await world.admin.put('/v1/couriers/canada-post', courier), 200);
    const told = (cd: string, descEn: string, day: number) => ({
      ...{ cd, descEn, datetime: { date: `2026-01-${day}`, time: '10:00:00', zoneOffset: '-05:00' } },
      locationAddr: { city: 'OTTAWA', regionCd: 'ON', countryCd: 'CA' },
    });
    const scan = told('0170', 'Item processed', 10);
    const turned = told('1100', 'Item being returned to sender', 12);
    const end = told('1408', 'Delivered', 14);
    const orders = [
      [[end], [end, turned, scan]],
      [[end, turned, scan], [end]],
      [[scan], [turned], [end], [end, turned, scan]],
    ];
    for (const order of orders) {
      const parcel = await labelled(nextNumber(), { courier: 'canada-post', service: 'parcel' });
      expectStatus(await world.admin.post(`${parcel.path}/hand-over`), 200);
      for (const events of order) {
        const body = Buffer.from(JSON.stringify({ pin: parcel.trackingNumber, events }));
        const raw = {
          source: 'canada_post',
          kind: 'poll',
          contentType: 'application/json',
          headers: {},
          body,
        } as const;
        await test.app.get(TrackingService).ingest(raw);
      }
      await test.settle();
      expect(await seen(parcel)).toMatchObject({ status: 'rto_delivered', direction: 'rto', disputed: false });
    }
  });

  it('takes a physical scan of a labelled package for its hand-over, at the time of the scan', async () => {
    const parcel = await labelled();
    await say(line(parcel, 'label_created', hours(-3)));
    expect(await seen(parcel)).toMatchObject({
      status: 'labelled',
      courier_status: 'label_created',
      handed_over_at: null,
    });
    await say(line(parcel, 'in_transit', hours(4)), line(parcel, 'accepted', hours(1)));
    expect(await seen(parcel)).toMatchObject({ status: 'in_transit', handed_over_at: hours(1) });
    expect(await told(parcel)).toEqual(['in_transit']);
  });

  it('matches what came before the label', async () => {
    const number = `EARLY ${nextNumber()}`;
    const before = await say({ courier: 'ups', tracking_number: number, status: 'in_transit', occurred_at: hours(1) });
    expect(before).toEqual({ accepted: 0, duplicates: 0, unmatched: 1 });
    const list = async (): Promise<Body[]> =>
      expectStatus<{ data: Body[] }>(await world.admin.get('/v1/tracking/unmatched?limit=100'), 200).data;
    const waiting = (await list()).find((row) => row['tracking_number'] === number);
    expect(waiting).toMatchObject({
      source: 'events',
      courier: 'ups',
      reason: 'unknown_number',
      events: 1,
      status: 'in_transit',
    });
    const message = expectStatus(await world.admin.get(`/v1/tracking/messages/${String(waiting?.['message'])}`), 200);
    expect(message).toMatchObject({ source: 'events', kind: 'events', state: 'read', seen: 1, base64: false });
    const parcel = await labelled(number.replace('EARLY ', 'early'));
    await test.settle();
    expect(await seen(parcel)).toMatchObject({ status: 'in_transit', handed_over_at: hours(1) });
    expect((await list()).some((row) => row['tracking_number'] === number)).toBe(false);
  });

  it('marks a package disputed when the courier takes its delivery back, and moves it no further', async () => {
    const parcel = await handedOver();
    await say(line(parcel, 'delivered', hours(10)));
    await say(line(parcel, 'rto_initiated', hours(30)), line(parcel, 'rto_delivered', hours(60)));
    expect(await seen(parcel)).toMatchObject({ status: 'delivered', courier_status: 'rto_delivered', disputed: true });
    expect(await told(parcel)).toEqual(['delivered', 'disputed']);
  });

  it('moves nothing for words that say nothing physical', async () => {
    const parcel = await handedOver();
    await say(
      ...['unknown', 'expired', 'cancelled', 'pickup_failed', 'label_created'].map((status, n) =>
        line(parcel, status, hours(n)),
      ),
    );
    expect(await seen(parcel)).toMatchObject({ status: 'handed_over' });
    expect(await told(parcel)).toEqual([]);
  });

  it('counts an attempt once in four hours and tells each', async () => {
    const parcel = await handedOver();
    await say(
      line(parcel, 'attempt_failed', hours(10)),
      line(parcel, 'attempt_failed', hours(10.5)),
      line(parcel, 'attempt_failed', hours(34)),
    );
    expect(await told(parcel)).toEqual(['delivery_attempt_failed', 'delivery_attempt_failed']);
  });

  it('folds the warehouse receipt of a parcel that came back', async () => {
    const parcel = await handedOver();
    await say(line(parcel, 'rto_initiated', hours(10)));
    await test.clock.advance('PT50H');
    const receipt = { unopened: true, original_label: true, condition: 'original' };
    expectStatus(await world.admin.post(`${parcel.path}/receipt`, receipt), 200);
    await test.settle();
    expect(await seen(parcel)).toMatchObject({ status: 'rto_delivered', returned_at: hours(0) });
    expect(await told(parcel)).toContain('rto_delivered');
  });

  it('folds in a caller’s own transaction, all or nothing', async () => {
    const parcel = await handedOver();
    const tracking = test.app.get(TrackingService, { strict: false });
    const event = {
      courier: 'ups',
      trackingNumber: parcel.trackingNumber,
      status: 'lost',
      occurredAt: new Date(hours(9)),
    } as const;
    const failing = inTransaction(test.db, async (tx) => {
      await tracking.record(tx, [event]);
      throw new Error('the caller failed');
    });
    await expect(failing).rejects.toThrow('the caller failed');
    expect(await seen(parcel)).toMatchObject({ status: 'handed_over' });
    await inTransaction(test.db, (tx) => tracking.record(tx, [event]));
    expect(await seen(parcel)).toMatchObject({ status: 'lost', reason: 'lost' });
  });

  it('makes up for a worker that died between storing and folding', async () => {
    const parcel = await handedOver();
    const tracking = test.app.get(TrackingService, { strict: false });
    const event = {
      courier: 'ups',
      trackingNumber: parcel.trackingNumber,
      status: 'delivered',
      occurredAt: new Date(hours(9)),
    } as const;
    await inTransaction(test.db, (tx) => tracking.keep(tx, [event], null));
    await rows(test.db, `UPDATE tracking_due SET since = since - interval '1 minute'`);
    await tracking.foldOverdue();
    expect(await seen(parcel)).toMatchObject({ status: 'delivered' });
  });

  it.each<[string, string | Buffer, string]>([
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'UTF-8'],
    ['a gzip bomb', gzipSync(Buffer.alloc(5_000_000)), 'UTF-8'],
    ['deep JSON', '['.repeat(200_000), 'levels deep'],
    ['XML with entities', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'document type'],
    ['a NUL', '{"tracking_code":"a\\u0000b"}', 'NUL'],
    ['half a document', '{"tracking_code":', 'neither JSON nor XML'],
    ['nothing', '', 'empty'],
  ])('keeps %s as unreadable, answered 200', async (_, body, problem) => {
    const answer = await push('easypost', body, 'application/octet-stream');
    expect([answer.status, answer.body]).toEqual([200, { accepted: 0, duplicates: 0, unmatched: 0 }]);
    const [kept] = await rows<{ problem: string }>(
      test.db,
      `SELECT problem FROM tracking_message WHERE state = 'unreadable' ORDER BY id DESC LIMIT 1`,
    );
    expect(kept?.problem).toContain(problem);
  });

  it('refuses a body of more than 1 MB, an unknown source, and events that are not as they should be', async () => {
    expect((await push('easypost', Buffer.alloc(1_200_000, 32))).status).toBe(413);
    expect((await push('pigeon_post', '{}')).status).toBe(404);
    expect((await push('pigeon_post/preview', '{}')).status).toBe(401);
    const event = {
      courier: 'ups',
      tracking_number: '1',
      status: 'teleported',
      occurred_at: 'yesterday',
      colour: 'red',
    };
    const refused = expectStatus<{
      errors: { pointer: string }[];
    }>(await world.admin.post('/v1/tracking/events', { events: [event] }), 422);
    expect(refused.errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/events/0/colour',
      '/events/0/occurred_at',
      '/events/0/status',
    ]);
    expect((await merchant.caller.post('/v1/tracking/events', { events: [] })).status).toBe(403);
  });

  it('previews a message and stores nothing', async () => {
    const before = await rows(test.db, `SELECT 1 FROM tracking_message`);
    const xml = readFileSync(new URL('usps/xml_out_for_delivery.xml', payloads), 'utf8');
    const call = test.http
      .post('/v1/tracking/usps/preview?kind=poll')
      .set({ Authorization: `Bearer ${world.admin.token ?? ''}` });
    const view = (await call.set('Content-Type', 'application/xml').send(xml)).body as {
      shipments: Body[];
      problems: string[];
    };
    expect(view.problems).toEqual([]);
    expect(view.shipments).toHaveLength(1);
    expect(view.shipments[0]).toMatchObject({
      tracking_number: '9361289949059120447349',
      status: 'out_for_delivery',
      reason: null,
      direction: 'forward',
    });
    expect((view.shipments[0]?.['events'] as Body[])[0]).toEqual({
      occurred_at: '2014-03-02T13:09:00.000Z', time_raw: 'March 2, 2014 8:09 am', status: 'out_for_delivery', reason: null,
      code: 'OF', description: 'Out for Delivery', location: 'NEW YORK, NY, 10022',
    }); // prettier-ignore
    expect(await rows(test.db, `SELECT 1 FROM tracking_message`)).toHaveLength(before.length);
  });

  it('shows the buyer steps, places and local times, in two languages, and nothing that a courier wrote freely', async () => {
    const parcel = await handedOver();
    await say(
      line(parcel, 'delivered', '2026-03-02T13:10:00+01:00', {
        location: 'Lyon <1>',
        description: 'Signed for by ADA BYRON',
      }),
    );
    const page = await test.http
      .get(`/track/${parcel.trackingNumber}`)
      .set('Accept-Language', 'de, fr;q=0.9, en;q=0.5');
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<html lang="fr">');
    expect(page.text).toContain('Livré');
    expect(page.text).toContain('2026-03-02 13:10');
    expect(page.text).toContain('Lyon &lt;1&gt;');
    expect(page.text).not.toMatch(/BYRON|<script/i);
    const english = await test.http.get(`/track/${parcel.trackingNumber.toLowerCase()}`);
    expect(english.text).toContain('Delivered');
    const unknown = await test.http.get('/track/nothing%20here');
    expect([unknown.status, unknown.text.includes('no parcel')]).toEqual([404, true]);
  });

  it('answers another merchant as for an unknown package', async () => {
    const parcel = await handedOver();
    const other = await world.merchant();
    expect((await other.caller.get(`${parcel.path}/events`)).status).toBe(404);
    expect((await other.caller.get('/v1/packages/pkg_00000000000000000000000000/events')).status).toBe(404);
  });

  it('answers a courier in time although its package is held by somebody, and follows as soon as it is free', async () => {
    const parcel = await handedOver();
    const body = { result: { tracking_code: parcel.trackingNumber, carrier: 'UPS', status: 'delivered', tracking_details: [{ status: 'delivered', message: 'Delivered', datetime: hours(3) }] } };
    await inTransaction(test.db, async (tx) => {
      await rows(tx, `SELECT 1 FROM package WHERE tracking_number = $1 FOR UPDATE`, [parcel.trackingNumber]);
      const answer = await push('easypost', JSON.stringify(body));
      expect([answer.status, answer.body]).toEqual([200, { accepted: 1, duplicates: 0, unmatched: 0 }]);
    });
    expectStatus(await world.admin.post('/v1/sandbox/drain'), 200);
    expect(await seen(parcel)).toMatchObject({ status: 'delivered' });
  }); // prettier-ignore
});
