import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { rows, type Db } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import { instant } from '../../kernel/clock.ts';
import { IllegalStep } from '../../kernel/transitions.ts';
import { AlreadyReceived, PackageCancelled } from '../fulfilment.errors.ts';
import { isBeforeHandOver, warehouseSteps } from '../package.machine.ts';
import type { PackageRecord } from '../package.records.ts';
import { PackageStore } from '../package.store.ts';

export interface Receipt {
  merchantId: string;
  packageId: string;
  /** `rto`, `return:<id>` of an authorised return, `unannounced`; each is received once. */
  cause: string;
  unopened: boolean;
  originalLabel: boolean;
  condition: 'original' | 'used' | 'damaged' | 'missing';
  note: string | null;
  at: Date;
  byUser?: string | null;
  /** What came of it; left out: everything in the package. */
  items?: readonly { sku: string; quantity: number }[];
  /** False: whatever its condition, it is kept for whoever sent it, or until somebody has decided. */
  sellable?: boolean;
}

/** A receipt as it is kept. */
export type KeptReceipt = Omit<Receipt, 'byUser' | 'items' | 'sellable'>;

/** Parcels that come back. */
@Injectable()
export class Receipts {
  constructor(
    private readonly store: PackageStore,
    private readonly catalogue: CatalogueService,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Takes a parcel back; goods that can be sold again return to stock, those of the whole package once.
   * @throws PackageCancelled, IllegalStep it never left
   * @throws AlreadyReceived it came back before, for the same cause
   */
  async receive(tx: EntityManager, receipt: Receipt): Promise<PackageRecord> {
    const { merchantId, packageId, cause, unopened, originalLabel, condition, at } = receipt;
    const found = await this.store.lockOne(tx, merchantId, packageId);
    refuseUnlessGone(found);
    const before = await this.of(tx, merchantId, packageId);
    const known = before.find((kept) => kept.cause === cause);
    if (known !== undefined) throw new AlreadyReceived(known.at);
    const isWhole = receipt.items === undefined;
    const isSound = unopened && condition === 'original' && receipt.sellable !== false;
    const restocked = isSound && !(isWhole && before.some((kept) => kept.restocked));
    await rows(
      tx,
      `INSERT INTO package_receipt (merchant_id, package_id, cause, unopened, original_label, condition, note, restocked, received_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [merchantId, packageId, cause, unopened, originalLabel, condition, receipt.note, restocked, at],
    );
    await rows(tx, `UPDATE package SET received_at = $3 WHERE merchant_id = $1 AND id = $2`, [
      merchantId,
      packageId,
      at,
    ]);
    const detail = { cause, unopened, original_label: originalLabel, condition };
    const byUser = receipt.byUser ?? null;
    await this.store.note(tx, [{ merchantId, packageId, step: 'received', at, byUser, detail }]);
    const { orderId } = found;
    const told = { merchantId, orderId, packageId, cause, unopened, originalLabel, condition, at: instant(at) };
    this.outbox.tell(tx, 'package.received_back', told);
    if (restocked) await this.restock(tx, found, receipt.items ?? found.items);
    return this.store.get(tx, merchantId, packageId);
  }

  /** Puts goods on the shelf that were kept at their receipt, where they are as new; once. */
  async releaseToStock(
    tx: EntityManager,
    { merchantId, packageId, cause, items }: Pick<Receipt, 'merchantId' | 'packageId' | 'cause' | 'items'>,
  ): Promise<void> {
    const found = await this.store.lockOne(tx, merchantId, packageId);
    const freed = await rows(
      tx,
      `UPDATE package_receipt SET restocked = true WHERE merchant_id = $1 AND package_id = $2 AND cause = $3
         AND unopened AND condition = 'original' AND NOT restocked RETURNING 1`,
      [merchantId, packageId, cause],
    );
    if (freed.length === 1) await this.restock(tx, found, items ?? found.items);
  }

  /** A package's receipts, the last first. */
  async of(db: Db, merchantId: string, packageId: string): Promise<(KeptReceipt & { restocked: boolean })[]> {
    return rows(
      db,
      `SELECT merchant_id AS "merchantId", package_id AS "packageId", cause, unopened, original_label AS "originalLabel",
         condition, note, restocked, received_at AS at FROM package_receipt
       WHERE merchant_id = $1 AND package_id = $2 ORDER BY received_at DESC, cause`,
      [merchantId, packageId],
    );
  }

  private async restock(
    tx: EntityManager,
    { warehouse }: PackageRecord,
    units: readonly { sku: string; quantity: number }[],
  ): Promise<void> {
    await this.catalogue.returnToStock(
      tx,
      units.map(({ sku, quantity }) => ({ sku, warehouse, quantity })),
    );
  }
}

/** @throws PackageCancelled, IllegalStep */
function refuseUnlessGone({ id, status, cancelledAt }: PackageRecord): void {
  if (cancelledAt !== null) throw new PackageCancelled(id, cancelledAt);
  if (isBeforeHandOver(status)) throw new IllegalStep('package', status, 'receive', warehouseSteps(status));
}
