import type { EntityManager } from 'typeorm';
import { one, rows } from '../database/sql.ts';
import type { ShipTo } from '../kernel/address.ts';

/** Where a package shall go when the warehouse has stopped it. Personal data: kept until the answer, no longer. */
export interface AddressRequest {
  merchantId: string;
  packageId: string;
  orderId: string;
  shipTo: ShipTo;
}

export async function keepAddress(tx: EntityManager, request: AddressRequest): Promise<void> {
  await rows(
    tx,
    `INSERT INTO address_request (merchant_id, package_id, order_id, ship_to) VALUES ($1, $2, $3, $4)
     ON CONFLICT (merchant_id, package_id) DO UPDATE SET ship_to = excluded.ship_to`,
    [request.merchantId, request.packageId, request.orderId, JSON.stringify(request.shipTo)],
  );
}

/** The order's buyer was erased. */
export async function dropAddresses(tx: EntityManager, merchantId: string, orderId: string): Promise<void> {
  await rows(tx, `DELETE FROM address_request WHERE merchant_id = $1 AND order_id = $2`, [merchantId, orderId]);
}

/** Takes the address that waits for the package, if one does. */
export async function takeAddress(tx: EntityManager, merchantId: string, packageId: string): Promise<ShipTo | null> {
  const row = await one<{ ship_to: ShipTo }>(
    tx,
    `DELETE FROM address_request WHERE merchant_id = $1 AND package_id = $2 RETURNING ship_to`,
    [merchantId, packageId],
  );
  return row?.ship_to ?? null;
}
