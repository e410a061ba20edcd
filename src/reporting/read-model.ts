import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { send } from '../database/sql.ts';
import type { EventCatalog } from '../events/catalog.ts';
import { Money } from '../kernel/money.ts';

export type Outcome = 'under_way' | 'delivered' | 'rto' | 'failed' | 'lost';

/** One package's row among the reports. */
interface Key {
  merchantId: string;
  packageId: string;
}

/** Reporting's own tables: told by events, so a report never asks another module. */
@Injectable()
export class ReadModel {
  departed(tx: EntityManager, told: EventCatalog['package.handed_over']): void {
    const { merchantId, packageId, courier, country, at, items } = told;
    send(
      tx,
      `INSERT INTO report_package (merchant_id, package_id, courier, country, handed_over_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING`,
      [merchantId, packageId, courier, country, at],
    );
    send(
      tx,
      `INSERT INTO report_package_item (merchant_id, package_id, sku) SELECT DISTINCT $1::uuid, $2::uuid, sku FROM unnest($3::text[]) AS sku
       ON CONFLICT DO NOTHING`,
      [merchantId, packageId, items.map(({ sku }) => sku)],
    );
  }

  /** The courier has seen it. A scan that is told later may be the earlier one. */
  scanned(tx: EntityManager, { merchantId, packageId }: Key, at: string): void {
    send(
      tx,
      `UPDATE report_package SET first_scan_at = least(first_scan_at, $3::timestamptz) WHERE merchant_id = $1 AND package_id = $2`,
      [merchantId, packageId, at],
    );
  }

  attemptFailed(tx: EntityManager, { merchantId, packageId }: Key): void {
    send(
      tx,
      `UPDATE report_package SET failed_attempts = failed_attempts + 1 WHERE merchant_id = $1 AND package_id = $2`,
      [merchantId, packageId],
    );
  }

  late(tx: EntityManager, { merchantId, packageId }: Key): void {
    send(tx, `UPDATE report_package SET late = true WHERE merchant_id = $1 AND package_id = $2`, [
      merchantId,
      packageId,
    ]);
  }

  /** The newest word counts: what came back and is delivered after all was delivered. */
  ended(tx: EntityManager, { merchantId, packageId }: Key, outcome: Outcome, at: string): void {
    send(tx, `UPDATE report_package SET outcome = $3, ended_at = $4 WHERE merchant_id = $1 AND package_id = $2`, [
      merchantId,
      packageId,
      outcome,
      at,
    ]);
  }

  credited(tx: EntityManager, told: EventCatalog['claim.decided']): void {
    const amount = Money.fromJson(told.credited);
    if (!amount.isPositive()) return;
    send(
      tx,
      `INSERT INTO report_refund (merchant_id, decision_id, package_id, cause, currency, amount_minor, credited_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [told.merchantId, told.decisionId, told.packageId, told.cause, amount.currency, amount.minor.toString(), told.at],
    );
  }
}
