import type { EntityManager } from 'typeorm';
import { rows } from '../database/sql.ts';

/** Bodies of events name no buyer; what receivers answered to an order's events may, and goes. */
export async function forgetAnswers(tx: EntityManager, merchantId: string, orderId: string): Promise<void> {
  await rows(
    tx,
    `UPDATE webhook_attempt a SET response_body = NULL FROM event v
       JOIN webhook_endpoint e ON e.merchant_id = v.merchant_id
       JOIN webhook_delivery d ON d.merchant_id = v.merchant_id AND d.endpoint_id = e.id AND d.event_id = v.id
     WHERE v.merchant_id = $1 AND v.aggregate = $2 AND a.merchant_id = $1 AND a.delivery_id = d.id AND a.response_body IS NOT NULL`,
    [merchantId, orderId],
  );
}
