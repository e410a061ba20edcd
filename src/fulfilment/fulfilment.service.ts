import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { Outbox } from '../events/outbox.ts';
import type { ShipTo } from '../kernel/address.ts';
import { Clock, instant } from '../kernel/clock.ts';
import type { Money } from '../kernel/money.ts';
import type { PageRequest } from '../kernel/pages.ts';
import { declare, declaredItems } from './declaring.ts';
import { Addresses, type KnownBuyer, type Buyer } from './addresses.ts';
import { CourierWords, type CourierWord, type Followed, type Followup } from './courier-words.ts';
import type { PostalAddress } from './documents/address.ts';
import { NoInterception } from './fulfilment.errors.ts';
import { isBeforeHandOver, warehouseStep } from './package.machine.ts';
import type { OrderKey, PackageRecord } from './package.records.ts';
import { PackageStore } from './package.store.ts';
import { gatherPackages, planPackages, storePackages, type PlanRequest } from './planning.ts';
import { Promises } from './promises.ts';
import { handedOver, Interceptions, isOpen, type InterceptionRequest } from './warehouse/interceptions.ts';
import { Receipts, type Receipt } from './warehouse/receipts.ts';
import { stockOf } from './warehouse/stock.ts';

export type { KnownBuyer } from './addresses.ts';
export { HAND_OVER_SCANS, type HandOverScan, type OrderKey } from './package.records.ts';
export type { CourierWord, Followed, Followup } from './courier-words.ts';
export type { PostalAddress } from './documents/address.ts';
export { PackageView, packageView } from './fulfilment.dto.ts';
export type { CourierSignal, PackageStatus } from './package.machine.ts';
export { COURIER_SIGNALS, isBeforeHandOver, PACKAGE_STATUSES, warehouseSteps } from './package.machine.ts';
export type {
  Direction,
  Interception,
  InterceptionCause,
  PackageItem,
  PackageRecord,
  StepTaken,
} from './package.records.ts';
export type { PlannedPackage, PlanRequest } from './planning.ts';
export type { PaidLine, PlannedItem } from './unit-prices.policy.ts';
export { leftOf, paidFor } from './paid.policy.ts';
export { refundClock, type RefundClock } from './refund-clock.policy.ts';
export type { InterceptionRequest } from './warehouse/interceptions.ts';
export type { KeptReceipt, Receipt } from './warehouse/receipts.ts';

/** What a courier's word changed. */
export interface CourierStepTaken {
  before: PackageRecord;
  after: PackageRecord;
  /** The word was also its hand-over. */
  handedOver: boolean;
}

export interface InterceptionAnswer {
  merchantId: string;
  packageId: string;
  stopped: boolean;
  at: Date;
  byUser?: string | null;
}

