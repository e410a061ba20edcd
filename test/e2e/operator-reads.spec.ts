import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

interface Listed {
  data: Record<string, string>[];
  next_cursor: string | null;
}

const SERVICE = {
  ...{ code: 'ground', countries: ['*'], days: { min: 1, max: 3 }, max_weight_g: 1_000, max_units: 5 },
  prices: [{ up_to_g: 1_000, amount: usd('4.00') }],
};
const VARIANT = {
  ...{ title: 'A lamp', prices: [usd('9.00')], weight_g: 100, length_mm: 10, width_mm: 10, height_mm: 10 },
  ...{ handling: [], hs_code: '9405.21', origin: 'CN', backorder: false },
};
const PLAN = {
  ...{ name: 'A plan', monthly_price: [usd('9.00')], order_discount_percent: '0' },
  ...{ shipping_discount_percent: '0', orders_per_minute: 60 },
};

describe('what the operator puts', () => {
  let test: TestApp;
  let world: World;
  let merchant: Merchant;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    merchant = await world.merchant();
  });

  afterAll(() => test.close());

  it.each<[string, object, string, boolean]>([
    // path, body, the field that names one, whether merchants read it
    ['/v1/variants', VARIANT, 'sku', true],
    ['/v1/plans', PLAN, 'code', true],
    ['/v1/warehouses', { name: 'A shed', country: 'NL' }, 'code', false],
    ['/v1/couriers', { name: 'A courier', services: [SERVICE] }, 'code', false],
    ['/v1/discount-codes', { percent: '10' }, 'code', false],
  ])('%s is read one by one, and as pages that hold each once', async (path, body, name, forMerchants) => {
    const codes = ['read-1', 'read-2', 'read-3', 'read-4', 'read-5'];
    for (const code of codes) {
      const put = expectStatus(await world.admin.put(`${path}/${code}`, body), 200);
      expect(expectStatus(await world.admin.get(`${path}/${code}`), 200)).toEqual(put);
    }
    const seen: (string | undefined)[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer = await world.admin.get(`${path}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const page: Listed = expectStatus(answer, 200);
      expect(page.data.length).toBeLessThanOrEqual(2);
      seen.push(...page.data.map((row) => row[name]));
      cursor = page.next_cursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(codes));
    expectStatus(await world.admin.get(`${path}/unknown`), 404);
    expectStatus(await world.admin.get(`${path}?limit=101`), 422);
    expectStatus(await world.admin.get(`${path}?cursor=none`), 422);
    expectStatus(await merchant.caller.get(path), forMerchants ? 200 : 403);
    expectStatus(await merchant.caller.put(`${path}/read-1`, body), 403);
  });

  it.each<[string, object]>([
    ['/v1/settings', { time_zone: 'Europe/Paris', holidays: ['2026-12-25'] }],
    [
      '/v1/price-tiers',
      { quantity: [{ from: 2, percent: '10' }], order_value: [{ over: usd('100.00'), percent: '5' }] },
    ],
  ])('%s is read whole, as it was put', async (path, body) => {
    const put = expectStatus(await world.admin.put(path, body), 200);
    expect(put).toMatchObject(body);
    expect(expectStatus(await world.admin.get(path), 200)).toEqual(put);
    expectStatus(await merchant.caller.get(path), 403);
  });
});
