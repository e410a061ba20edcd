import { EasyPostServer, published, type ServerAnswer } from '../../../test/support/easypost-server.ts';
import { Money } from '../../kernel/money.ts';
import { LabelOutcomeUnknown, LabelProviderUnavailable, LabelRefused } from '../fulfilment.errors.ts';
import { EasyPost } from './easypost.ts';
import { readShipment, toEasyPost, type LabelOrder } from './easypost.translate.ts';
import { chooseRate, sameName } from './rate.policy.ts';

const CREATED = published('shipment_created');
const BOUGHT = published('shipment_bought');
const SHIPMENT = 'shp_9af92e0bdd6a428f8aba267686ab9cae';
const GROUND = 'rate_b936eae682e543b1a6550ea120e81a3e';

const order: LabelOrder = {
  reference: 'pkg_1',
  from: party({ name: 'Newark', country: 'US', postalCode: '07105' }),
  to: party({ name: 'Elizabeth Swan', country: 'CA' }),
  weightG: 500,
  sizeMm: { length: 254, width: 127, height: 50 },
  goods: [
    {
      title: 'Mug',
      quantity: 2,
      paid: Money.parse('17.99', 'USD'),
      hsCode: '6912.00',
      origin: 'CN',
      weightG: 450,
    },
  ],
};

function party(over: object): LabelOrder['to'] {
  const none = { company: null, line1: null, line2: null, city: null, region: null, postalCode: null };
  return { name: '', country: '', ...none, phone: null, email: null, ...over };
}

