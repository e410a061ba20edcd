import { startApp, type TestApp } from '../support/app.ts';
import { Parcels } from '../support/parcels.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

type Body = Record<string, unknown>;

describe('numbers that are not one parcel’s for ever, and parcels with several numbers', () => {
  let test: TestApp;
  let world: World;
  let parcels: Parcels;
  let merchant: Merchant;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
    parcels = new Parcels(test, world);
    merchant = await world.merchant();
  });

  afterAll(() => test.close());

  const at = (hours: number): string => new Date(test.clock.now().getTime() + hours * 3_600_000).toISOString();
  const seen = async (path: string): Promise<Body> => expectStatus(await world.admin.get(path), 200);

  const say = async (number: string, status: string, when: string): Promise<Body> => {
    const event = { courier: 'ups', tracking_number: number, status, occurred_at: when };
    return expectStatus(await world.admin.post('/v1/tracking/events', { events: [event] }), 200);
  };

  const tracker = (number: string, status: string, when: string): object => ({
    result: { tracking_code: number, carrier: 'UPS', status, tracking_details: [{ status, message: 'x', datetime: when }] },
  }); // prettier-ignore

  const push = async (source: string, body: object): Promise<Body> =>
    expectStatus(
      await test.http.post(`/v1/tracking/${source}`).set('Content-Type', 'application/json').send(JSON.stringify(body)),
      200,
    );

  it('gives a number to another parcel once its first one has ended long ago, with what happens from then on', async () => {
    const first = await parcels.labelled(merchant);
    const number = first.trackingNumber;
    expectStatus(await world.admin.post(`${first.path}/hand-over`), 200);
    const [early, end] = [at(1), at(48)];
    await say(number, 'delivered', end);

    const second = await parcels.packed(merchant);
    const label = { courier: 'ups', service: 'ground', tracking_number: number };
    const soon = await world.admin.post(`${second.path}/label`, label);
    expect([soon.status, (soon.body as Body)['code']]).toEqual([409, 'tracking_number_taken']);

    await test.clock.advance('P90D');
    expectStatus(await world.admin.post(`${second.path}/label`, label), 200);
    expectStatus(await world.admin.post(`${second.path}/hand-over`), 200);

    expect(await say(number, 'in_transit', early)).toMatchObject({ accepted: 0, unmatched: 1 }); // of the first one
    expect(await push('easypost', tracker(number, 'delivered', end))).toMatchObject({ accepted: 0, unmatched: 1 });
    expect(await seen(second.path)).toMatchObject({ status: 'handed_over', delivered_at: null });

    await say(number, 'out_for_delivery', at(30));
    expect(await seen(second.path)).toMatchObject({ status: 'out_for_delivery' });
    expect(await seen(first.path)).toMatchObject({ status: 'delivered', delivered_at: end });
    const { data } = expectStatus<{ data: Body[] }>(await world.admin.get('/v1/tracking/unmatched'), 200);
    expect(data.filter((row) => row['tracking_number'] === number).map((row) => row['reason'])).toEqual([
      'earlier_use',
      'earlier_use',
    ]);
  });

  it('follows a parcel under the other numbers that its courier named, also where those came first', async () => {
    const parcel = await parcels.labelled(merchant);
    expectStatus(await world.admin.post(`${parcel.path}/hand-over`), 200);
    const lastMile = '9400110200828077631698';
    expect(await push('easypost', tracker(lastMile, 'out_for_delivery', at(40)))).toMatchObject({ unmatched: 1 });

    const activity = [{ status: { type: 'I', code: 'DP', description: 'Departed' }, date: at(5).slice(0, 10).replaceAll('-', ''), time: '100000' }];
    const body = { trackResponse: { shipment: [{ package: [{ trackingNumber: parcel.trackingNumber, alternateTrackingInfo: [{ value: lastMile }], activity }] }] } };
    expect(await push('ups', body)).toMatchObject({ accepted: 1, unmatched: 0 });
    expect(await seen(parcel.path)).toMatchObject({ status: 'out_for_delivery' });

    expect(await push('easypost', tracker(lastMile, 'delivered', at(44)))).toMatchObject({ accepted: 1, unmatched: 0 });
    expect(await seen(parcel.path)).toMatchObject({ status: 'delivered', tracking_number: parcel.trackingNumber });
  }); // prettier-ignore

  it('does not take a shop’s reference for a number of the parcel', async () => {
    const parcel = await parcels.labelled(merchant);
    const info = { latest_status: { status: 'InTransit' }, misc_info: { reference_number: 'ORDER-1001' } };
    const body = { event: 'TRACKING_UPDATED', data: { number: parcel.trackingNumber, track_info: info } };
    await push('17track', body);
    expect(await push('easypost', tracker('ORDER-1001', 'delivered', at(44)))).toMatchObject({ unmatched: 1 });
  });
});
