import { startApp, type TestApp } from '../support/app.ts';
import { JPEG } from '../support/claims.ts';
import { ReturnStories } from '../support/returns.ts';
import { expectStatus, World } from '../support/world.ts';

interface Scan {
  kind: string;
  id: string;
  says: string;
  stop: boolean;
  can: { action: string; method: string; path: string }[];
  packages: { id: string; interception: object | null }[];
}

let test: TestApp;
let world: World;
let cases: ReturnStories;

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
  cases = await ReturnStories.under(world, 'return-code');
});

afterAll(() => test.close());

const scan = async (code: string): Promise<Scan> =>
  expectStatus<Scan>(await world.admin.get(`/v1/scan/${encodeURIComponent(code)}`), 200);
const actions = ({ can }: Scan): string[] => can.map(({ action }) => action);

describe('a scan', () => {
  it('tells the next step of a package, at every step, and each can be taken as it is told', async () => {
    const order = await cases.place();
    const id = order.packages[0]?.id ?? '';
    const trackingNumber = cases.number();
    const bodies: Record<string, object> = {
      pick: {},
      pack: { scans: [{ sku: 'LAMP', quantity: 1 }], weight_g: 900 },
      label: { courier: 'ups', service: 'ground', tracking_number: trackingNumber },
      hand_over: {},
    };
    for (const action of Object.keys(bodies)) {
      const scanned = await scan(id);
      expect(scanned).toMatchObject({ kind: 'package', id, stop: false, packages: [{ id }] });
      expect(actions(scanned)).toEqual([action]);
      expectStatus(await world.admin.post(scanned.can[0]?.path ?? '', bodies[action]), 200);
    }
    const byNumber = await scan(` ${trackingNumber.toLowerCase()} `);
    expect(byNumber).toMatchObject({ kind: 'package', id });
    expect(actions(byNumber)).toEqual(['receive']);
    expect(await scan(order.id)).toMatchObject({ kind: 'order', id: order.id, packages: [{ id }] });
  });

  it('says first that a package is to be stopped, and every step shows it, until it has left', async () => {
    const stopping = await ReturnStories.under(world, 'courier-proof');
    const order = await stopping.place();
    const id = order.packages[0]?.id ?? '';
    const path = `/v1/packages/${id}`;
    expectStatus(await world.admin.post(`${path}/pick`), 200);
    expectStatus(await stopping.merchant.caller.post(`/v1/orders/${order.id}/cancellation`), 200);
    const stopped = await scan(id);
    expect(stopped).toMatchObject({ stop: true, says: expect.stringContaining('STOP') });
    expect(actions(stopped)).toEqual(['answer_interception', 'pack']);
    const listed = await world.admin.get('/v1/interceptions?limit=100');
    expect(listed.text).toContain(id);
    const requested = { interception: { status: 'requested', cause: 'cancellation' } };
    const packed = { scans: [{ sku: 'LAMP', quantity: 1 }], weight_g: 900 };
    expect(expectStatus(await world.admin.post(`${path}/pack`, packed), 200)).toMatchObject(requested);
    const label = { courier: 'ups', service: 'ground', tracking_number: stopping.number() };
    expect(expectStatus(await world.admin.post(`${path}/label`, label), 200)).toMatchObject(requested);
    expect(expectStatus(await world.admin.post(`${path}/hand-over`), 200)).toMatchObject({
      interception: { status: 'left' },
    });
    expect((await world.admin.get('/v1/interceptions?limit=100')).text).not.toContain(id);
    expect(await scan(id)).toMatchObject({ stop: false });
  });

  it('knows a return by its code and by the buyer’s tracking number, and when the code has run out', async () => {
    const parcel = await cases.delivered();
    const asked = await cases.approved(parcel, 'quality');
    const code = asked.return_code ?? '';
    const path = `/v1/returns/${code}/receipt`;
    expect(await scan(code)).toMatchObject({
      ...{ kind: 'return', id: asked.id, can: [{ action: 'receive_return', method: 'POST', path }] },
      ...{ return: { id: asked.id, status: 'authorised' }, packages: [{ id: parcel.id }] },
    });
    const number = cases.number();
    await cases.sent(asked, number);
    expect(await scan(number)).toMatchObject({ kind: 'return', id: asked.id });
    await cases.received(code);
    expect(actions(await scan(code))).toEqual([]);
    const other = await cases.approved(await cases.delivered(), 'quality');
    await cases.pass('P15D');
    expect(await scan(other.return_code ?? '')).toMatchObject({ says: expect.stringContaining('expired') });
  });

  it('knows goods by their SKU, and nothing else', async () => {
    expect(await scan('lamp')).toMatchObject({
      ...{ kind: 'variant', id: 'LAMP', variant: { sku: 'LAMP', title: 'The lamp', quality_check: false } },
      can: [{ action: 'count', path: '/v1/stock-movements' }],
    });
    for (const code of ['nothing', 'pkg_00000000000000000000000000', '%20'])
      expectStatus(await world.admin.get(`/v1/scan/${code}`), 404);
    expectStatus(await cases.merchant.caller.get('/v1/scan/LAMP'), 403);
  });

  it('of a package that is not paid tells so, and offers nothing', async () => {
    const poor = await ReturnStories.under(world, 'courier-proof', '1.00');
    const order = await poor.place();
    expect(await scan(order.packages[0]?.id ?? '')).toMatchObject({
      can: [],
      says: expect.stringContaining('not paid'),
    });
  });
});