describe('EasyPost', () => {
  let server: EasyPostServer;
  let easypost: EasyPost;
  let baseUrl: string;

  beforeEach(async () => {
    server = new EasyPostServer();
    baseUrl = await server.start();
    easypost = new EasyPost({ baseUrl, apiKey: 'EZTK123', timeoutMs: 300, pauseMs: 1 });
  });

  afterEach(async () => {
    await easypost.close();
    await server.stop();
  });

  const lines = (): string[] => server.lines();

  it('makes a shipment, reads its rates, and buys one', async () => {
    server.answers = [
      { status: 201, body: CREATED },
      { status: 200, body: BOUGHT },
    ];
    const created = await easypost.create(toEasyPost(order));
    expect(created.trackingCode).toBeNull();
    expect(created.rates.map(({ service, rate }) => [service, rate])).toEqual([
      ['Express', '31.25'],
      ['Priority', '6.95'],
      ['GroundAdvantage', '5.93'],
      ['First', '5.93'],
      ['ParcelSelect', '5.93'],
    ]);
    const bought = await easypost.buy(created.id, GROUND);
    expect(bought.trackingCode).toBe('9400100105442285876350');
    expect(bought.bought).toEqual({ carrier: 'USPS', service: 'GroundAdvantage', cost: Money.parse('5.93', 'USD') });
    expect(bought.labelUrl).toMatch(/^https:.*png$/);
    expect(lines()).toEqual(['POST /v2/shipments', `POST /v2/shipments/${SHIPMENT}/buy`]);
    expect(server.seen[0]?.authorization).toBe(`Basic ${Buffer.from('EZTK123:').toString('base64')}`);
    expect(server.seen[1]?.body).toEqual({ rate: { id: GROUND } });
  });

  it('takes a base URL that already ends in /v2', async () => {
    server.answers = [{ status: 201, body: CREATED }];
    const other = new EasyPost({ baseUrl: `${baseUrl}/v2/`, apiKey: 'EZTK123' });
    await other.create({});
    await other.close();
    expect(lines()).toEqual(['POST /v2/shipments']);
  });

  it.each<[string, ServerAnswer]>([
    ['an answer that never comes', 'hang'],
    ['a connection that is cut', 'reset'],
    ['an answer 500', { status: 500, body: '{}' }],
    ['an answer 429', { status: 429, body: '{"error":{"code":"RATE_LIMITED"}}' }],
    ['an answer that is no JSON', { status: 200, body: '<html>' }],
  ])('tries making a shipment again after %s', async (_, bad) => {
    server.answers = [bad, bad, { status: 201, body: CREATED }];
    expect((await easypost.create({})).id).toBe(SHIPMENT);
    expect(lines()).toHaveLength(3);
  });

  it('gives up after three tries and says that nothing was bought', async () => {
    await expect(easypost.create({})).rejects.toThrow(LabelProviderUnavailable);
    expect(lines()).toHaveLength(3);
  });

  it('does not try again what EasyPost refuses', async () => {
    server.answers = [{ status: 422, body: published('error_parameter_required') }];
    await expect(easypost.create({})).rejects.toThrow(LabelRefused);
    expect(lines()).toHaveLength(1);
  });

  it.each<[string, ServerAnswer]>([
    ['an answer that never comes', 'hang'],
    ['a connection that is cut', 'reset'],
    ['an answer 502', { status: 502, body: '{}' }],
    ['postage that exists', { status: 422, body: published('error_postage_exists') }],
  ])('asks for the shipment before buying again after %s, and finds it bought', async (_, bad) => {
    server.answers = [bad, { status: 200, body: BOUGHT }];
    expect((await easypost.buy(SHIPMENT, GROUND)).trackingCode).toBe('9400100105442285876350');
    expect(lines()).toEqual([`POST /v2/shipments/${SHIPMENT}/buy`, `GET /v2/shipments/${SHIPMENT}`]);
  });

  it('buys again where the shipment says that it has no postage', async () => {
    server.answers = ['reset', { status: 200, body: CREATED }, { status: 200, body: BOUGHT }];
    expect((await easypost.buy(SHIPMENT, GROUND)).trackingCode).toBe('9400100105442285876350');
    expect(lines().filter((line) => line.startsWith('POST'))).toHaveLength(2);
  });

  it('never buys again while the question is not answered', async () => {
    server.answers = ['reset'];
    await expect(easypost.buy(SHIPMENT, GROUND)).rejects.toThrow(LabelOutcomeUnknown);
    expect(lines().filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it('hands on why a purchase was refused', async () => {
    server.answers = [{ status: 422, body: published('error_postage_failure') }];
    await expect(easypost.buy(SHIPMENT, GROUND)).rejects.toThrow('Account not allowed for this service.');
    expect(lines()).toHaveLength(1);
  });

  it('leaves a server alone that failed five times in a row', async () => {
    await expect(easypost.create({})).rejects.toThrow(LabelProviderUnavailable);
    await expect(easypost.create({})).rejects.toThrow('left alone');
    expect(lines()).toHaveLength(5);
    await expect(easypost.retrieve(SHIPMENT)).rejects.toThrow('left alone');
    expect(lines()).toHaveLength(5);
  });
});

describe('a shipment for EasyPost', () => {
  it('weighs in ounces, measures in inches, and declares what was paid across a border', () => {
    expect(toEasyPost(order)).toMatchObject({
      reference: 'pkg_1',
      parcel: { weight: 17.6, length: 10, width: 5, height: 2 },
      customs_info: {
        contents_type: 'merchandise',
        customs_items: [
          {
            description: 'Mug',
            quantity: 2,
            value: '17.99',
            currency: 'USD',
            hs_tariff_number: '691200',
            origin_country: 'CN',
          },
        ],
      },
    });
  });

  it('has no customs within a country', () => {
    expect(toEasyPost({ ...order, to: party({ country: 'US' }) })).not.toHaveProperty('customs_info');
  });

  it('has no tracking number before it has a label', () => {
    const odd = { id: 'shp_1', tracking_code: 'X', postage_label: null };
    expect(readShipment(odd).trackingCode).toBeNull();
  });
});

describe('the rate', () => {
  const { rates } = readShipment(JSON.parse(CREATED));

  it.each([
    [['USPS'], 'Priority', 'Priority'],
    [['usps'], 'ground_advantage', 'GroundAdvantage'],
    [['USPS'], 'standard', 'First'],
    [['DHL', 'usps'], 'express', 'Express'],
  ])('of %s %s is %s', (carriers, service, chosen) => {
    expect(chooseRate(rates, { carriers, service })?.service).toBe(chosen);
    expect(chooseRate([...rates].reverse(), { carriers, service })?.service).toBe(chosen);
  });

  it('is none where the courier offers nothing', () => {
    expect(chooseRate(rates, { carriers: ['UPS'], service: 'Priority' })).toBeNull();
  });

  it('compares prices as decimals', () => {
    const rate = (id: string, price: string) => ({ ...(rates[0] ?? never()), id, rate: price });
    const chosen = chooseRate([rate('a', '10.00'), rate('b', '9.5'), rate('c', '9.51')], {
      carriers: ['USPS'],
      service: 'x',
    });
    expect(chosen?.id).toBe('b');
  });

  it('takes names as one that differ in case and punctuation', () => {
    expect(sameName('FedEx Ground', 'fedex_ground')).toBe(true);
    expect(sameName('FedEx', 'UPS')).toBe(false);
  });
});

function never(): never {
  throw new Error('The published answer has no rates.');
}
