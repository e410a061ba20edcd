import { createHash } from 'node:crypto';
import { rows } from '../../src/database/sql.ts';
import { idOut, newId } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Parcels } from '../support/parcels.ts';
import { expectStatus, World, type Caller, type Merchant } from '../support/world.ts';

type Body = Record<string, unknown>;
interface Listed {
  data: Body[];
}

describe('what of the couriers’ words waits for a person', () => {
  let test: TestApp;
  let world: World;
  let parcels: Parcels;
  let merchant: Merchant;
  let admin: Caller;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
    parcels = new Parcels(test, world);
    merchant = await world.merchant();
    admin = world.admin;
  });

  afterAll(() => test.close());

  const get = async <T = Listed>(path: string): Promise<T> => expectStatus<T>(await admin.get(path), 200);
  const at = (hours: number): string => new Date(test.clock.now().getTime() + hours * 3_600_000).toISOString();

  const tracker = (number: string, ...details: [status: string, message: string, hours: number][]): string =>
    JSON.stringify({
      result: {
        tracking_code: number,
        carrier: 'UPS',
        status: 'unknown',
        tracking_details: details.map(([status, message, hours]) => ({ status, message, datetime: at(hours) })),
      },
    });

  const push = (body: string) =>
    test.http.post('/v1/tracking/easypost').set('Content-Type', 'application/json').send(body);

  const handedOver = async (): Promise<{ id: string; path: string; number: string }> => {
    const { id, path, trackingNumber } = await parcels.labelled(merchant);
    expectStatus(await admin.post(`${path}/hand-over`), 200);
    return { id, path, number: trackingNumber };
  };

  it('lists what cannot be read with the reason, and reads it again once a translator was mended', async () => {
    expectStatus(await push('not json at all'), 200);
    const [listed] = (await get('/v1/tracking/unreadable')).data;
    expect(listed).toMatchObject({ source: 'easypost', kind: 'webhook', seen: 1 });
    expect(listed?.['reason']).toMatch(/neither JSON nor XML/);
    const again = await admin.post(`/v1/tracking/messages/${String(listed?.['message'])}/reading`);
    expect(expectStatus<Body>(again, 200)).toMatchObject({ state: 'unreadable', accepted: 0 });

    const parcel = await handedOver();
    const body = Buffer.from(tracker(parcel.number, ['in_transit', 'Arrived', 1], ['delivered', 'Delivered', 2]));
    const id = newId();
    await rows(
      test.db,
      `INSERT INTO tracking_message (id, source, kind, hash, content_type, headers, body, received_at, state, problem, events)
       VALUES ($1, 'easypost', 'webhook', decode($2, 'hex'), null, '{}', $3, $4, 'unreadable', 'a fault of ours', 0)`,
      [id, createHash('sha256').update(body).digest('hex'), body, test.clock.now()],
    );
    const read = expectStatus<Body>(await admin.post(`/v1/tracking/messages/${idOut('trm', id)}/reading`), 200);
    expect(read).toMatchObject({ state: 'read', problem: null, accepted: 2, revised: 0, unmatched: 0 });
    expect(await get<Body>(parcel.path)).toMatchObject({ status: 'delivered' });
    expect((await get('/v1/tracking/unreadable')).data).toHaveLength(1);
    const all = expectStatus<Body>(await admin.post('/v1/tracking/readings', { source: 'easypost' }), 200);
    expect(all).toMatchObject({ messages: 1, unreadable: 1, accepted: 0 });
  });

  it('shows what a meaning would change before it changes it, and then moves what it showed', async () => {
    const parcel = await handedOver();
    expectStatus(await push(tracker(parcel.number, ['in_transit', 'Arrived', 1], ['teleported', 'Beamed up', 2])), 200);
    expect(await get<Body>(parcel.path)).toMatchObject({ status: 'in_transit' });
    const listed = (await get('/v1/tracking/needs-mapping')).data;
    expect(listed).toEqual([
      expect.objectContaining({ source: 'easypost', code: 'teleported', description: 'Beamed up', events: 1, packages: 1 }),
    ]);

    const meaning = { source: 'easypost', code: 'teleported', status: 'rto_delivered' };
    const preview = expectStatus<Body>(await admin.post('/v1/tracking/mappings/preview', meaning), 200);
    expect(preview).toMatchObject({
      ...{ events: 1, packages: 1 },
      changes: [{ package: parcel.id, status_now: 'in_transit', status_then: 'rto_delivered', tells: ['rto_delivered'] }],
    });
    expect(await get<Body>(parcel.path)).toMatchObject({ status: 'in_transit' });

    const guess = await admin.post('/v1/tracking/mappings', { ...meaning, fingerprint: 'not what was seen' });
    expect([guess.status, (guess.body as Body)['code']]).toEqual([409, 'mapping_outdated']);
    const seen = { ...meaning, fingerprint: preview['fingerprint'], note: 'the vendor’s letter of May' };
    expectStatus(await admin.post('/v1/tracking/mappings', seen), 201);
    expect(await get<Body>(parcel.path)).toMatchObject({ status: 'rto_delivered', direction: 'rto' });
    expect((await get('/v1/tracking/needs-mapping')).data).toEqual([]);
    expect((await get('/v1/tracking/mappings')).data).toEqual([
      expect.objectContaining({ code: 'teleported', status: 'rto_delivered', note: 'the vendor’s letter of May' }),
    ]);

    const body = JSON.parse(tracker('EZ1', ['in_transit', 'Arrived', 1], ['teleported', 'Beamed up', 2])) as object;
    const shown = expectStatus<{ shipments: Body[]; problems: string[] }>(
      await admin.post('/v1/tracking/easypost/preview', body),
      200,
    );
    expect(shown.shipments).toEqual([expect.objectContaining({ status: 'rto_delivered', direction: 'rto' })]);
    expect(shown.problems).toEqual([]);

    const next = await handedOver();
    expectStatus(await push(tracker(next.number, ['teleported', 'Beamed up again', 3])), 200);
    expect(await get<Body>(next.path)).toMatchObject({ status: 'rto_delivered' });
    const events = (await get(`${next.path}/events`)).data;
    expect(events).toEqual([expect.objectContaining({ status: 'rto_delivered', direction: 'rto', code: 'teleported' })]);

    const address = '/v1/tracking/mappings?source=easypost&code=teleported';
    expect((await merchant.caller.delete(address)).status).toBe(403);
    expectStatus(await admin.delete(address), 204);
    expectStatus(await admin.delete(address), 404);
    const later = await handedOver();
    expectStatus(await push(tracker(later.number, ['in_transit', 'Arrived', 4], ['teleported', 'Beamed', 5])), 200);
    expect(await get<Body>(later.path)).toMatchObject({ status: 'in_transit' });
    expect(await get<Body>(next.path)).toMatchObject({ status: 'rto_delivered' });
  }); // prettier-ignore

  it('lists disputed packages until they are settled', async () => {
    const parcel = await handedOver();
    const say = (status: string, hours: number): object => ({
      courier: 'ups', tracking_number: parcel.number, status, occurred_at: at(hours),
    }); // prettier-ignore
    const events = [say('delivered', 1), say('rto_delivered', 30)];
    expectStatus(await admin.post('/v1/tracking/events', { events }), 200);
    expect((await get('/v1/tracking/disputed')).data).toEqual([
      expect.objectContaining({ id: parcel.id, disputed: true, status: 'delivered' }),
    ]);
  });

  it('refuses a source that it does not know, and a merchant', async () => {
    const body = { source: 'pigeon', code: '1', status: 'delivered' };
    expect((await admin.post('/v1/tracking/mappings/preview', body)).status).toBe(422);
    expect((await admin.post('/v1/tracking/readings', { source: 'pigeon' })).status).toBe(422);
    for (const path of ['unreadable', 'needs-mapping', 'disputed', 'mappings']) {
      expect((await merchant.caller.get(`/v1/tracking/${path}`)).status).toBe(403);
    }
  });
});