describe('a parcel that nobody had announced', () => {
  it('is recorded with its photo, and nothing is credited', async () => {
    const said = { code: 'LX 123 CN', warehouse: 'EWR', sender: 'Somebody', condition: 'used', note: 'A lamp' };
    const recorded = expectStatus<{ id: string }>(await world.admin.post('/v1/receipts', said), 201);
    expect(recorded).toMatchObject({ ...said, about: null, can: [], unopened: null, has_photo: false });
    const path = `/v1/receipts/${recorded.id}`;
    expectStatus(await world.admin.get(`${path}/photo`), 404);
    const show = (file: Buffer) =>
      test.http
        .post(`${path}/photo`)
        .set('Authorization', `Bearer ${world.admin.token ?? ''}`)
        .attach('file', file, 'photo.jpg');
    expect(expectStatus(await show(Buffer.from('no picture')), 422)).toMatchObject({ errors: [{ pointer: '/file' }] });
    expect(expectStatus(await show(JPEG), 200)).toMatchObject({ has_photo: true });
    const photo = await world.admin.get(`${path}/photo`);
    expect([photo.headers['content-type'], photo.body]).toEqual(['image/jpeg', JPEG]);
    expect(expectStatus(await world.admin.get('/v1/receipts?code=lx%20123%20cn'), 200)).toMatchObject({
      data: [{ id: recorded.id }],
      next_cursor: null,
    });
    expect(expectStatus(await world.admin.get(path), 200)).toMatchObject({ id: recorded.id });
  });

  it('that belongs to a delivered package or a return says so, and staff are told', async () => {
    const parcel = await cases.delivered();
    const recorded = await world.admin.post('/v1/receipts', { code: parcel.trackingNumber, unopened: true });
    expect(expectStatus(recorded, 201)).toMatchObject({
      about: { kind: 'package', id: parcel.id },
      can: [{ action: 'receive', path: `${parcel.path}/receipt` }],
    });
    const notices = await world.admin.get('/v1/notices?kind=unannounced_parcel&limit=100');
    expect(notices.text).toContain(parcel.id);
    expect(await cases.refunds()).toHaveLength(await refundsBefore());
  });

  it('is the warehouse’s to record, where the warehouse is known', async () => {
    expectStatus(await cases.merchant.caller.post('/v1/receipts', {}), 403);
    expect(expectStatus(await world.admin.post('/v1/receipts', { warehouse: 'MOON' }), 422)).toMatchObject({
      errors: [{ pointer: '/warehouse' }],
    });
    expectStatus(await world.admin.post('/v1/receipts', { nonsense: 1 }), 422);
  });
});

/** Those of the return above. */
async function refundsBefore(): Promise<number> {
  const { data } = expectStatus<{ data: { status: string }[] }>(
    await cases.merchant.caller.get('/v1/returns?status=refunded'),
    200,
  );
  return data.length;
}
