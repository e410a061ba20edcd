import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { inTransaction } from '../database/transaction.ts';
import { instant, realNow } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { idOut } from '../kernel/ids.ts';
import { Erasures } from '../orders/orders.service.ts';
import { Intake } from './intake.ts';
import {
  parseStoreJson,
  readShopifyOrder,
  readWooDeletion,
  readWooOrder,
  StoreOrderUnreadable,
  type StoreOrder,
} from './store-order.translate.ts';
import { forgetDraft, lockKnown, type StoreOrderRecord } from './store-orders.store.ts';
import { StoreMessageUnreadable, StoreSignatureInvalid } from './stores.errors.ts';
import { StoresService, type StoreRecord } from './stores.service.ts';

export interface StoreMessage {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** A WooCommerce webhook says once, unsigned, that it has been made. */
const WOO_PING = /^webhook_id=\d+$/;

/** Messages of stores: proven by their signature over the raw bytes, then taken for what their topic says. */
@Injectable()
export class StoreMessages {
  private readonly log = new Logger('stores');

  constructor(
    private readonly db: DataSource,
    private readonly stores: StoresService,
    private readonly intake: Intake,
    private readonly erasures: Erasures,
  ) {}

  /**
   * @param storeId null: no store has such an id
   * @returns the order that it spoke of; null: it spoke of none
   * @throws StoreSignatureInvalid whoever cannot sign is not told either whether there is such a store
   * @throws StoreMessageUnreadable
   */
  async receive(storeId: string | null, message: StoreMessage): Promise<StoreOrderRecord | null> {
    if (WOO_PING.test(message.body.toString('latin1'))) return null;
    const found = storeId === null ? null : await this.stores.ofMessage(storeId);
    if (found === null) throw new StoreSignatureInvalid();
    const { store, secret } = found;
    const isShopify = store.kind === 'shopify';
    const signature = headerOf(message, isShopify ? 'x-shopify-hmac-sha256' : 'x-wc-webhook-signature');
    if (!isSigned(message.body, secret, signature)) throw new StoreSignatureInvalid();
    const topic = headerOf(message, isShopify ? 'x-shopify-topic' : 'x-wc-webhook-topic');
    const payload = payloadOf(message.body);
    return inTransaction(asHouse(this.db), (tx) =>
      isShopify ? this.shopify(tx, store, topic, payload) : this.woo(tx, store, topic, payload),
    );
  }

  private async shopify(tx: EntityManager, store: StoreRecord, topic: string, payload: object) {
    switch (topic) {
      case 'orders/create':
      case 'orders/updated':
      case 'orders/paid':
        return this.intake.take(tx, store, read(readShopifyOrder, payload));
      case 'orders/cancelled':
        return this.intake.take(tx, store, { ...read(readShopifyOrder, payload), state: 'cancelled' });
      case 'customers/redact':
        await this.redact(tx, store, payload);
        return null;
      case 'shop/redact':
      case 'app/uninstalled':
        await this.stores.remove(tx, store.merchantId, store.id);
        return null;
      default:
        // customers/data_request among them: the merchant answers its buyer with what GET /v1/orders shows
        this.log.log({ msg: 'message of a store noted', topic, merchant: store.merchantId, store: store.id });
        return null;
    }
  }

  private async woo(tx: EntityManager, store: StoreRecord, topic: string, payload: object) {
    switch (topic) {
      case 'order.created':
      case 'order.updated':
        return this.intake.take(tx, store, read(readWooOrder, payload));
      case 'order.restored':
        return this.intake.take(tx, store, read(readWooOrder, payload), true);
      case 'order.deleted':
        return this.intake.take(tx, store, read(readWooDeletion, payload)); // also before the order has come
      default:
        this.log.log({ msg: 'message of a store noted', topic, merchant: store.merchantId, store: store.id });
        return null;
    }
  }

  /** A buyer's data are to go: what is held loses them now, what was placed as POST /v1/erasures does it. */
  private async redact(tx: EntityManager, store: StoreRecord, payload: object): Promise<void> {
    const { orders_to_redact: named } = payload as { orders_to_redact?: unknown };
    for (const externalId of Array.isArray(named) ? named.map(String) : []) {
      const known = await lockKnown(tx, store.merchantId, store.id, externalId);
      if (known === null) continue;
      await forgetDraft(tx, known);
      if (known.orderId === null) continue;
      try {
        await this.erasures.ask(tx, store.merchantId, { order: idOut('ord', known.orderId) });
      } catch (error) {
        if (!(error instanceof NotFound)) throw error; // erased long ago
      }
    }
  }
}

function headerOf({ headers }: StoreMessage, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/** Base64 of the HMAC-SHA256 over the bytes as they came: Shopify's and WooCommerce's way alike. */
function isSigned(body: Buffer, secret: string, signature: string): boolean {
  const due = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === due.length && timingSafeEqual(given, due);
}

/** @throws StoreMessageUnreadable */
function payloadOf(body: Buffer): object {
  try {
    const payload = parseStoreJson(body.toString('utf8').replaceAll('\\u0000', ''));
    if (typeof payload === 'object' && payload !== null) return payload;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StoreMessageUnreadable('The body is not a JSON object.');
}

/** @throws StoreMessageUnreadable */
function read(translate: (payload: unknown) => StoreOrder, payload: object): StoreOrder {
  try {
    const said = translate(payload);
    const order = { ...said, updatedAt: said.updatedAt || instant(realNow()) }; // as stores' clocks go
    if (Number.isNaN(Date.parse(order.updatedAt))) throw new StoreOrderUnreadable('Its time of change is no instant.');
    return order;
  } catch (error) {
    if (error instanceof StoreOrderUnreadable) throw new StoreMessageUnreadable(error.message);
    throw error;
  }
}
