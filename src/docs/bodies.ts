import { ID_TAIL } from './document/examples.ts';

const id = (prefix: string): string => `${prefix}_${ID_TAIL}`;
const usd = (amount: string) => ({ amount, currency: 'USD' });

const shipTo = {
  ...{ name: 'Ada Byron', line1: '1 Main Street', city: 'Springfield', region: 'IL', postal_code: '62701' },
  ...{ country: 'US', phone: '+12175550100', email: 'ada@example.com' },
};
const items = [{ sku: 'LAMP-01', quantity: 1 }];
const order = { reference: 'SHOP-1001', currency: 'USD', ship_to: shipTo, items };
const destination = { account_holder: 'Lumen B.V.', iban: 'NL91ABNA0417164300' };

const facts = {
  request: { kind: 'claim', type: 'damaged', at: '2026-05-12T10:00:00.000Z', preferred_remedy: 'refund' },
  order: {
    ...{ placed_at: '2026-05-01T10:00:00.000Z', currency: 'USD', service: 'standard' },
    ...{ shipping_paid: '6.00', shipping_cost: '4.80', items: [{ line: 1, quantity: 1, paid: '40.00' }] },
  },
  packages: [
    {
      ...{ id: id('pkg'), status: 'delivered', disputed: false, items: [{ line: 1, quantity: 1 }] },
      ...{ handed_over_at: '2026-05-02T10:00:00.000Z', delivered_at: '2026-05-06T10:00:00.000Z' },
    },
  ],
  package: id('pkg'),
  affected: [{ line: 1, quantity: 1 }],
  evidence: ['photo', 'description', 'order_number'],
};

const trackerCreated = {
  ...{ id: 'evt_1', object: 'Event', description: 'tracker.updated' },
  result: {
    ...{ id: 'trk_1', object: 'Tracker', tracking_code: 'JVGL06048524783718330083', carrier: 'DHLExpress' },
    ...{ status: 'in_transit', updated_at: '2026-05-03T09:00:00Z' },
    tracking_details: [
      {
        ...{ object: 'TrackingDetail', message: 'Departed', status: 'in_transit', datetime: '2026-05-03T09:00:00Z' },
        tracking_location: { city: 'Leipzig', country: 'DE' },
      },
    ],
  },
};

const mapping = { source: 'easypost', code: 'held_at_kiosk', status: 'available_for_pickup' };
const inspected = { condition: 'original', unopened: true, original_label: true };

