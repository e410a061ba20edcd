import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { Outbox } from '../events/outbox.ts';
import { Clock, instant } from '../kernel/clock.ts';
import type { Money } from '../kernel/money.ts';
import { IllegalStep } from '../kernel/transitions.ts';
import { toPostal, type PostalAddress, type ShipTo } from './documents/address.ts';
import { AlreadyReceived, NoInterception, PackageCancelled } from './fulfilment.errors.ts';
import { courierStep, isBeforeHandOver, warehouseStep, warehouseSteps, type CourierSignal } from './package.machine.ts';
import { PackageStore, type Direction, type OrderKey, type PackageRecord, type StepTaken } from './package.store.ts';
import { planPackages, type PlanRequest } from './planning.ts';
import { trackingKey } from './warehouse/bench.ts';
import { Departures } from './warehouse/departures.ts';
import {
  handedOver,
  Interceptions,
  isOpen,
  refuseUnlessHere,
  type InterceptionRequest,
} from './warehouse/interceptions.ts';
import { stockOf } from './warehouse/stock.ts';

export type { PostalAddress, ShipTo } from './documents/address.ts';
export { PackageView, packageView } from './fulfilment.dto.ts';
export type { CourierSignal, PackageStatus } from './package.machine.ts';
export { COURIER_SIGNALS, isBeforeHandOver, PACKAGE_STATUSES } from './package.machine.ts';
export type {
  Direction,
  Interception,
  InterceptionCause,
  PackageItem,
  PackageRecord,
  StepTaken,
} from './package.store.ts';
export type { PaidLine, PlannedItem, PlannedPackage, PlanRequest } from './planning.ts';
export { refundClock, type RefundClock } from './refund-clock.policy.ts';
export type { InterceptionRequest } from './warehouse/interceptions.ts';

/** What the fold of the courier's events says of a package. */
export interface CourierWord {
  merchantId: string;
  packageId: string;
  /** What it makes of the package; null: nothing (`label_created`, `expired`, …), it is only shown. */
  status: CourierSignal | null;
  /** The canonical word of the newest fact, shown as `courier_status`; left out: the status. */
  courierStatus?: string | null;
  reason: string | null;
  direction?: Direction;
  /** When the newest fact happened. */
  at: Date;
  /** The first physical scan: the hand-over of a package that is only labelled. Left out: `at`. */
  firstScanAt?: Date | null;
  deliveredAt?: Date | null;
  returnedAt?: Date | null;
  disputed: boolean;
}

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

export interface Receipt {
  merchantId: string;
  packageId: string;
  /** `rto`, or `return:<id>` of an authorised return; each is received once. */
  cause: string;
  unopened: boolean;
  originalLabel: boolean;
  condition: 'original' | 'used' | 'damaged' | 'missing';
  note: string | null;
  at: Date;
  byUser?: string | null;
  /** What came of it; left out: everything in the package. */
  items?: readonly { sku: string; quantity: number }[];
}

