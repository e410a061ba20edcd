import type { Client } from './client.ts';
import { GOODS, type Goods } from './goods.ts';

/** Prices in the other currencies of the demo, from the dollar's, to the cent. */
const RATES = { EUR: 92n, GBP: 79n } as const;

const cents = (usd: string): bigint => BigInt(usd.replace('.', ''));
const decimal = (minor: bigint): string => `${minor / 100n}.${(minor % 100n).toString().padStart(2, '0')}`;
const usd = (amount: string) => ({ amount, currency: 'USD' });

function prices({ usd: amount }: Goods): object[] {
  const others = Object.entries(RATES).map(([currency, rate]) => ({
    amount: decimal((cents(amount) * rate) / 100n),
    currency,
  }));
  return [usd(amount), ...others];
}

interface Step {
  upToG: number;
  usd: string;
}

function steps(list: readonly Step[]): object[] {
  return list.flatMap(({ upToG, usd: amount }) =>
    prices({ usd: amount } as Goods).map((price) => ({ up_to_g: upToG, amount: price })),
  );
}

const COURIERS: Readonly<Record<string, object>> = {
  dhl: {
    name: 'DHL Parcel',
    services: [
      {
        code: 'parcel',
        class: 'standard',
        countries: ['DE', 'NL', 'BE', 'FR', 'AT', 'PL', 'US', 'GB', 'CA'],
        days: { min: 2, max: 6 },
        max_weight_g: 20_000,
        max_units: 30,
        prices: steps([
          { upToG: 1000, usd: '5.90' },
          { upToG: 5000, usd: '9.40' },
          { upToG: 20_000, usd: '16.80' },
        ]),
      },
    ],
    tracking: [{ source: 'dhl_unified' }],
  },
  ups: {
    name: 'UPS',
    services: [
      {
        code: 'express-saver',
        class: 'express',
        countries: ['*'],
        days: { min: 1, max: 3 },
        max_weight_g: 30_000,
        max_units: 50,
        prices: steps([
          { upToG: 2000, usd: '18.50' },
          { upToG: 10_000, usd: '34.00' },
          { upToG: 30_000, usd: '61.00' },
        ]),
      },
    ],
    tracking: [{ source: 'ups' }],
  },
  usps: {
    name: 'USPS',
    services: [
      {
        code: 'ground',
        class: 'standard',
        countries: ['US'],
        days: { min: 2, max: 5 },
        max_weight_g: 15_000,
        max_units: 20,
        prices: steps([
          { upToG: 450, usd: '4.60' },
          { upToG: 2000, usd: '7.80' },
          { upToG: 15_000, usd: '14.20' },
        ]),
      },
    ],
    tracking: [{ source: 'easypost', carrier: 'USPS' }],
  },
};

const WAREHOUSES: Readonly<Record<string, object>> = {
  LEJ: { name: 'Leipzig', country: 'DE' },
  EWR: { name: 'Newark', country: 'US' },
  SZX: { name: 'Shenzhen', country: 'CN' },
};

const PLANS: Readonly<Record<string, object>> = {
  growth: {
    ...{ name: 'Growth', monthly_price: prices({ usd: '29.00' } as Goods), orders_per_minute: 1200 },
    ...{ order_discount_percent: '3', shipping_discount_percent: '10' },
  },
  pro: {
    ...{ name: 'Pro', monthly_price: prices({ usd: '99.00' } as Goods), orders_per_minute: 6000, trial_days: 14 },
    ...{ order_discount_percent: '6', shipping_discount_percent: '25' },
  },
};

/** Where the demo's stock lies: batteries in one place, so that an order of both is split. */
function stockOf({ sku, handling = [] }: Goods, index: number): { sku: string; warehouse: string; quantity: number }[] {
  if (handling.includes('battery')) return [{ sku, warehouse: 'LEJ', quantity: 40 }];
  const second = index % 3 === 0 ? 'SZX' : 'EWR';
  return [
    { sku, warehouse: 'LEJ', quantity: 60 },
    { sku, warehouse: second, quantity: 25 },
  ];
}

/** Sets a believable operator up: warehouses, couriers with price tables, 40 variants, stock, tiers. */
export async function setUpOperator(admin: Client, progress: (text: string) => void): Promise<void> {
  await admin.put('/v1/settings', {
    default_policy: 'courier-proof',
    time_zone: 'Europe/Berlin',
    holidays: ['2019-05-30', '2019-06-10'],
  });
  for (const [code, body] of Object.entries(WAREHOUSES)) await admin.put(`/v1/warehouses/${code}`, body);
  for (const [code, body] of Object.entries(COURIERS)) await admin.put(`/v1/couriers/${code}`, body);
  progress(`${Object.keys(WAREHOUSES).length} warehouses, ${Object.keys(COURIERS).length} couriers with price tables`);
  for (const [index, item] of GOODS.entries()) {
    const [length, width, height] = item.mm;
    await admin.put(`/v1/variants/${item.sku}`, {
      ...{ title: item.title, prices: prices(item), weight_g: item.weightG, handling: item.handling ?? [] },
      ...{
        length_mm: length,
        width_mm: width,
        height_mm: height,
        hs_code: item.hs,
        origin: item.origin,
        backorder: false,
      },
    });
    for (const stock of stockOf(item, index)) await admin.post('/v1/stock-movements', { ...stock, reason: 'receipt' });
  }
  progress(`${GOODS.length} variants priced in USD, EUR and GBP, with stock`);
  for (const [code, body] of Object.entries(PLANS)) await admin.put(`/v1/plans/${code}`, body);
  await admin.put('/v1/price-tiers', {
    quantity: [
      { from: 2, percent: '10' },
      { from: 3, percent: '15' },
      { from: 4, percent: '20' },
    ],
    order_value: [
      { over: usd('1000.00'), percent: '10' },
      { over: usd('3000.00'), percent: '15' },
      { over: usd('10000.00'), percent: '20' },
    ],
  });
  progress('price tiers by units and by order value');
}