/** Packages from plan to settlement: what other modules may ask of them. The warehouse's own scans are in ./warehouse. */
@Injectable()
export class FulfilmentService {
  constructor(
    private readonly store: PackageStore,
    private readonly interceptions: Interceptions,
    private readonly words: CourierWords,
    private readonly receipts: Receipts,
    private readonly addresses: Addresses,
    private readonly promises: Promises,
    private readonly catalogue: CatalogueService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Plans an order's packages, one statement; their stock is already reserved. */
  async plan(tx: EntityManager, request: PlanRequest): Promise<PackageRecord[]> {
    const warehouses = new Set(request.packages.map(({ warehouse }) => warehouse));
    return planPackages(tx, request, await this.promises.dispatchDue(request.at, warehouses));
  }

  /** The same for an order that is placed: stored with COMMIT, or by `storePlanned`. */
  async planWithCommit(tx: EntityManager, request: PlanRequest): Promise<PackageRecord[]> {
    const warehouses = new Set(request.packages.map(({ warehouse }) => warehouse));
    return gatherPackages(tx, request, await this.promises.dispatchDue(request.at, warehouses));
  }

  storePlanned(tx: EntityManager): Promise<void> {
    return storePackages(tx);
  }

  /** The order's money is there: the warehouse sees its packages. What was cancelled before is never paid. */
  async markPaid(tx: EntityManager, merchantId: string, orderId: string): Promise<void> {
    const now = this.clock.now();
    const due = [...(await this.promises.dispatchDue(now))];
    await rows(
      tx,
      `UPDATE package SET paid_at = $3, dispatch_due_at = (
         SELECT w.due FROM unnest($4::text[], $5::timestamptz[]) AS w (code, due) WHERE w.code = warehouse)
       WHERE merchant_id = $1 AND order_id = $2 AND paid_at IS NULL AND status <> 'cancelled'`,
      [merchantId, orderId, now, due.map(([code]) => code), due.map(([, at]) => at)],
    );
  }

  /**
   * @param merchantId null: whoever's it is (staff)
   * @throws NotFound
   */
  get(
    db: Db,
    merchantId: string | null,
    packageId: string,
    { lock = false }: { lock?: boolean } = {},
  ): Promise<PackageRecord> {
    return lock
      ? this.store.lockOne(db as EntityManager, merchantId, packageId)
      : this.store.get(db, merchantId, packageId);
  }

  /** An order's packages in their order. */
  packagesOf(
    db: Db,
    merchantId: string,
    orderId: string,
    { lock = false }: { lock?: boolean } = {},
  ): Promise<PackageRecord[]> {
    return lock
      ? this.store.lockOrder(db as EntityManager, merchantId, orderId)
      : this.store.byOrder(db, merchantId, orderId);
  }

  /** For lists of orders: one statement, by the orders' ids. */
  async packagesOfOrders(db: Db, orders: readonly OrderKey[]): Promise<Map<string, PackageRecord[]>> {
    const byOrder = new Map<string, PackageRecord[]>(orders.map(({ orderId }) => [orderId, []]));
    for (const record of await this.store.byOrders(db, orders)) byOrder.get(record.orderId)?.push(record);
    return byOrder;
  }

  /** Every merchant's packages that wait for a person, newest first; one more than the page holds. */
  disputed(db: Db, page: PageRequest): Promise<PackageRecord[]> {
    return this.store.list(db, { merchantId: null, disputed: true }, page);
  }

  /**
   * Cancels packages that are still here, all of these or none. Those that are cancelled stay as they are. Against a
   * hand-over the row's lock decides; the loser is told the scan and its time.
   * @returns those that this call cancelled
   * @throws PackageHandedOver one of them has left
   */
  async cancel(
    tx: EntityManager,
    merchantId: string,
    packageIds: readonly string[],
    at: Date,
  ): Promise<PackageRecord[]> {
    const found = await this.store.lock(tx, merchantId, packageIds);
    const here = found.filter(({ cancelledAt }) => cancelledAt === null);
    const gone = here.find(({ status }) => !isBeforeHandOver(status));
    if (gone !== undefined) throw handedOver(gone);
    await this.interceptions.answer(tx, here, { stopped: true, by: 'cancellation', at });
    return this.cancelLocked(tx, here, at);
  }

  /** @throws PackageHandedOver, PackageCancelled */
  requestInterception(tx: EntityManager, request: InterceptionRequest): Promise<PackageRecord> {
    return this.interceptions.request(tx, request);
  }

  /**
   * The warehouse's answer. Stopped for a cancellation: cancelled; for a change of address: its label is void and it is
   * packed again, waiting for the new one. The event `package.intercepted` carries the cause.
   * @throws NoInterception nobody asked, or it was answered (a hand-over answers too: left)
   */
  async answerInterception(tx: EntityManager, said: InterceptionAnswer): Promise<PackageRecord> {
    const { merchantId, packageId, stopped, at, byUser } = said;
    const found = await this.store.lockOne(tx, merchantId, packageId);
    if (!isOpen(found)) throw new NoInterception(found.interception?.answer ?? null);
    await this.interceptions.answer(tx, [found], { stopped, by: 'warehouse', at, byUser: byUser ?? null });
    if (stopped && found.interception?.cause === 'cancellation') await this.cancelLocked(tx, [found], at);
    if (stopped && found.interception?.cause === 'address_change') await this.addresses.voidLabel(tx, found);
    return this.store.get(tx, merchantId, packageId);
  }

  /**
   * The courier's word, already folded: the status follows it, whatever it was before. On a package that is only
   * labelled the first physical scan is its hand-over; before that and once cancelled it is only shown.
   */
  async applyCourierStatus(tx: EntityManager, word: CourierWord): Promise<CourierStepTaken> {
    const before = await this.store.lockOne(tx, word.merchantId, word.packageId);
    const steps = await this.words.apply(tx, word.merchantId, [{ before, word }]);
    const after = await this.store.get(tx, word.merchantId, word.packageId);
    return { before, after, handedOver: steps.get(before.id)?.handedOver === true };
  }

  /** Locks packages of a merchant whose couriers' words are to be applied; in the order of their ids. */
  lockForCourier(tx: EntityManager, merchantId: string, packageIds: readonly string[]): Promise<Followed[]> {
    return this.words.lock(tx, merchantId, packageIds);
  }

  /** As applyCourierStatus, for many packages of a merchant that `lockForCourier` answered, in one statement. */
  applyCourierWords(
    tx: EntityManager,
    merchantId: string,
    said: readonly { before: Followed; word: CourierWord }[],
  ): Promise<Map<string, Followup>> {
    return this.words.apply(tx, merchantId, said);
  }

  /** @throws PackageCancelled, IllegalStep, AlreadyReceived */
  receive(tx: EntityManager, receipt: Receipt): Promise<PackageRecord> {
    return this.receipts.receive(tx, receipt);
  }

  /** Goods that were kept at their receipt may be sold after all. */
  releaseToStock(tx: EntityManager, receipt: Parameters<Receipts['releaseToStock']>[1]): Promise<void> {
    return this.receipts.releaseToStock(tx, receipt);
  }

  /** Adds to what was given back for a package. @param refund.amount in the order's currency */
  async markRefunded(
    tx: EntityManager,
    refund: { merchantId: string; packageId: string; amount: Money },
  ): Promise<void> {
    const found = await one(
      tx,
      `UPDATE package SET refunded_minor = refunded_minor + $3 WHERE merchant_id = $1 AND id = $2 AND currency = $4 RETURNING 1`,
      [refund.merchantId, refund.packageId, refund.amount.minor.toString(), refund.amount.currency],
    );
    if (found === null) throw new Error(`No package of that merchant was paid in ${refund.amount.currency}.`);
  }

  /** Adds to what was made good without money: units sent again, or store credit. @param good.amount what was paid for it */
  async markMadeGood(tx: EntityManager, good: { merchantId: string; packageId: string; amount: Money }): Promise<void> {
    const found = await one(
      tx,
      `UPDATE package SET made_good_minor = made_good_minor + $3 WHERE merchant_id = $1 AND id = $2 AND currency = $4 RETURNING 1`,
      [good.merchantId, good.packageId, good.amount.minor.toString(), good.amount.currency],
    );
    if (found === null) throw new Error(`No package of that merchant was paid in ${good.amount.currency}.`);
  }

  /** Nothing can be claimed for these any more. @returns those that this call settled */
  async settle(tx: EntityManager, merchantId: string, packageIds: readonly string[], at: Date): Promise<string[]> {
    const settled = await rows<{ id: string; orderId: string }>(
      tx,
      `UPDATE package SET settled_at = $3 WHERE merchant_id = $1 AND id = ANY ($2::uuid[]) AND settled_at IS NULL
       RETURNING id, order_id AS "orderId"`,
      [merchantId, packageIds, at],
    );
    for (const { id, orderId } of settled) {
      this.outbox.tell(tx, 'package.settled', { merchantId, orderId, packageId: id, at: instant(at) });
    }
    return settled.map(({ id }) => id);
  }

  /** Where a package goes; null once the buyer's data were erased. */
  addressOf(db: Db, merchantId: string, packageId: string): Promise<PostalAddress | null> {
    return this.store.addressOf(db, merchantId, packageId);
  }

  /**
   * Sends packages that are still here to another address; a label that was printed is void (intercept first).
   * @throws PackageHandedOver, PackageCancelled
   */
  async changeAddress(
    tx: EntityManager,
    merchantId: string,
    packageIds: readonly string[],
    shipTo: ShipTo,
    at: Date,
  ): Promise<void> {
    await this.addresses.change(tx, { merchantId, packageIds, shipTo, at });
  }

  /** What customs is told of a free order's goods. @param lines `paid` being what was paid for those that they stand for */
  declare(tx: EntityManager, merchantId: string, goods: Parameters<typeof declare>[2]): Promise<void> {
    return declare(tx, merchantId, goods);
  }

  /** A package's items with what customs is told of them. */
  declaredItems(db: Db, record: PackageRecord): Promise<PackageRecord['items']> {
    return declaredItems(db, record);
  }

  /** Erases the buyer's data of an order's packages; the country stays for the statistics. */
  eraseAddresses(tx: EntityManager, merchantId: string, orderId: string, at: Date): Promise<void> {
    return this.addresses.erase(tx, merchantId, orderId, at);
  }

  /** To whom an order's packages go, as far as they are not erased. */
  buyersOf(db: Db, merchantId: string, orderId: string): Promise<KnownBuyer[]> {
    return this.addresses.buyersOf(db, merchantId, orderId);
  }

  /** The orders with a package to a buyer, by e-mail or by address. @param merchantId null: of every merchant */
  ordersSentTo(db: Db, merchantId: string | null, buyer: Buyer): Promise<OrderKey[]> {
    return this.addresses.ordersSentTo(db, merchantId, buyer);
  }

  /** Parcels with a label that have not ended, of every merchant, by their ids. @param after the last id seen */
  async underWay(
    db: Db,
    after: string | null,
    limit: number,
  ): Promise<{ merchantId: string; packageId: string; courier: string; trackingNumber: string }[]> {
    return rows(
      db,
      `SELECT merchant_id AS "merchantId", id AS "packageId", courier, tracking_number AS "trackingNumber" FROM package
       WHERE tracking_number IS NOT NULL AND status NOT IN ('delivered', 'rto_delivered', 'delivery_failed', 'lost', 'cancelled')
         AND id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000') ORDER BY id NULLS FIRST LIMIT $2`,
      [after, limit],
    );
  }

  /** Whose packages several numbers lead to, in one statement. @param numberKeys upper case, without spaces */
  async routesOf(
    db: Db,
    numberKeys: readonly string[],
  ): Promise<{ numberKey: string; courier: string; merchantId: string; packageId: string; reusedAt: Date | null }[]> {
    return rows(
      db,
      `SELECT number_key AS "numberKey", courier, merchant_id AS "merchantId", package_id AS "packageId",
         reused_at AS "reusedAt" FROM tracking_route
       WHERE number_key = ANY ($1::text[]) ORDER BY number_key, courier`,
      [numberKeys],
    );
  }

  private async cancelLocked(tx: EntityManager, here: readonly PackageRecord[], at: Date): Promise<PackageRecord[]> {
    const [first] = here;
    if (first === undefined) return [];
    const { merchantId } = first;
    const ids = here.map(({ id }) => id);
    for (const { status } of here) warehouseStep(status, 'cancel');
    await rows(
      tx,
      `UPDATE package SET status = 'cancelled', cancelled_at = $3 WHERE merchant_id = $1 AND id = ANY ($2::uuid[])`,
      [merchantId, ids, at],
    );
    await this.store.note(
      tx,
      ids.map((packageId) => ({ merchantId, packageId, step: 'cancelled', at })),
    );
    for (const found of here) this.outbox.tell(tx, 'package.cancelled', { ...told(found), at: instant(at) });
    await this.catalogue.release(tx, stockOf(here));
    return this.store.byIds(tx, merchantId, ids);
  }
}

function told({ merchantId, orderId, id }: PackageRecord): { merchantId: string; orderId: string; packageId: string } {
  return { merchantId, orderId, packageId: id };
}