/** Packages from plan to settlement: what other modules may ask of them. The warehouse's own scans are in ./warehouse. */
@Injectable()
export class FulfilmentService {
  constructor(
    private readonly store: PackageStore,
    private readonly interceptions: Interceptions,
    private readonly departures: Departures,
    private readonly catalogue: CatalogueService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Plans an order's packages, one statement; their stock is already reserved. */
  plan(tx: EntityManager, request: PlanRequest): Promise<PackageRecord[]> {
    return planPackages(tx, request);
  }

  /** The order's money is there: the warehouse sees its packages. */
  async markPaid(tx: EntityManager, merchantId: string, orderId: string): Promise<void> {
    await rows(tx, `UPDATE package SET paid_at = $3 WHERE merchant_id = $1 AND order_id = $2 AND paid_at IS NULL`, [
      merchantId,
      orderId,
      this.clock.now(),
    ]);
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

  /** What was done to an order's packages in the warehouse, oldest first. */
  async stepsOf(db: Db, merchantId: string, orderId: string): Promise<StepTaken[]> {
    const packages = await this.store.byOrder(db, merchantId, orderId);
    return this.store.steps(
      db,
      merchantId,
      packages.map(({ id }) => id),
    );
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
    if (stopped && found.interception?.cause === 'address_change') await this.voidLabel(tx, found);
    return this.store.get(tx, merchantId, packageId);
  }

  /**
   * The courier's word, already folded: the status follows it, whatever it was before. On a package that is only
   * labelled the first physical scan is its hand-over; before that and once cancelled it is only shown.
   */
  async applyCourierStatus(tx: EntityManager, word: CourierWord): Promise<CourierStepTaken> {
    const before = await this.store.lockOne(tx, word.merchantId, word.packageId);
    const next = word.status === null ? null : courierStep(before.status, word.status);
    const handsOver = before.status === 'labelled' && next !== null;
    if (handsOver)
      await this.departures.leave(tx, [before], { at: word.firstScanAt ?? word.at, by: 'courier', byUser: null });
    const moves = next !== null || before.status === word.status;
    const kept = <T>(given: T | undefined, old: T): T => (given === undefined || !moves ? old : given);
    await rows(
      tx,
      `UPDATE package SET status = $3, courier_status = $4, reason = $5, direction = $6, disputed = $7, delivered_at = $8,
         returned_at = $9 WHERE merchant_id = $1 AND id = $2`,
      [
        word.merchantId,
        word.packageId,
        next ?? before.status,
        word.courierStatus === undefined ? word.status : word.courierStatus,
        word.reason,
        word.direction ?? before.direction,
        word.disputed,
        kept(word.deliveredAt, before.deliveredAt),
        kept(word.returnedAt, before.returnedAt),
      ],
    );
    return { before, after: await this.store.get(tx, word.merchantId, word.packageId), handedOver: handsOver };
  }

  /**
   * A parcel came back. The goods return to stock where they can be sold again.
   * @throws PackageCancelled, IllegalStep it never left
   * @throws AlreadyReceived it came back before, for the same cause
   */
  async receive(tx: EntityManager, receipt: Receipt): Promise<PackageRecord> {
    const { merchantId, packageId, unopened, originalLabel, condition, at } = receipt;
    const found = await this.store.lockOne(tx, merchantId, packageId);
    if (found.cancelledAt !== null) throw new PackageCancelled(found.id, found.cancelledAt);
    if (isBeforeHandOver(found.status))
      throw new IllegalStep('package', found.status, 'receive', warehouseSteps(found.status));
    const restocked = unopened && condition === 'original';
    const fresh = await one(
      tx,
      `INSERT INTO package_receipt (merchant_id, package_id, cause, unopened, original_label, condition, note, restocked, received_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING 1`,
      [merchantId, packageId, receipt.cause, unopened, originalLabel, condition, receipt.note, restocked, at],
    );
    if (fresh === null) throw new AlreadyReceived(found.receivedAt ?? at);
    await rows(tx, `UPDATE package SET received_at = $3 WHERE merchant_id = $1 AND id = $2`, [
      merchantId,
      packageId,
      at,
    ]);
    const detail = { cause: receipt.cause, unopened, original_label: originalLabel, condition };
    await this.store.note(tx, [
      { merchantId, packageId, step: 'received', at, byUser: receipt.byUser ?? null, detail },
    ]);
    this.outbox.tell(tx, 'package.received_back', {
      ...told(found),
      cause: receipt.cause,
      unopened,
      originalLabel,
      condition,
      at: instant(at),
    });
    if (restocked) await this.restock(tx, found, receipt.items);
    return this.store.get(tx, merchantId, packageId);
  }

  /** The last receipt of a package, as the warehouse saw it; null: it has not come back. */
  async receiptOf(db: Db, merchantId: string, packageId: string): Promise<Omit<Receipt, 'byUser' | 'items'> | null> {
    return one(
      db,
      `SELECT merchant_id AS "merchantId", package_id AS "packageId", cause, unopened, original_label AS "originalLabel",
         condition, note, received_at AS at FROM package_receipt
       WHERE merchant_id = $1 AND package_id = $2 ORDER BY received_at DESC LIMIT 1`,
      [merchantId, packageId],
    );
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
    for (const found of await this.store.lock(tx, merchantId, packageIds)) {
      refuseUnlessHere(found);
      if (found.status === 'labelled') await this.voidLabel(tx, found);
    }
    const to = toPostal(shipTo);
    await rows(
      tx,
      `UPDATE package_address SET name = $3, company = $4, line1 = $5, line2 = $6, city = $7, region = $8,
         postal_code = $9, country = $10, phone = $11, email = $12
       WHERE merchant_id = $1 AND package_id = ANY ($2::uuid[])`,
      [
        merchantId,
        packageIds,
        to.name,
        to.company,
        to.line1,
        to.line2,
        to.city,
        to.region,
        to.postalCode,
        to.country,
        to.phone,
        to.email,
      ],
    );
    // a label that was bought for the old address is of no use, nor one that is being bought
    await rows(
      tx,
      `UPDATE label_purchase SET state = 'failed', error = 'address_changed'
       WHERE merchant_id = $1 AND package_id = ANY ($2::uuid[]) AND state IN ('claimed', 'created', 'bought')`,
      [merchantId, packageIds],
    );
    await this.store.note(
      tx,
      packageIds.map((packageId) => ({ merchantId, packageId, step: 'address_changed', at })),
    );
  }

  /** Erases the buyer's data of an order's packages; the country stays for the statistics. */
  async eraseAddresses(tx: EntityManager, merchantId: string, orderId: string, at: Date): Promise<void> {
    await rows(
      tx,
      `UPDATE package_address a SET name = '', company = NULL, line1 = '', line2 = NULL, city = '', region = NULL,
         postal_code = NULL, phone = NULL, email = NULL, erased_at = $3
       FROM package p WHERE p.merchant_id = $1 AND p.order_id = $2 AND a.merchant_id = $1 AND a.package_id = p.id
         AND a.erased_at IS NULL`,
      [merchantId, orderId, at],
    );
  }

  /**
   * Whose packages a courier's number leads to.
   * @param couriers which couriers it may be; null: any
   */
  async byTrackingNumber(
    db: Db,
    couriers: readonly string[] | null,
    trackingNumber: string,
  ): Promise<{ merchantId: string; packageId: string; courier: string }[]> {
    return rows(
      db,
      `SELECT merchant_id AS "merchantId", package_id AS "packageId", courier FROM tracking_route
       WHERE number_key = $1 AND ($2::text[] IS NULL OR courier = ANY ($2::text[])) ORDER BY courier`,
      [trackingKey(trackingNumber), couriers],
    );
  }

  /** Whose packages several numbers lead to, in one statement. @param numberKeys upper case, without spaces */
  async routesOf(
    db: Db,
    numberKeys: readonly string[],
  ): Promise<{ numberKey: string; courier: string; merchantId: string; packageId: string }[]> {
    return rows(
      db,
      `SELECT number_key AS "numberKey", courier, merchant_id AS "merchantId", package_id AS "packageId" FROM tracking_route
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

  /** Its label is void: the number leads nowhere any more, and it is packed, waiting for another. */
  private async voidLabel(tx: EntityManager, { merchantId, id, status, trackingNumber }: PackageRecord): Promise<void> {
    if (status !== 'labelled') return;
    warehouseStep(status, 'relabel');
    await rows(
      tx,
      `UPDATE package SET status = 'packed', tracking_number = NULL, labelled_at = NULL WHERE merchant_id = $1 AND id = $2`,
      [merchantId, id],
    );
    if (trackingNumber === null) return;
    await rows(tx, `DELETE FROM tracking_route WHERE number_key = $1 AND merchant_id = $2 AND package_id = $3`, [
      trackingKey(trackingNumber),
      merchantId,
      id,
    ]);
  }

  private async restock(tx: EntityManager, found: PackageRecord, items: Receipt['items']): Promise<void> {
    const units = items ?? found.items;
    const back = units.map(({ sku, quantity }) => ({ sku, warehouse: found.warehouse, quantity }));
    await this.catalogue.returnToStock(tx, back);
  }
}

function told({ merchantId, orderId, id }: PackageRecord): { merchantId: string; orderId: string; packageId: string } {
  return { merchantId, orderId, packageId: id };
}
