import type { EntityManager } from 'typeorm';
import { rows } from '../database/sql.ts';

/** A claim or a return that is open about a package. */
export interface OpenCase {
  merchantId: string;
  packageId: string;
  orderId: string;
  /** `claim:<id>` or `return:<id>`, as its payout blocker is called. */
  cause: string;
  at: Date;
}

/** From now on the package is not settled (product.md, Settlement); opened twice is opened once. */
export async function openCase(tx: EntityManager, opened: OpenCase): Promise<void> {
  await rows(
    tx,
    `INSERT INTO open_case (merchant_id, package_id, cause, order_id, opened_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [opened.merchantId, opened.packageId, opened.cause, opened.orderId, opened.at],
  );
}

/** The caller asks Settling.afterCase whether the package waited for this alone. */
export async function endCase(
  tx: EntityManager,
  { merchantId, packageId, cause }: Pick<OpenCase, 'merchantId' | 'packageId' | 'cause'>,
): Promise<void> {
  await rows(tx, `DELETE FROM open_case WHERE merchant_id = $1 AND package_id = $2 AND cause = $3`, [
    merchantId,
    packageId,
    cause,
  ]);
}

export async function casesOpen(tx: EntityManager, merchantId: string, packageId: string): Promise<boolean> {
  const open = await rows(tx, `SELECT 1 FROM open_case WHERE merchant_id = $1 AND package_id = $2 LIMIT 1`, [
    merchantId,
    packageId,
  ]);
  return open.length > 0;
}
