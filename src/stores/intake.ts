import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AftersalesService } from '../aftersales/aftersales.service.ts';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { attempt } from '../database/transaction.ts';
import { StrictPipe } from '../http/validation.ts';
import { Clock } from '../kernel/clock.ts';
import { DomainError, InvalidFields, NotFound } from '../kernel/errors.ts';
import { idIn, newId } from '../kernel/ids.ts';
import { step } from '../kernel/transitions.ts';
import { OrdersService, PlaceOrderBody } from '../orders/orders.service.ts';
import { STORE_ORDER } from './store-order.machine.ts';
import type { StoreLine, StoreOrder } from './store-order.translate.ts';
import {
  lockByExternalId,
  lockStoreOrder,
  retryUnmapped,
  writeStoreOrder,
  type StoreOrderRecord,
} from './store-orders.store.ts';
import { StillHeld } from './stores.errors.ts';
import { StoresService, type SkuMapping, type StoreRecord } from './stores.service.ts';

/** Why an order cannot be placed yet. */
interface Hold {
  reason: string;
  detail: string;
}

/** A line of the store with what it is here: the same place in the order that is placed. */
export interface MappedLine extends StoreLine {
  ourSku: string;
  /** Of ours in one of the store's. */
  units: number;
}

/** Turns a store's orders into orders: placed as the API places them, or held with the reason and tried again. */
@Injectable()
export class Intake {
  private readonly log = new Logger('stores');
  private readonly check = new StrictPipe();

  constructor(
    private readonly clock: Clock,
    private readonly stores: StoresService,
    private readonly catalogue: CatalogueService,
    private readonly orders: OrdersService,
    private readonly aftersales: AftersalesService,
  ) {}

  /**
   * What the store says of one of its orders. Twice, or older than what is known: nothing changes.
   * @param isRestored the store has taken it out of its bin: whatever was heard before, it is an order again
   */
  async take(tx: EntityManager, store: StoreRecord, order: StoreOrder, isRestored = false): Promise<StoreOrderRecord> {
    const key = { merchantId: store.merchantId, storeId: store.id, id: newId() };
    const { record, isNew } = await lockByExternalId(tx, key, order, this.clock.now());
    const updatedAt = new Date(order.updatedAt);
    if (!isNew && !isRestored && updatedAt < record.storeUpdatedAt) return record;
    const fresh = { ...record, name: order.name, storeUpdatedAt: updatedAt };
    if (order.state === 'cancelled') return this.cancel(tx, fresh);
    const told = { ...fresh, draft: order, lines: order.lines };
    if (record.status === 'held') return this.place(tx, store, told);
    const isAgain = isRestored || updatedAt > record.storeUpdatedAt;
    if (record.status !== 'cancelled' || record.orderId !== null || !isAgain) return record;
    const status = step(STORE_ORDER, 'order of a store', record.status, 'reopen');
    return this.place(tx, store, { ...told, status });
  }

  /**
   * Somebody has mended what held it, or pays no heed to what the store says of the money.
   * @throws NotFound, IllegalStep, StillHeld
   */
  async release(tx: EntityManager, merchantId: string, id: string): Promise<StoreOrderRecord> {
    const held = await lockStoreOrder(tx, merchantId, id);
    if (held === null) throw new NotFound('order of a store');
    step(STORE_ORDER, 'order of a store', held.status, 'place');
    const after = await this.again(tx, held, true);
    if (after.status === 'held') throw new StillHeld(after.reason ?? '', after.detail ?? '');
    return after;
  }

  /** A held order whose time to be looked at again has come; nothing where it was placed meanwhile. */
  async retry(tx: EntityManager, { merchantId, id }: { merchantId: string; id: string }): Promise<void> {
    const held = await lockStoreOrder(tx, merchantId, id);
    if (held?.status === 'held') await this.again(tx, held, false);
  }

  /** What a SKU of the store is here; orders that waited for it are looked at again. */
  async map(tx: EntityManager, store: StoreRecord, mapping: SkuMapping): Promise<SkuMapping> {
    const { variants } = await this.catalogue.snapshot();
    if (!variants.has(mapping.sku)) {
      throw new InvalidFields([
        { pointer: '/sku', code: 'unknown_sku', detail: `There is no variant ${mapping.sku}.` },
      ]);
    }
    const made = await this.stores.mapSku(tx, store, mapping);
    const key = { merchantId: store.merchantId, storeId: store.id };
    await retryUnmapped(tx, key, mapping.storeSku, this.clock.now());
    return made;
  }

