import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseStoreJson, readShopifyOrder, readWooOrder, StoreOrderUnreadable } from './store-order.translate.ts';

const sample = (name: string): Record<string, unknown> =>
  parseStoreJson(readFileSync(new URL(`../../test/data/stores/${name}.json`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;
const shopify = (change: object = {}) => readShopifyOrder({ ...sample('shopify-order'), ...change });
const woo = (change: object = {}) => readWooOrder({ ...sample('woo-order'), ...change });

describe('an order of Shopify', () => {
  it.each([
    [{ updated_at: undefined, cancelled_at: '2026-05-04T09:00:00-04:00' }, '2026-05-04T09:00:00-04:00'],
    [{ updated_at: undefined }, '2026-05-03T09:00:00-04:00'],
    [{ updated_at: undefined, created_at: undefined }, ''],
  ])('%j was changed at %j', (change, at) => {
    expect(shopify(change).updatedAt).toBe(at);
  });

  it('is read with what is to be sent, and where', () => {
    expect(shopify()).toEqual({
      ...{
        externalId: '820982911946154508',
        name: '9999',
        updatedAt: '2026-05-03T09:00:00-04:00',
        state: 'open',
        currency: 'USD',
      },
      shipTo: {
        ...{
          name: 'Steve Shipper',
          company: 'Shipping Company',
          line1: '123 Shipping Street',
          city: 'Shippington',
          region: 'KY',
        },
        ...{ postal_code: '40003', country: 'US', phone: '+15555550123', email: 'jon@buyers.example' },
      },
      lines: [
        { externalId: '866550311766439020', sku: 'SHOP-LAMP', title: 'Brass lamp', quantity: 2 },
        { externalId: '141249953214522974', sku: 'variant:447654529', title: 'Power bank', quantity: 1 },
      ],
    });
  });

  it.each([
    [{}, 'open'],
    [{ financial_status: 'pending' }, 'unpaid'],
    [{ financial_status: 'partially_refunded' }, 'open'],
    [{ financial_status: 'refunded' }, 'cancelled'],
    [{ cancelled_at: '2026-05-04T00:00:00Z' }, 'cancelled'],
    [{ fulfillment_status: 'fulfilled' }, 'done'],
    [{ fulfillment_status: 'partial' }, 'open'],
  ])('with %j is %s', (change, state) => {
    expect(shopify(change).state).toBe(state);
  });

  it('without an address, or with lines that were taken off it, says so', () => {
    expect(shopify({ shipping_address: null }).shipTo).toBeNull();
    expect(shopify({ line_items: [{ id: 1, sku: 'A', quantity: 2, current_quantity: 0 }] }).lines).toEqual([]);
  });
});

describe('an order of WooCommerce', () => {
  it('is read with the billing address where there is no other, and its time as UTC', () => {
    expect(woo()).toEqual({
      ...{ externalId: '727', name: '727', updatedAt: '2026-05-03T19:28:08Z', state: 'open', currency: 'USD' },
      shipTo: {
        ...{
          name: 'John Doe',
          line1: '969 Market',
          city: 'San Francisco',
          region: 'CA',
          postal_code: '94103',
          country: 'US',
        },
        ...{ phone: '+14155550100', email: 'john.doe@buyers.example' },
      },
      lines: [
        { externalId: '315', sku: 'variant:93', title: 'Woo Lamp', quantity: 2 },
        { externalId: '316', sku: 'SHADE', title: 'Shade', quantity: 1 },
      ],
    });
  });

  it.each([
    ['pending', 'unpaid'],
    ['on-hold', 'unpaid'],
    ['a status of a plugin', 'unpaid'],
    ['processing', 'open'],
    ['completed', 'done'],
    ['cancelled', 'cancelled'],
    ['refunded', 'cancelled'],
  ])('that is %s is %s', (status, state) => {
    expect(woo({ status }).state).toBe(state);
  });
});

it.each([[null], [[]], [{}], [{ id: 1 }], [{ id: 1, updated_at: 'x', date_modified_gmt: 'x' }]])(
  'refuses %j',
  (payload) => {
    expect(() => readShopifyOrder(payload)).toThrow(StoreOrderUnreadable);
    expect(() => readWooOrder(payload)).toThrow(StoreOrderUnreadable);
  },
);
