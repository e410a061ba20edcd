import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { rows, type Db } from '../database/sql.ts';
import { toPostal } from './documents/address.ts';
import { warehouseStep } from './package.machine.ts';
import type { OrderKey, PackageRecord } from './package.records.ts';
import { PackageStore } from './package.store.ts';
import { trackingKey } from './warehouse/bench.ts';
import { refuseUnlessHere } from './warehouse/interceptions.ts';
import type { ShipTo } from '../kernel/address.ts';

const CHANGE = `
  UPDATE package_address SET name = $3, company = $4, line1 = $5, line2 = $6, city = $7, region = $8, postal_code = $9,
    country = $10, phone = $11, email = $12
  WHERE merchant_id = $1 AND package_id = ANY ($2::uuid[])`;

/** A buyer, as far as an address tells: one of the two. */
export interface Buyer {
  email?: string | undefined;
  address?: { line1: string; postal_code?: string; country: string } | undefined;
}

/** A buyer as an address names one. */
export interface KnownBuyer {
  name: string;
  email: string | null;
  phone: string | null;
  line1: string;
  postalCode: string | null;
}

/** Where packages go: the module's only personal data, and what was printed or bought for it. */
@Injectable()
export class Addresses {
  constructor(private readonly store: PackageStore) {}

  /** @throws PackageHandedOver, PackageCancelled */
  async change(
    tx: EntityManager,
    {
      merchantId,
      packageIds,
      shipTo,
      at,
    }: { merchantId: string; packageIds: readonly string[]; shipTo: ShipTo; at: Date },
  ): Promise<void> {
    for (const found of await this.store.lock(tx, merchantId, packageIds)) {
      refuseUnlessHere(found);
      await this.voidLabel(tx, found);
    }
    const { name, company, line1, line2, city, region, postalCode, country, phone, email } = toPostal(shipTo);
    const address = [name, company, line1, line2, city, region, postalCode, country, phone, email];
    await rows(tx, CHANGE, [merchantId, packageIds, ...address]);
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

  /** In upper or lower case; spaces in a postal code do not count. */
  ordersSentTo(db: Db, merchantId: string | null, { email, address }: Buyer): Promise<OrderKey[]> {
    return rows<OrderKey>(
      db,
      `SELECT DISTINCT p.merchant_id AS "merchantId", p.order_id AS "orderId" FROM package_address a
         JOIN package p ON p.merchant_id = a.merchant_id AND p.id = a.package_id
       WHERE ($1::uuid IS NULL OR a.merchant_id = $1) AND a.erased_at IS NULL
         AND (lower(a.email) = lower($2) OR (lower(a.line1) = lower($3) AND a.country = $5
           AND ($4::text IS NULL OR lower(replace(a.postal_code, ' ', '')) = lower(replace($4, ' ', '')))))
       ORDER BY p.merchant_id, p.order_id`,
      [merchantId, email ?? null, address?.line1 ?? null, address?.postal_code ?? null, address?.country ?? null],
    );
  }

  /** To whom an order's packages go, as far as they are not erased. */
  buyersOf(db: Db, merchantId: string, orderId: string): Promise<KnownBuyer[]> {
    return rows<KnownBuyer>(
      db,
      `SELECT DISTINCT a.name, a.email, a.phone, a.line1, a.postal_code AS "postalCode" FROM package_address a
         JOIN package p ON p.merchant_id = a.merchant_id AND p.id = a.package_id
       WHERE p.merchant_id = $1 AND p.order_id = $2 AND a.erased_at IS NULL`,
      [merchantId, orderId],
    );
  }

  /** The country stays for the statistics; what was written of a receipt goes, as do links to labels. */
  async erase(tx: EntityManager, merchantId: string, orderId: string, at: Date): Promise<void> {
    await rows(
      tx,
      `UPDATE package_address a SET name = '', company = NULL, line1 = '', line2 = NULL, city = '', region = NULL,
         postal_code = NULL, phone = NULL, email = NULL, erased_at = $3
       FROM package p WHERE p.merchant_id = $1 AND p.order_id = $2 AND a.merchant_id = $1 AND a.package_id = p.id
         AND a.erased_at IS NULL`,
      [merchantId, orderId, at],
    );
    await rows(
      tx,
      `UPDATE package_receipt r SET note = NULL FROM package p
       WHERE p.merchant_id = $1 AND p.order_id = $2 AND r.merchant_id = $1 AND r.package_id = p.id AND r.note IS NOT NULL`,
      [merchantId, orderId],
    );
    await rows(
      tx,
      `UPDATE label_purchase l SET label_url = NULL FROM package p
       WHERE p.merchant_id = $1 AND p.order_id = $2 AND l.merchant_id = $1 AND l.package_id = p.id AND l.label_url IS NOT NULL`,
      [merchantId, orderId],
    );
  }

  /** A label that was put on is void: its number leads nowhere any more, and the package waits for another. */
  async voidLabel(tx: EntityManager, { merchantId, id, status, trackingNumber }: PackageRecord): Promise<void> {
    if (status !== 'labelled' || trackingNumber === null) return;
    const next = warehouseStep(status, 'relabel');
    await rows(
      tx,
      `UPDATE package SET status = $3, tracking_number = NULL, labelled_at = NULL WHERE merchant_id = $1 AND id = $2`,
      [merchantId, id, next],
    );
    await rows(tx, `DELETE FROM tracking_route WHERE number_key = $1 AND merchant_id = $2 AND package_id = $3`, [
      trackingKey(trackingNumber),
      merchantId,
      id,
    ]);
  }
}
