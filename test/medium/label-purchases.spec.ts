import { rows } from '../../src/database/sql.ts';
import { Config } from '../../src/config.ts';
import { LabelDesk } from '../../src/fulfilment/labels/label-desk.ts';
import { closeApp, createApp } from '../../src/service.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { EasyPostServer, published } from '../support/easypost-server.ts';
import { LostCommit } from '../support/lost-commit.ts';
import { Parcels } from '../support/parcels.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

const NUMBER = '9400100105442285876350';
const CREATED = { status: 201, body: published('shipment_created') };
const BOUGHT = { status: 200, body: published('shipment_bought') };

/** The published answers with ids and a number of their own, as if many shipments were made. */
function numbered(text: string, n: number): string {
  return text.replaceAll('9af92e0bdd6a428f8aba267686ab9cae', `shipment${n}`).replaceAll(NUMBER, `${NUMBER}${n}`);
}

describe('buying a label', () => {
  let url: string;
  let test: TestApp;
  let world: World;
  let parcels: Parcels;
  let merchant: Merchant;
  const easypost = new EasyPostServer();

  beforeAll(async () => {
    url = await easypost.start();
    test = await startApp({ EASYPOST_BASE_URL: url, EASYPOST_API_KEY: 'EZTKsecret' });
    world = await World.open(test);
    await world.catalogue();
    const service = { code: 'GroundAdvantage', class: 'standard', countries: ['*'], days: { min: 2, max: 5 } };
    const limits = { max_weight_g: 20_000, max_units: 50, prices: [{ up_to_g: 20_000, amount: usd('5.00') }] };
    const priority = { ...service, ...limits, code: 'Priority' };
    const body = {
      name: 'USPS',
      services: [{ ...service, ...limits }, priority],
      tracking: [{ source: 'easypost', carrier: 'USPS' }],
    };
    expectStatus(await world.admin.put('/v1/couriers/usps', body), 200);
    merchant = await world.merchant();
    parcels = new Parcels(test, world);
  });

  afterAll(async () => {
    await test.close();
    await easypost.stop();
  });

  let made = 0;
  beforeEach(() => {
    easypost.seen.length = 0;
    easypost.answers = [];
    made += 1;
    const n = made;
    easypost.otherwise = ({ line }) =>
      line === 'POST /v2/shipments'
        ? { ...CREATED, body: numbered(CREATED.body, n) }
        : { ...BOUGHT, body: numbered(BOUGHT.body, n) };
  });

  const label = (path: string, over: object = {}) =>
    world.admin.post(`${path}/label`, { courier: 'usps', service: 'GroundAdvantage', ...over });
  const purchases = (id: string) =>
    rows<Record<string, unknown>>(
      test.db,
      `SELECT state, tracking_number, cost_minor, cost_currency FROM label_purchase WHERE package_id = $1 ORDER BY id`,
      [id],
    );

  it('makes a shipment, buys the rate of the service, and labels with its number', async () => {
    const parcel = await parcels.packed(merchant);
    expect(expectStatus(await label(parcel.path), 200)).toMatchObject({
      ...{ status: 'labelled', courier: 'usps', service: 'GroundAdvantage', tracking_number: `${NUMBER}${made}` },
    });
    expect(easypost.lines()).toEqual(['POST /v2/shipments', `POST /v2/shipments/shp_shipment${made}/buy`]);
    expect(easypost.seen[0]?.body).toMatchObject({
      shipment: { to_address: { name: 'Ada Byron', zip: '62701' }, parcel: { weight: 58.2 } },
    });
    expect((easypost.seen[0]?.body as { shipment: { reference: string } }).shipment.reference).toContain(parcel.id);
    expect(easypost.seen[1]?.body).toEqual({ rate: { id: 'rate_b936eae682e543b1a6550ea120e81a3e' } });
    expect(await purchases(parcel.record.id)).toEqual([
      { state: 'used', tracking_number: `${NUMBER}${made}`, cost_minor: '593', cost_currency: 'USD' },
    ]);
  });

  it('does not ask the provider where the number is given', async () => {
    const parcel = await parcels.packed(merchant);
    expectStatus(await label(parcel.path, { tracking_number: parcels.number() }), 200);
    expect(easypost.lines()).toEqual([]);
  });

  it('buys once for one idempotency key, and once more never', async () => {
    const parcel = await parcels.packed(merchant);
    const send = () =>
      world.admin.post(`${parcel.path}/label`, { courier: 'usps', service: 'GroundAdvantage' }, `label-${parcel.id}`);
    const [first, again] = [await send(), await send()];
    expect(again.body).toEqual(first.body);
    expectStatus(await label(parcel.path), 409);
    expect(easypost.lines()).toHaveLength(2);
  });

  it('buys once when two scanners ask at once', async () => {
    const parcel = await parcels.packed(merchant);
    const answers = await Promise.all([label(parcel.path), label(parcel.path)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(easypost.lines().filter((line) => line.endsWith('/buy'))).toHaveLength(1);
  });

  it('goes on where the answer to its claim was lost with the connection', async () => {
    const parcel = await parcels.packed(merchant);
    const line = new LostCommit();
    const settings = { ROLE: 'api', LOG_LEVEL: 'silent', EASYPOST_BASE_URL: url, EASYPOST_API_KEY: 'EZTKsecret' };
    const app = await createApp(new Config({ SANDBOX: 'true', ...settings }), await line.url());
    line.loseNext();
    const wish = { courier: 'usps', service: 'GroundAdvantage' };
    const bought = await app.get(LabelDesk).obtain(parcel.record.id, wish);
    expect([line.isLost, bought?.trackingNumber]).toEqual([true, `${NUMBER}${made}`]);
    expect(easypost.lines()).toHaveLength(2);
    await closeApp(app);
    line.close();
  });

  it('resumes with the question where it was left in the dark, and uses what was bought then', async () => {
    const parcel = await parcels.packed(merchant);
    easypost.answers = [
      { ...CREATED, body: numbered(CREATED.body, made) },
      ...Array.from({ length: 4 }, () => 'reset' as const),
    ];
    expect(expectStatus(await label(parcel.path), 503)).toMatchObject({ code: 'label_outcome_unknown' });
    expect(await purchases(parcel.record.id)).toMatchObject([{ state: 'created' }]);
    easypost.seen.length = 0;
    easypost.answers = [];
    expect(expectStatus(await label(parcel.path), 200)).toMatchObject({ tracking_number: `${NUMBER}${made}` });
    expect(easypost.lines()).toEqual([`GET /v2/shipments/shp_shipment${made}`]);
  });

  it('uses a label that was bought by a try that ended before it could be put on', async () => {
    const parcel = await parcels.packed(merchant);
    await rows(
      test.db,
      `INSERT INTO label_purchase (merchant_id, id, package_id, provider, courier, service, state, tracking_number, claimed_at, leased_until)
       VALUES ($1, $2, $2, 'EasyPost', 'usps', 'GroundAdvantage', 'bought', $3, $4, $4)`,
      [parcel.merchantId, parcel.record.id, `BOUGHT${made}`, test.clock.now()],
    );
    expect(expectStatus(await label(parcel.path, { service: 'Priority' }), 409)).toMatchObject({
      ...{ code: 'label_already_bought', service: 'GroundAdvantage', tracking_number: `BOUGHT${made}` },
    });
    expect(expectStatus(await label(parcel.path), 200)).toMatchObject({ tracking_number: `BOUGHT${made}` });
    expect(easypost.lines()).toEqual([]);
  });

  it('hands on why nothing was bought, and starts afresh the next time', async () => {
    const parcel = await parcels.packed(merchant);
    easypost.answers = [
      { ...CREATED, body: numbered(CREATED.body, made) },
      { status: 422, body: published('error_postage_failure') },
    ];
    expect(expectStatus(await label(parcel.path), 422)).toMatchObject({
      ...{ code: 'label_refused', provider: 'EasyPost', provider_code: 'SHIPMENT.POSTAGE.FAILURE' },
    });
    expectStatus(await label(parcel.path), 200);
    expect((await purchases(parcel.record.id)).map(({ state }) => state)).toEqual(['failed', 'used']);
  });

  it('says which services are offered where the courier’s is not', async () => {
    const parcel = await parcels.packed(merchant);
    const body = expectStatus(await label(parcel.path, { courier: 'ups', service: 'ground' }), 422);
    expect(body).toMatchObject({ code: 'label_rate_missing', offered: expect.arrayContaining(['USPS Priority']) });
    expect(expectStatus(await world.admin.get(parcel.path), 200)).toMatchObject({ status: 'packed' });
  });

  it('never sends the key anywhere but in the header', async () => {
    const parcel = await parcels.packed(merchant);
    const answer = await label(parcel.path);
    expect(easypost.seen[0]?.authorization).toBe(`Basic ${Buffer.from('EZTKsecret:').toString('base64')}`);
    expect(JSON.stringify([answer.body, easypost.seen.map(({ body }) => body)])).not.toContain('EZTKsecret');
  });
});

describe('labelling outside the sandbox without a provider', () => {
  it('needs a number', async () => {
    const test = await startApp({ SANDBOX: 'false' });
    try {
      const world = await World.open(test);
      await world.catalogue();
      const parcel = await new Parcels(test, world).packed(await world.merchant());
      const refused = await world.admin.post(`${parcel.path}/label`, { courier: 'ups', service: 'ground' });
      expect(expectStatus(refused, 422)).toMatchObject({ code: 'label_provider_missing' });
      const given = { courier: 'ups', service: 'ground', tracking_number: '1Z1' };
      expectStatus(await world.admin.post(`${parcel.path}/label`, given), 200);
    } finally {
      await test.close();
    }
  });
});
