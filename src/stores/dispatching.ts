import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { Config } from '../config.ts';
import { asHouse, asMerchant } from '../database/scope.ts';
import { inTransaction } from '../database/transaction.ts';
import { FulfilmentService, isBeforeHandOver, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import { plusHours, realNow } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { dispatchPauseMs } from './dispatch-retry.policy.ts';
import {
  addDispatch,
  claimDispatch,
  dispatchesOf,
  dueDispatches,
  endDispatchTry,
  tellAgain,
  type Dispatch,
} from './dispatches.store.ts';
import type { MappedLine } from './intake.ts';
import { StoreApi, StoreRefused } from './store-api.ts';
import { findStoreOrder, storeOrderOf } from './store-orders.store.ts';
import { StoresService } from './stores.service.ts';

/** As long as webhooks are (api.md, Webhooks out). */
const TRIED_FOR_HOURS = 72;
const LEASE_MS = 2 * 60_000;
const AT_ONCE = 20;

interface Left {
  merchantId: string;
  orderId: string;
  packageId: string;
  courier: string;
  trackingNumber: string;
}

/** Tells stores which parcels have left, with the number: kept with the hand-over, told by a worker until it is heard. */
@Injectable()
export class Dispatching {
  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly stores: StoresService,
    private readonly catalogue: CatalogueService,
    private readonly fulfilment: FulfilmentService,
    private readonly api: StoreApi,
  ) {}

  /** A parcel has left: where its order came from a store that we may speak to, the store is to hear of it. */
  async keep(tx: EntityManager, { merchantId, orderId, packageId, courier, trackingNumber }: Left): Promise<void> {
    const from = await storeOrderOf(tx, merchantId, orderId);
    if (from === null) return;
    const store = await this.stores.get(merchantId, from.storeId, tx).catch(noStore);
    if (store?.hasToken !== true) return;
    const told = await dispatchesOf(tx, merchantId, from.id);
    const left = new Set([packageId, ...told.map((one) => one.packageId)]);
    const parcels = (await this.fulfilment.packagesOf(tx, merchantId, orderId)).filter(({ id }) => left.has(id));
    const items = completedBy(parcels, told, from.lines as MappedLine[]);
    const now = realNow();
    const giveUpAt = plusHours(now, TRIED_FOR_HOURS);
    await addDispatch(
      tx,
      { merchantId, packageId, storeOrderId: from.id, courier, trackingNumber, items, giveUpAt },
      now,
    );
  }

  /** Tries what is due. @returns how many */
  async run(now: Date): Promise<number> {
    const due = await dueDispatches(asHouse(this.db), now, AT_ONCE);
    for (const key of due) await this.one(key, now);
    return due.length;
  }

  /** One that has failed is to be tried again. @throws NotFound */
  async again(tx: EntityManager, merchantId: string, packageId: string): Promise<void> {
    const now = realNow();
    const found = await tellAgain(tx, { merchantId, packageId }, now, plusHours(now, TRIED_FOR_HOURS));
    if (!found) throw new NotFound('dispatch that has failed');
  }

  /** The try is written down, the call made with no transaction open, then what came of it is written. */
  private async one(key: { merchantId: string; packageId: string }, now: Date): Promise<void> {
    const until = new Date(now.getTime() + LEASE_MS);
    const dispatch = await inTransaction(asMerchant(this.db, key.merchantId), (tx) =>
      claimDispatch(tx, key, now, until),
    );
    if (dispatch === null) return;
    const error = await this.tell(dispatch);
    const ended = realNow();
    const pause = dispatchPauseMs(dispatch.attempts, Math.random());
    const nextAt = new Date(ended.getTime() + pause);
    const isOver = error !== null && nextAt > dispatch.giveUpAt;
    await inTransaction(asMerchant(this.db, key.merchantId), (tx) =>
      endDispatchTry(tx, key, {
        status: error === null ? 'told' : isOver ? 'failed' : 'pending',
        error,
        nextAt: error === null || isOver ? null : nextAt,
        toldAt: error === null ? ended : null,
      }),
    );
  }

  /** @returns null: the store knows; else why it does not */
  private async tell(dispatch: Dispatch): Promise<string | null> {
    const { merchantId, storeOrderId, courier, trackingNumber } = dispatch;
    try {
      const from = await findStoreOrder(asMerchant(this.db, merchantId), merchantId, storeOrderId);
      const orderId = from?.orderId ?? null;
      if (from === null || orderId === null) throw new StoreRefused('the order is no longer linked');
      const store = await this.stores.get(merchantId, from.storeId);
      const parcels = await this.fulfilment.packagesOf(asMerchant(this.db, merchantId), merchantId, orderId);
      const { couriers } = await this.catalogue.snapshot();
      await this.api.tell(store, await this.stores.tokenOf(store), {
        externalId: from.externalId,
        dispatch,
        courierName: couriers.find(({ code }) => code === courier)?.name ?? courier,
        trackingUrl: `${this.config.publicUrl}/track/${encodeURIComponent(trackingNumber)}`,
        isLast: parcels.every(({ status }) => !isBeforeHandOver(status)),
      });
      return null;
    } catch (error) {
      if (error instanceof StoreRefused || error instanceof NotFound) return error.message;
      throw error;
    }
  }
}

/** Of the store's lines what is whole with the parcels that have left, and was not told: a set may leave in several. */
function completedBy(
  parcels: readonly Pick<PackageRecord, 'items'>[],
  told: readonly Dispatch[],
  lines: readonly MappedLine[],
): Dispatch['items'] {
  const sent = parcels.flatMap(({ items }) => items);
  const said = told.flatMap(({ items }) => items);
  return lines.flatMap(({ externalId, quantity, units }, n) => {
    const whole = Math.floor(sumOf(sent.filter(({ line }) => line === n + 1)) / units);
    const more = Math.min(whole, quantity) - sumOf(said.filter((item) => item.externalId === externalId));
    return more > 0 ? [{ externalId, quantity: more }] : [];
  });
}

const sumOf = (items: readonly { quantity: number }[]): number =>
  items.reduce((sum, { quantity }) => sum + quantity, 0);

/** The store was removed: nobody is left to tell. */
function noStore(error: unknown): null {
  if (error instanceof NotFound) return null;
  throw error;
}