/** A request of each call whose fields together say more than each alone, by its operation id. */
export const BODIES: Readonly<Record<string, unknown>> = {
  'merchants.signUp': {
    ...{ name: 'Lumen', email: 'owner@lumen.example', password: 'correct horse battery' },
    ...{ country: 'NL', currency: 'USD' },
  },
  'merchants.change': { policy: 'retail-standard' },
  'merchant.change': { name: 'Lumen B.V.' },
  'merchant.close': { destination },
  'users.add': {
    email: 'picker@operator.example',
    password: 'correct horse battery',
    name: 'Pat',
    roles: ['warehouse'],
  },
  'sessions.open': { email: 'owner@lumen.example', password: 'correct horse battery' },
  'passwordResets.ask': { email: 'owner@lumen.example' },
  'passwordResets.reset': { password: 'another correct horse' },
  'apiKeys.create': { name: 'Shop server', scopes: ['orders:read', 'orders:write'] },
  'apiKeys.change': { name: 'Shop server', allowed_ips: ['203.0.113.0/24'] },
  'erasures.erase': { order: id('ord') },
  'exports.make': {},

  'variants.put': {
    ...{ title: 'Brass lamp', prices: [usd('40.00')], weight_g: 1500, length_mm: 300, width_mm: 200, height_mm: 200 },
    ...{ handling: [], hs_code: '9405.21', origin: 'NL', backorder: false },
  },
  'imports.variants':
    'sku,title,price,currency,weight_g,length_mm,width_mm,height_mm,handling,backorder\nCUP-01,Cup of clay,9.90,USD,300,90,90,100,fragile,no\n',
  'restockRequests.ask': { sku: 'LAMP-01', quantity: 20 },
  'sourcingRequests.ask': {
    ...{ name: 'Folding desk lamp, bamboo', link: 'https://goods.example/lamp' },
    ...{ picture: 'https://goods.example/lamp.jpg', quantity: 50, note: 'in warm white' },
  },
  'sourcingRequests.answer': { status: 'found', sku: 'LAMP-01' },
  'warehouses.put': { name: 'Amsterdam', country: 'NL', dispatch_days: 2 },
  'stockMovements.move': { sku: 'LAMP-01', warehouse: 'AMS', quantity: 100, reason: 'receipt' },
  'couriers.put': {
    name: 'DHL',
    services: [
      {
        ...{ code: 'parcel', class: 'standard', countries: ['*'], days: { min: 2, max: 5 }, max_weight_g: 20000 },
        ...{ max_units: 20, prices: [{ up_to_g: 20000, amount: usd('6.00') }] },
      },
    ],
    tracking: [{ source: 'easypost', carrier: 'DHLExpress' }],
  },
  'settings.put': { default_policy: 'courier-proof', time_zone: 'Europe/Amsterdam', holidays: ['2026-12-25'] },

  'quotes.make': { currency: 'USD', ship_to: shipTo, items },
  'priceTiers.put': {
    quantity: [{ currency: 'USD', from: 2, percent: '10' }],
    order_value: [{ over: usd('1000.00'), percent: '10' }],
  },
  'discountCodes.put': {
    percent: '10',
    until: '2030-01-01T00:00:00.000Z',
    max_uses: 1000,
    minimum_order: usd('20.00'),
  },
  'orders.place': order,
  'orders.batch': {
    orders: [
      { ...order, reference: 'SHOP-1002' },
      { ...order, reference: 'SHOP-1003' },
    ],
  },
  'orders.changeAddress': { ship_to: { ...shipTo, line1: '2 Main Street' } },
  'orders.cancel': { reason: 'the buyer changed their mind' },
  'imports.orders':
    'reference,currency,ship_to_name,line1,city,region,postal_code,country,phone,sku,quantity\nSHOP-1004,USD,Ada Byron,1 Main Street,Springfield,IL,62701,US,+12175550100,LAMP-01,1\n',

  'packages.pack': { scans: items, weight_g: 1600 },
  'packages.putLabel': { courier: 'dhl', service: 'parcel', tracking_number: 'JVGL06048524783718330083' },
  'packages.review': { outcome: 'refund', note: 'The buyer showed the empty box.' },
  'packages.interception': { stopped: true },
  'packages.receipt': { ...inspected, note: 'as it left' },
  'packages.instruct': { action: 'reattempt', note: 'The bell is broken, please knock.' },
  'packages.askForProof': { note: 'The buyer was at home all day.' },
  'packages.answerProof': { given: true, note: 'Photo of the door, 14:02.' },
  'receipts.record': { code: 'R-UNKNOWN-1', warehouse: 'AMS', sender: 'A. Byron, Springfield', condition: 'used' },

  'tracking.events': {
    events: [
      {
        ...{ courier: 'dhl', tracking_number: 'JVGL06048524783718330083', status: 'in_transit' },
        ...{
          occurred_at: '2026-05-01T10:00:00.000Z',
          description: 'Departed',
          location: 'Leipzig, DE',
          event_id: 'e-1',
        },
      },
    ],
  },
  'tracking.receive': trackerCreated,
  'tracking.receiveAt': trackerCreated,
  'tracking.preview': trackerCreated,
  'tracking.readAllAgain': { source: 'easypost' },
  'tracking.mappingsPreview': mapping,
  'tracking.publish': { ...mapping, fingerprint: 'as the preview answered it', note: 'the carrier’s letter of May' },
  'imports.tracking':
    'courier,tracking_number,status,occurred_at\ndhl,JVGL06048524783718330083,in_transit,2026-05-01T10:00:00Z\n',

  'policies.begin': { id: 'ten-days', based_on: 'courier-proof', tracking: { late_after_days: 10 } },
  'policies.write': { tracking: { late_after_days: 12 } },
  'policies.decide': facts,
  'policies.draftDecide': facts,
  'policies.publish': { note: 'Twelve days instead of twenty.' },
  'policies.run': { from: '2026-01-01T00:00:00.000Z', to: '2026-05-01T00:00:00.000Z' },

  'claims.open': {
    ...{ order: id('ord'), package: id('pkg'), type: 'damaged', items: [{ line: 1, quantity: 1 }] },
    ...{ preferred_remedy: 'refund', description: 'The shade arrived in pieces.' },
  },
  'claims.supplement': { description: 'The foot is bent, too.' },
  'claims.say': { text: 'Here are the photos of the box.' },
  'claims.appeal': { text: 'The photo shows the courier’s own tape.' },
  'claims.decide': { outcome: 'refund', note: 'The photos show it.' },
  'returns.ask': {
    ...{ order: id('ord'), package: id('pkg'), type: 'change_of_mind', items: [{ line: 1, quantity: 1 }] },
    description: 'Too tall for the shelf.',
  },
  'returns.sent': { courier: 'dhl', tracking_number: 'JVGL06048524783718330099' },
  'returns.approve': { approved: true, note: 'within the window' },
  'returns.receive': { ...inspected, enclosed: ['receipt'] },
  'returns.enclosed': { kinds: ['receipt'] },
  'returns.decide': { outcome: 'refund', note: 'as good as new' },

  'wallet.askDocument': {
    ...{ currency: 'USD', from: '2026-05-01T00:00:00.000Z', to: '2026-05-31T23:59:59.999Z' },
    ...{ format: 'pdf', language: 'en' },
  },
  'wallet.setAlerts': { low_balance: usd('50.00') },
  'topUps.ask': { amount: usd('200.00'), method: 'bank_transfer' },
  'topUps.confirm': { amount: usd('200.00'), bank_reference: '2026-0001' },
  'payouts.request': { amount: usd('20.00'), destination },
  'payouts.pay': { bank_reference: 'SEPA-20260507' },
  'payouts.reject': { reason: 'The account is not in your name.' },
  'payments.receive': {
    ...{ id: 'evt_1', object: 'event', type: 'checkout.session.completed', created: 1777629600 },
    data: {
      object: { id: 'cs_1', object: 'checkout.session', payment_status: 'paid', client_reference_id: id('top') },
    },
  },
  'imports.bank': 'Date,Amount,Currency,Reference,ID\n2026-05-01,200.00,USD,WB-7K2QX-H9M3T,B-1\n',
  'imports.stripe':
    'balance_transaction_id,created,currency,gross,fee,net,reporting_category,payment_intent_id\ntxn_1,2026-05-01 10:00:00,usd,200.00,6.20,193.80,charge,pi_1\n',
  'reconciliation.resolve': { note: 'sent back to the sender' },
  'adjustments.adjust': { merchant: id('mer'), amount: usd('5.00'), reason: 'goodwill for a late reply' },
  'adjustments.decide': { approved: true },

  'plans.put': {
    ...{ name: 'Growth', monthly_price: [usd('29.00')], order_discount_percent: '3', shipping_discount_percent: '10' },
    orders_per_minute: 1200,
  },

  'webhookEndpoints.create': { url: 'https://shop.example/webhooks', events: ['order.*', 'package.*'] },
  'webhookEndpoints.change': { events: ['*'], status: 'enabled' },
  'webhookEndpoints.range': { from: '2026-05-01T00:00:00.000Z', to: '2026-05-01T06:00:00.000Z' },
  'notificationPreferences.change': { language: 'en', preferences: [{ type: 'order_shipped', mode: 'digest' }] },

  'stores.create': {
    ...{ kind: 'shopify', name: 'Lumen, main store', url: 'https://lumen.myshopify.com' },
    ...{ webhook_secret: 'a secret of the store', access_token: 'shpat_0123456789' },
  },
  'stores.change': { name: 'Lumen, second store' },
  'stores.receive': {
    ...{ id: 820982911946154500, name: '#9999', currency: 'USD', updated_at: '2026-05-01T10:00:00Z' },
    ...{ financial_status: 'paid', cancelled_at: null, email: 'ada@example.com' },
    shipping_address: {
      ...{ name: 'Ada Byron', address1: '1 Main Street', city: 'Springfield', province_code: 'IL', zip: '62701' },
      ...{ country_code: 'US', phone: '+12175550100' },
    },
    line_items: [{ id: 1, sku: 'SHOP-LAMP', variant_id: 1, title: 'Brass lamp', quantity: 1, requires_shipping: true }],
  },
  'stores.map': { sku: 'LAMP-01', quantity: 1 },

  'sandbox.move': { advance: 'P1D' },
};

/** What stands for a name in an address, by the address and the name: `warehouses code`, or the name alone. */
export const NAMES: Readonly<Record<string, string>> = {
  ...{ sku: 'LAMP-01', 'warehouses code': 'AMS', 'couriers code': 'dhl', 'plans code': 'growth' },
  ...{ 'discount-codes code': 'WELCOME10', 'policies id': 'courier-proof', 'scan code': 'LAMP-01' },
  ...{ 'returns code': 'R-7KQ2M-91XZD', 'stores sku': 'SHOP-LAMP', source: 'easypost', version: '1', number: '1' },
  ...{ tracking_number: 'JVGL06048524783718330083', package: id('pkg'), evidence: id('evd'), simulation: id('sim') },
  ...{ token: 'a-token-of-a-mail', 'reconciliation id': '1' },
};
