/** An order as a store tells of it, read into what the product needs. */
export interface StoreOrder {
  /** The store's own id of it. */
  externalId: string;
  /** What people call it: "1001". */
  name: string;
  /** RFC 3339, when the store changed it last; messages are ordered by this. Empty: it does not say. */
  updatedAt: string;
  state: 'open' | 'unpaid' | 'cancelled' | 'done';
  currency: string;
  shipTo: StoreAddress | null;
  lines: StoreLine[];
}

export interface StoreAddress {
  name: string;
  company?: string;
  line1: string;
  line2?: string;
  city: string;
  region?: string;
  postal_code?: string;
  country: string;
  phone?: string;
  email?: string;
}

export interface StoreLine {
  externalId: string;
  /** What a mapping is looked up by: the store's SKU, or `variant:<id>` where it has none. */
  sku: string;
  title: string;
  quantity: number;
}

/** A payload that is not what the store's documentation says an order is. */
export class StoreOrderUnreadable extends Error {}

type Json = Readonly<Record<string, unknown>>;

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const SAFE_DIGITS = 15;

/**
 * JSON of a store. Its ids may be longer than a JS number holds: those come as text, digit by digit.
 * @throws SyntaxError
 */
export function parseStoreJson(text: string): unknown {
  const quoted = text.replace(TOKEN, (token) =>
    token.length > SAFE_DIGITS && /^\d+$/.test(token) ? `"${token}"` : token,
  );
  return JSON.parse(quoted);
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Stores write ids as numbers, and leave out what they have not. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

function required(value: unknown, what: string): string {
  const text = textOf(value);
  if (text === '') throw new StoreOrderUnreadable(`The order has no ${what}.`);
  return text;
}

function quantityOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;
}

/** What is empty is left out. */
function filled<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')) as T;
}

/** Source: Shopify Admin API, Order resource (webhooks orders/create, orders/cancelled). */
export function readShopifyOrder(payload: unknown): StoreOrder {
  const order = objectOf(payload);
  const externalId = required(order['id'], 'id');
  const lines = listOf(order['line_items'])
    .filter((line) => line['requires_shipping'] !== false)
    .map((line) => ({
      externalId: textOf(line['id']),
      sku: textOf(line['sku']) || `variant:${textOf(line['variant_id'])}`,
      title: textOf(line['title']) || textOf(line['name']),
      quantity: quantityOf(line['current_quantity'] ?? line['quantity']),
    }))
    .filter(({ quantity }) => quantity > 0);
  return {
    externalId,
    name: (textOf(order['name']) || externalId).replace(/^#/, ''),
    updatedAt: textOf(order['updated_at'] ?? order['cancelled_at'] ?? order['created_at']),
    state: shopifyState({
      cancelledAt: textOf(order['cancelled_at']),
      paid: textOf(order['financial_status']),
      sent: textOf(order['fulfillment_status']),
    }),
    currency: required(order['currency'], 'currency'),
    shipTo: shopifyAddress(order),
    lines,
  };
}

const SHOPIFY_UNPAID = new Set(['pending', 'authorized', 'partially_paid', 'expired']);
const SHOPIFY_ENDED = new Set(['voided', 'refunded']);

/** The same words in a webhook and in an export, but for their case. */
export function shopifyState(says: { cancelledAt: string; paid: string; sent: string }): StoreOrder['state'] {
  const paid = says.paid.toLowerCase();
  if (says.cancelledAt !== '' || SHOPIFY_ENDED.has(paid)) return 'cancelled';
  if (says.sent.toLowerCase() === 'fulfilled') return 'done';
  return SHOPIFY_UNPAID.has(paid) ? 'unpaid' : 'open';
}

function shopifyAddress(order: Json): StoreAddress | null {
  if (!isObject(order['shipping_address'])) return null;
  const to = order['shipping_address'];
  const name = textOf(to['name']) || [textOf(to['first_name']), textOf(to['last_name'])].join(' ').trim();
  return filled({
    ...{ name, company: textOf(to['company']), line1: textOf(to['address1']), line2: textOf(to['address2']) },
    ...{ city: textOf(to['city']), region: textOf(to['province_code']) || textOf(to['province']) },
    ...{ postal_code: textOf(to['zip']), country: textOf(to['country_code']).toUpperCase() },
    ...{ phone: textOf(to['phone']) || textOf(order['phone']), email: textOf(order['email']) },
  });
}

const WOO_STATES: Readonly<Record<string, StoreOrder['state']>> = {
  processing: 'open',
  completed: 'done',
  cancelled: 'cancelled',
  refunded: 'cancelled',
  failed: 'cancelled',
  trash: 'cancelled',
};

/** Source: WooCommerce REST API v3, Order properties (webhooks order.created, order.updated). */
export function readWooOrder(payload: unknown): StoreOrder {
  const order = objectOf(payload);
  const externalId = required(order['id'], 'id');
  const updated = textOf(order['date_modified_gmt'] ?? order['date_created_gmt']);
  const lines = listOf(order['line_items'])
    .map((line) => ({
      externalId: textOf(line['id']),
      sku: textOf(line['sku']) || `variant:${wooVariant(line)}`,
      title: textOf(line['name']),
      quantity: quantityOf(line['quantity']),
    }))
    .filter(({ quantity }) => quantity > 0);
  return {
    externalId,
    name: textOf(order['number']) || externalId,
    updatedAt: updated === '' || /(Z|[+-]\d{2}:?\d{2})$/.test(updated) ? updated : `${updated}Z`,
    state: WOO_STATES[textOf(order['status'])] ?? 'unpaid',
    currency: required(order['currency'], 'currency'),
    shipTo: wooAddress(order),
    lines,
  };
}

/** Of a deleted order WooCommerce tells the id alone: it is over as of now. */
export function readWooDeletion(payload: unknown): StoreOrder {
  const externalId = required(objectOf(payload)['id'], 'id');
  const nothing = { currency: '', shipTo: null, lines: [] };
  return { externalId, name: externalId, updatedAt: '', state: 'cancelled', ...nothing };
}

/** A product without variations says variation_id 0. */
function wooVariant(line: Json): string {
  const variation = textOf(line['variation_id']);
  return variation === '' || variation === '0' ? textOf(line['product_id']) : variation;
}

/** Where the buyer gave no other, WooCommerce leaves the shipping address empty and means the billing one. */
function wooAddress(order: Json): StoreAddress | null {
  const billing = objectOf(order['billing']);
  const shipping = objectOf(order['shipping']);
  const to = textOf(shipping['address_1']) === '' ? billing : shipping;
  if (textOf(to['address_1']) === '') return null;
  return filled({
    name: [textOf(to['first_name']), textOf(to['last_name'])].join(' ').trim() || textOf(to['company']),
    ...{ company: textOf(to['company']), line1: textOf(to['address_1']), line2: textOf(to['address_2']) },
    ...{ city: textOf(to['city']), region: textOf(to['state']), postal_code: textOf(to['postcode']) },
    ...{ country: textOf(to['country']).toUpperCase(), phone: textOf(to['phone']) || textOf(billing['phone']) },
    email: textOf(billing['email']),
  });
}
