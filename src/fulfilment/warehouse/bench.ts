import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { Config } from '../../config.ts';
import { one, rows } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import { instant, plusDays } from '../../kernel/clock.ts';
import { invalidField } from '../../kernel/errors.ts';
import {
  GoodsNotHere,
  LabelProviderMissing,
  OrderNotPaid,
  PackageCancelled,
  QualityCheckFailed,
  QualityCheckMissing,
  ScanMismatch,
  TrackingNumberTaken,
} from '../fulfilment.errors.ts';
import { warehouseStep, type WarehouseSignal } from '../package.machine.ts';
import type { PackageRecord } from '../package.records.ts';
import { PackageStore } from '../package.store.ts';
import { openChecks, type QualityCheck } from './quality.policy.ts';
import { compareScans, sumBySku, type Units } from './scans.policy.ts';

/** When, and by whom. */
export interface Scan {
  at: Date;
  byUser: string;
}

export interface Labelling {
  courier: string;
  service: string;
  /** Null: none was given or bought; the sandbox makes one up. */
  trackingNumber: string | null;
  /** The purchase that the number comes from. */
  purchaseId: string | null;
}

/** No courier uses a number again before. */
const REUSED_AFTER_DAYS = 60;

/** Picking, packing and labelling, each one scan at the warehouse's bench. */
@Injectable()
export class Bench {
  constructor(
    private readonly store: PackageStore,
    private readonly catalogue: CatalogueService,
    private readonly outbox: Outbox,
    private readonly config: Config,
  ) {}

  /**
   * @throws OrderNotPaid, PackageCancelled, IllegalStep
   * @throws GoodsNotHere units that were back-ordered have not come in
   */
  async pick(tx: EntityManager, id: string, scan: Scan): Promise<PackageRecord> {
    const found = await this.take(tx, id, 'pick');
    await this.refuseOwed(tx, found);
    await rows(tx, `UPDATE package SET status = 'picking' WHERE merchant_id = $1 AND id = $2`, [found.merchantId, id]);
    this.outbox.tell(tx, 'package.picked', { ...told(found), at: instant(scan.at) });
    return this.done(tx, found, 'picking', scan, {});
  }

  /**
   * @param weightG as weighed, more than zero
   * @throws ScanMismatch what was scanned is not what belongs into the package
   * @throws QualityCheckMissing, QualityCheckFailed goods that are to be looked at were not, or did not pass
   */
  async pack(
    tx: EntityManager,
    id: string,
    packed: Scan & { scans: readonly Units[]; weightG: number; checks: readonly QualityCheck[] },
  ): Promise<PackageRecord> {
    const found = await this.take(tx, id, 'pack');
    const differences = compareScans(found.items, packed.scans);
    if (differences.length > 0) throw new ScanMismatch(sumBySku(found.items), sumBySku(packed.scans), differences);
    await this.refuseUnchecked(found, packed.checks);
    await rows(tx, `UPDATE package SET status = 'packed', weight_g = $3 WHERE merchant_id = $1 AND id = $2`, [
      found.merchantId,
      id,
      packed.weightG,
    ]);
    this.outbox.tell(tx, 'package.packed', { ...told(found), at: instant(packed.at) });
    const detail = {
      weight_g: packed.weightG,
      ...(packed.checks.length === 0 ? {} : { quality_checks: packed.checks }),
    };
    return this.done(tx, found, 'packed', packed, detail);
  }

  /**
   * @throws LabelProviderMissing no number, and no sandbox to make one up
   * @throws TrackingNumberTaken another package has the number
   */
  async label(tx: EntityManager, id: string, label: Labelling & Scan): Promise<PackageRecord> {
    await this.checkService(label.courier, label.service);
    const found = await this.take(tx, id, 'label');
    const trackingNumber = label.trackingNumber ?? this.madeUp(label.courier);
    await this.route(tx, found, { courier: label.courier, number: trackingNumber, at: label.at });
    await rows(
      tx,
      `UPDATE package SET status = 'labelled', courier = $3, service = $4, tracking_number = $5, labelled_at = $6
       WHERE merchant_id = $1 AND id = $2`,
      [found.merchantId, id, label.courier, label.service, trackingNumber, label.at],
    );
    if (label.purchaseId !== null) {
      await rows(tx, `UPDATE label_purchase SET state = 'used' WHERE merchant_id = $1 AND id = $2`, [
        found.merchantId,
        label.purchaseId,
      ]);
    }
    const { courier } = label;
    this.outbox.tell(tx, 'package.labelled', { ...told(found), courier, trackingNumber, at: instant(label.at) });
    return this.done(tx, found, 'labelled', label, {
      courier,
      service: label.service,
      tracking_number: trackingNumber,
    });
  }

