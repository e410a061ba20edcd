import { Injectable } from '@nestjs/common';
import { Config } from '../config.ts';
import { call, type OutsideCall } from '../outside/call.ts';
import { NoTarget, Targets } from '../outside/targets.ts';
import type { Dispatch } from './dispatches.store.ts';
import { parseStoreJson } from './store-order.translate.ts';
import type { StoreRecord } from './stores.service.ts';

/** Shopify's dated version of its Admin API. */
const SHOPIFY_API = '/admin/api/2025-07';
const WOO_API = '/wp-json/wc/v3';
const ANSWER_BYTES = 1024 * 1024;

/** The store did not do what it was asked; tried again later. */
export class StoreRefused extends Error {}

type Json = Readonly<Record<string, unknown>>;

/** What a store is told of one parcel. */
export interface Telling {
  externalId: string;
  dispatch: Dispatch;
  /** For people: the courier's name. */
  courierName: string;
  trackingUrl: string;
  /** Every parcel of the order has left. */
  isLast: boolean;
}

/** Speaks to Shopify and WooCommerce as they have published. */
@Injectable()
export class StoreApi {
  constructor(
    private readonly config: Config,
    private readonly targets: Targets,
  ) {}

  /**
   * Tells the store that a parcel has left. Asks first whether it knows, where an earlier try may have come through.
   * @throws StoreRefused
   */
  async tell(store: StoreRecord, token: string, telling: Telling): Promise<void> {
    const speak = new Speaking(store, token, (url, request) => this.send(url, request));
    await (store.kind === 'shopify' ? tellShopify(speak, telling) : tellWoo(speak, telling));
  }

  private async send(url: string, request: Omit<OutsideCall, 'timeoutMs' | 'keptBytes'>): Promise<unknown> {
    const options = { ...request, timeoutMs: this.config.webhookTimeoutMs, keptBytes: ANSWER_BYTES };
    try {
      const { outcome, responseBody } = await call(await this.targets.find(url), options);
      if (outcome.kind === 'failure') throw new StoreRefused(outcome.error);
      if (outcome.status >= 300)
        throw new StoreRefused(`status ${outcome.status}: ${(responseBody ?? '').slice(0, 200)}`);
      return parseStoreJson(responseBody ?? '');
    } catch (error) {
      if (error instanceof NoTarget) throw new StoreRefused(error.reason);
      if (error instanceof SyntaxError) throw new StoreRefused('answer_unreadable');
      throw error;
    }
  }
}

/** One store, with its credentials. */
class Speaking {
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly store: StoreRecord,
    token: string,
    private readonly send: (url: string, request: Omit<OutsideCall, 'timeoutMs' | 'keptBytes'>) => Promise<unknown>,
  ) {
    const credentials: Record<string, string> =
      store.kind === 'shopify'
        ? { 'x-shopify-access-token': token }
        : { authorization: `Basic ${Buffer.from(token).toString('base64')}` };
    this.headers = { ...credentials, accept: 'application/json', 'content-type': 'application/json' };
  }

  get(path: string): Promise<unknown> {
    return this.send(this.store.url + path, { method: 'GET', headers: this.headers });
  }

  write(method: 'POST' | 'PUT', path: string, body: object): Promise<unknown> {
    return this.send(this.store.url + path, { method, headers: this.headers, body: JSON.stringify(body) });
  }
}

const listOf = (value: unknown): Json[] =>
  Array.isArray(value) ? value.filter((item): item is Json => typeof item === 'object' && item !== null) : [];
const inside = (value: unknown, name: string): unknown => (value as Json | null)?.[name];

/** Source: Shopify Admin API, FulfillmentOrder and Fulfillment. */
async function tellShopify(
  speak: Speaking,
  { externalId, dispatch, courierName, trackingUrl }: Telling,
): Promise<void> {
  if (dispatch.items.length === 0) return; // a part of what the store sells as one: the parcel that completes it tells
  const order = `${SHOPIFY_API}/orders/${encodeURIComponent(externalId)}`;
  if (dispatch.attempts > 1) {
    const known = listOf(inside(await speak.get(`${order}/fulfillments.json`), 'fulfillments'));
    if (known.some((one) => JSON.stringify(one).includes(JSON.stringify(dispatch.trackingNumber)))) return;
  }
  const open = listOf(inside(await speak.get(`${order}/fulfillment_orders.json`), 'fulfillment_orders'));
  const wanted = new Map(dispatch.items.map(({ externalId: id, quantity }) => [id, quantity]));
  const parts = open.map((part) => partOf(part, wanted)).filter((part) => part.fulfillment_order_line_items.length > 0);
  if (parts.length === 0) throw new StoreRefused('nothing of this parcel is left to be fulfilled in the store');
  await speak.write('POST', `${SHOPIFY_API}/fulfillments.json`, {
    fulfillment: {
      line_items_by_fulfillment_order: parts,
      tracking_info: { number: dispatch.trackingNumber, company: courierName, url: trackingUrl },
      notify_customer: true,
    },
  });
}

function partOf(part: Json, wanted: ReadonlyMap<string, number>) {
  const isOpen = part['status'] === 'open' || part['status'] === 'in_progress';
  const lines = isOpen ? listOf(part['line_items']) : [];
  return {
    fulfillment_order_id: part['id'],
    fulfillment_order_line_items: lines.flatMap(({ id, line_item_id, fulfillable_quantity }) => {
      const left = typeof fulfillable_quantity === 'number' ? fulfillable_quantity : 0;
      const quantity = Math.min(left, wanted.get(String(line_item_id)) ?? 0);
      return quantity > 0 ? [{ id, quantity }] : [];
    }),
  };
}

/** WooCommerce has no place for tracking numbers of its own: the buyer gets a note. Source: REST API v3, Order notes. */
async function tellWoo(
  speak: Speaking,
  { externalId, dispatch, courierName, trackingUrl, isLast }: Telling,
): Promise<void> {
  const order = `${WOO_API}/orders/${encodeURIComponent(externalId)}`;
  const known = dispatch.attempts > 1 ? listOf(await speak.get(`${order}/notes`)) : [];
  if (!known.some(({ note }) => typeof note === 'string' && note.includes(dispatch.trackingNumber))) {
    const note = `Sent with ${courierName}, tracking number ${dispatch.trackingNumber}: ${trackingUrl}`;
    await speak.write('POST', `${order}/notes`, { note, customer_note: true });
  }
  if (isLast) await speak.write('PUT', order, { status: 'completed' });
}
