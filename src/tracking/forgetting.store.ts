import type { EntityManager } from 'typeorm';
import { rows } from '../database/sql.ts';

/**
 * What couriers wrote of packages goes: the sentences of their events, and the messages as they came. Statuses, codes,
 * places and times stay, and with them the fold.
 */
export async function forgetWords(tx: EntityManager, merchantId: string, packageIds: readonly string[]): Promise<void> {
  await rows(
    tx,
    `UPDATE tracking_message SET body = '', headers = '{}' WHERE length(body) > 0 AND id IN (
       SELECT message_id FROM tracking_event WHERE merchant_id = $1 AND package_id = ANY ($2::uuid[]))`,
    [merchantId, packageIds],
  );
  await rows(
    tx,
    `UPDATE tracking_event SET description = NULL
     WHERE merchant_id = $1 AND package_id = ANY ($2::uuid[]) AND description IS NOT NULL`,
    [merchantId, packageIds],
  );
}