  /** @throws InvalidFields the courier or its service is not one of the catalogue's */
  async checkService(courier: string, service: string): Promise<void> {
    const { couriers } = await this.catalogue.snapshot();
    const found = couriers.find(({ code }) => code === courier);
    if (found === undefined)
      throw invalidField('/courier', 'unknown_courier', `There is no courier with the code ${courier}.`);
    if (found.services.some(({ code }) => code === service)) return;
    const known = found.services.map(({ code }) => code).join(', ');
    throw invalidField('/service', 'unknown_service', `${courier} has no service ${service}; it has: ${known}.`);
  }

  private async refuseUnchecked({ items }: PackageRecord, checks: readonly QualityCheck[]): Promise<void> {
    const { variants } = await this.catalogue.snapshot();
    const asked = sumBySku(items).filter(({ sku }) => variants.get(sku)?.qualityCheck === true);
    const { missing, failed } = openChecks(
      asked.map(({ sku }) => sku),
      checks,
    );
    if (missing.length > 0) throw new QualityCheckMissing(missing);
    if (failed.length > 0) throw new QualityCheckFailed(failed);
  }

  private async refuseOwed(tx: EntityManager, { merchantId, orderId, warehouse, items }: PackageRecord): Promise<void> {
    const waited = items.filter(({ backorder }) => backorder).map(({ sku }) => sku);
    if (waited.length === 0) return;
    const owed = await this.catalogue.owedTo(tx, merchantId, orderId);
    const here = owed.filter((units) => units.warehouse === warehouse && waited.includes(units.sku));
    if (here.length > 0) throw new GoodsNotHere(here.map(({ sku, quantity }) => ({ sku, quantity })));
  }

  private async take(tx: EntityManager, id: string, signal: WarehouseSignal): Promise<PackageRecord> {
    const found = await this.store.lockOne(tx, null, id);
    if (found.cancelledAt !== null) throw new PackageCancelled(found.id, found.cancelledAt);
    if (found.paidAt === null) throw new OrderNotPaid();
    warehouseStep(found.status, signal);
    return found;
  }

  private async done(
    tx: EntityManager,
    { merchantId, id }: PackageRecord,
    step: string,
    scan: Scan,
    detail: object,
  ): Promise<PackageRecord> {
    await this.store.note(tx, [{ merchantId, packageId: id, step, at: scan.at, byUser: scan.byUser, detail }]);
    return this.store.get(tx, merchantId, id);
  }

  /**
   * A number leads to one package, whoever's it is; the table is the house's. Couriers use numbers again after months:
   * one whose parcel has ended long ago is taken over.
   */
  private async route(
    tx: EntityManager,
    found: PackageRecord,
    { courier, number, at }: { courier: string; number: string; at: Date },
  ): Promise<void> {
    const mine = await one(
      tx,
      `INSERT INTO tracking_route AS r (courier, number_key, merchant_id, package_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT (courier, number_key) DO UPDATE SET merchant_id = excluded.merchant_id, package_id = excluded.package_id,
         reused_at = CASE WHEN r.package_id = excluded.package_id THEN r.reused_at ELSE $5 END
       WHERE r.package_id = excluded.package_id OR EXISTS (SELECT 1 FROM package o
         WHERE o.merchant_id = r.merchant_id AND o.id = r.package_id AND o.labelled_at < $6
           AND o.status IN ('delivered', 'rto_delivered', 'delivery_failed', 'lost', 'cancelled'))
       RETURNING 1`,
      [courier, trackingKey(number), found.merchantId, found.id, at, plusDays(at, -REUSED_AFTER_DAYS)],
    );
    if (mine === null) throw new TrackingNumberTaken(courier, number);
  }

  private madeUp(courier: string): string {
    if (!this.config.sandbox) throw new LabelProviderMissing(courier);
    const digits = Array.from({ length: 2 }, () => String(randomInt(10 ** 8)).padStart(8, '0')).join('');
    return `WB${digits}`;
  }
}

/** How numbers are compared: couriers and people write them with spaces and in either case. */
export function trackingKey(trackingNumber: string): string {
  return trackingNumber.replace(/\s+/g, '').toUpperCase();
}

function told({ merchantId, orderId, id }: PackageRecord): { merchantId: string; orderId: string; packageId: string } {
  return { merchantId, orderId, packageId: id };
}