  private async again(tx: EntityManager, held: StoreOrderRecord, paid: boolean): Promise<StoreOrderRecord> {
    const store = await this.stores.get(held.merchantId, held.storeId, tx);
    const draft = held.draft === null ? null : { ...held.draft, state: paid ? ('open' as const) : held.draft.state };
    return this.place(tx, store, { ...held, draft });
  }

  private async place(tx: EntityManager, store: StoreRecord, record: StoreOrderRecord): Promise<StoreOrderRecord> {
    const { draft } = record;
    if (draft === null || draft.state === 'done' || draft.lines.length === 0) {
      const reason = draft?.state === 'done' ? 'sent_by_the_store' : 'nothing_to_send';
      const status = step(STORE_ORDER, 'order of a store', record.status, 'pass_over');
      return this.write(tx, { ...record, status, reason, detail: null, draft: null });
    }
    const lines = await this.linesOf(tx, store, draft);
    const hold = holdOf(draft, lines);
    if (hold !== null) return this.write(tx, { ...record, ...hold });
    try {
      const body = await this.bodyOf(draft, lines);
      const { id } = await attempt(tx, () => this.orders.place(tx, record.merchantId, body));
      const orderId = idIn('ord', id);
      const status = step(STORE_ORDER, 'order of a store', record.status, 'place');
      return await this.write(tx, { ...record, status, reason: null, detail: null, draft: null, lines, orderId });
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error;
      return this.write(tx, { ...record, reason: error.code, detail: saying(error) });
    }
  }

  private async linesOf(tx: EntityManager, store: StoreRecord, { lines }: StoreOrder): Promise<MappedLine[]> {
    const { variants } = await this.catalogue.snapshot();
    const mapped = await this.stores.mapped(
      tx,
      store,
      lines.map(({ sku }) => sku),
    );
    return lines.map((line) => {
      const mapping = mapped.get(line.sku);
      if (mapping !== undefined) return { ...line, ourSku: mapping.sku, units: mapping.quantity };
      return { ...line, ourSku: variants.has(line.sku) ? line.sku : '', units: 1 };
    });
  }

  /** @throws InvalidFields as POST /v1/orders does */
  private async bodyOf(draft: StoreOrder, lines: readonly MappedLine[]): Promise<PlaceOrderBody> {
    const body = {
      ...{ reference: draft.name, currency: draft.currency, ship_to: draft.shipTo },
      items: lines.map(({ ourSku, quantity, units }) => ({ sku: ourSku, quantity: quantity * units })),
    };
    return (await this.check.transform(body, { type: 'body', metatype: PlaceOrderBody })) as PlaceOrderBody;
  }

  /** What the order's own policy says of a cancellation is done: what has left the house goes on. */
  private async cancel(tx: EntityManager, record: StoreOrderRecord): Promise<StoreOrderRecord> {
    if (record.status === 'passed_over') return record;
    if (record.status === 'cancelled') return this.write(tx, record); // so that nothing older than this opens it again
    let detail: string | null = null;
    if (record.orderId !== null) {
      const asked = { packageIds: null, reason: 'Cancelled in the store' };
      const caller = { merchantId: record.merchantId, userId: null };
      const decisions = await this.aftersales.cancel(tx, record.orderId, asked, caller);
      detail = `Packages that were asked to be stopped: ${decisions.length}.`;
      this.log.log({ msg: 'a store cancelled an order', merchant: record.merchantId, order: record.orderId });
    }
    const status = step(STORE_ORDER, 'order of a store', record.status, 'cancel');
    return this.write(tx, { ...record, status, reason: 'cancelled_in_the_store', detail, draft: null });
  }

  private async write(tx: EntityManager, record: StoreOrderRecord): Promise<StoreOrderRecord> {
    await writeStoreOrder(tx, record);
    return record;
  }
}

function holdOf({ state, shipTo }: StoreOrder, lines: readonly MappedLine[]): Hold | null {
  const unknown = [...new Set(lines.filter(({ ourSku }) => ourSku === '').map(({ sku }) => sku))];
  if (unknown.length > 0) return { reason: 'sku_not_mapped', detail: `No variant stands for ${unknown.join(', ')}.` };
  if (shipTo === null) return { reason: 'no_address', detail: 'The store gave no address to send to.' };
  if (state === 'unpaid') return { reason: 'not_paid', detail: 'The buyer has not paid the store yet.' };
  return null;
}

function saying(error: DomainError): string {
  if (!(error instanceof InvalidFields)) return error.message;
  return error.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' ');
}
