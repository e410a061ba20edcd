import { Money } from '../../kernel/money.ts';
import { priceOf, servicesFor, shippingOptions, whyNotCarried } from './shipping.policy.ts';
import type { CourierService } from './shipping.policy.ts';

const usd = (amount: string): Money => Money.parse(amount, 'USD');

function service(over: Partial<CourierService>): CourierService {
  return {
    courier: 'ups',
    service: 'ground',
    class: 'standard',
    countries: ['US'],
    days: { min: 2, max: 5 },
    maxWeightG: 30_000,
    maxUnits: 10,
    maxVolumeCm3: null,
    needs: [],
    prices: [
      { upToG: 1000, amount: usd('5.00') },
      { upToG: 30_000, amount: usd('9.00') },
    ],
    ...over,
  };
}

const load = { units: 1, weightG: 800, volumeMm3: 1_000_000 };

describe('what a service asks', () => {
  it.each<[string, Partial<CourierService>, Partial<typeof load>, string | null]>([
    ['the first step that is not below the weight', {}, { weightG: 1000 }, '5.00'],
    ['the next step from one gram more', {}, { weightG: 1001 }, '9.00'],
    [
      'steps in any order',
      {
        prices: [
          { upToG: 5000, amount: usd('9.00') },
          { upToG: 900, amount: usd('4.00') },
        ],
      },
      {},
      '4.00',
    ],
    ['nothing above the last step', { prices: [{ upToG: 500, amount: usd('4.00') }] }, {}, null],
    ['nothing over its weight limit', { maxWeightG: 799 }, {}, null],
    ['nothing over its limit of units', { maxUnits: 1 }, { units: 2 }, null],
    ['volume exactly at the limit', { maxVolumeCm3: 1000 }, {}, '5.00'],
    ['nothing one cubic millimetre over the limit', { maxVolumeCm3: 1000 }, { volumeMm3: 1_000_001 }, null],
    [
      'nothing in a currency without prices',
      { prices: [{ upToG: 5000, amount: Money.parse('4.00', 'EUR') }] },
      {},
      null,
    ],
  ])('%s', (_, over, loaded, expected) => {
    expect(priceOf(service(over), { ...load, ...loaded }, 'USD')?.amount ?? null).toBe(expected);
  });
});

describe('the order of the options', () => {
  it('is price, then fewer days, then courier code, then service code', () => {
    const at = (price: string): CourierService['prices'] => [{ upToG: 1000, amount: usd(price) }];
    const offered = [
      service({ courier: 'b', service: 'y', prices: at('5.00') }),
      service({ courier: 'b', service: 'x', prices: at('5.00') }),
      service({ courier: 'a', service: 'z', prices: at('5.00') }),
      service({ courier: 'z', service: 'quick', days: { min: 1, max: 2 }, prices: at('5.00') }),
      service({ courier: 'z', service: 'cheap', days: { min: 9, max: 20 }, prices: at('4.99') }),
    ];
    const codes = shippingOptions(offered, load, 'USD').map((o) => `${o.courier}/${o.service}`);
    expect(codes).toEqual(['z/cheap', 'z/quick', 'a/z', 'b/x', 'b/y']);
  });
});

describe('the services that may be considered', () => {
  const all = [
    service({ service: 'ground' }),
    service({ service: 'air', class: 'express' }),
    service({ service: 'world', countries: ['*'] }),
    service({ service: 'euro', prices: [{ upToG: 1000, amount: Money.parse('4.00', 'EUR') }] }),
  ];
  it.each([
    ['US', 'USD', null, ['ground', 'air', 'world']],
    ['US', 'USD', 'express', ['air']],
    ['US', 'USD', 'standard', ['ground', 'world']],
    ['US', 'USD', 'world', ['world']],
    ['FR', 'USD', null, ['world']],
    ['US', 'EUR', null, ['euro']],
    ['US', 'JPY', null, []],
  ])('to %s in %s, asked for %s: %j', (country, currency, asked, expected) => {
    expect(servicesFor(all, { country, currency, asked }).map((s) => s.service)).toEqual(expected);
  });

  it.each([
    ['FR', 'USD', null, load, 'no courier service goes to FR'],
    ['US', 'USD', 'express', load, 'no service "express" goes to US'],
    ['US', 'JPY', null, load, 'no service to US has a price in JPY'],
    ['US', 'USD', null, { ...load, weightG: 40_000 }, 'one unit is over the weight limit of every service to US'],
    ['US', 'USD', 'short', load, "one unit of 800 g is heavier than the services' prices to US go"],
  ])('says why nothing goes to %s in %s, asked for %s', (country, currency, asked, unit, why) => {
    const services = [service({}), service({ service: 'short', prices: [{ upToG: 100, amount: usd('1.00') }] })];
    expect(whyNotCarried(services, unit, { country, currency, asked })).toBe(why);
  });
});
