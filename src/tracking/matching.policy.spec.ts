import { match, numberKey, sameShipment, type Reporters, type Route } from './matching.policy.ts';

const route = (courier: string, number: string, packageId = `${courier}-${number}`): Route => ({
  numberKey: numberKey(number),
  courier,
  merchantId: 'm',
  packageId,
});

const ROUTES = [
  route('ups', '1Z 1'),
  route('fedex', '77'),
  route('dhl', '55'),
  route('gls', '55'),
  route('post', 'RR1'),
];
const REPORTERS = new Map<string, Reporters>([
  ['ups', [{ source: 'ups', carrier: null }, { source: 'easypost', carrier: 'UPS' }]],
  ['fedex', [{ source: 'aftership', carrier: 'fedex' }]],
  ['dhl', [{ source: 'dhl_unified', carrier: null }]],
  ['gls', [{ source: 'gls', carrier: null }]],
]); // prettier-ignore

describe('a number and who reports it', () => {
  it.each<[string, string | null, string[], string]>([
    ['ups', null, ['1z1'], 'ups-1Z 1'],
    ['easypost', 'UPS', ['1Z1'], 'ups-1Z 1'],
    ['easypost', 'ups', ['1Z1'], 'ups-1Z 1'],
    ['easypost', 'USPS', ['1Z1'], 'unknown_number'],
    ['fedex', null, ['77'], 'unknown_number'],
    ['aftership', 'fedex', ['77'], 'fedex-77'],
    ['dhl_unified', 'parcel-de', ['55'], 'dhl-55'],
    ['gls', null, ['55'], 'gls-55'],
    ['easypost', 'UPS', ['9', '1Z1'], 'ups-1Z 1'],
    ['17track', 'anything', ['RR1'], 'post-RR1'],
    ['events', 'UPS', ['1Z1'], 'ups-1Z 1'],
    ['events', 'fedex', ['1Z1'], 'unknown_number'],
    ['ups', null, [], 'no_number'],
    ['ups', null, ['8'], 'unknown_number'],
  ])('%s, carrier %s, numbers %j: %s', (source, carrier, numbers, expected) => {
    const found = match({ source, carrier, numberKeys: numbers.map(numberKey) }, ROUTES, REPORTERS);
    expect('route' in found ? found.route.packageId : found.why).toBe(expected);
  });

  it('leaves a number that two packages hold to a person', () => {
    const routes = [route('a', '1'), route('b', '1')];
    expect(match({ source: 'x', carrier: null, numberKeys: ['1'] }, routes, new Map())).toEqual({
      why: 'several_packages',
    });
  });
});

describe('several shipments under one number', () => {
  const wanted = { labelledAt: new Date('2018-03-05T10:00:00Z'), city: 'Bang Khun Thian', country: 'TH' };
  const shipment = (shippedOn: string | null, destination: string | null, events = 5) => ({
    shippedOn,
    destination,
    events,
  });

  it.each([
    ['the only one with events', [shipment(null, null, 0), shipment(null, null)], 1],
    [
      'the one for the destination',
      [shipment('2018-01-09', 'BARNSTAPLE'), shipment('2018-01-01', 'BANG KHUN THIAN')],
      1,
    ],
    ['the one shipped around the label', [shipment('2018-03-05', null), shipment('2018-01-09', null)], 0],
    ['none, where both could be it', [shipment('2018-03-05', null), shipment('2018-03-06', null)], -1],
    ['none, where nothing tells', [shipment(null, null), shipment(null, null)], -1],
  ])('%s', (_, candidates, index) => {
    expect(sameShipment(candidates, wanted)).toBe(index);
  });
});
