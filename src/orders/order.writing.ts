import type { EntityManager } from 'typeorm';
import { one, rows, type Statement } from '../database/sql.ts';
import { gather, onViolation, writeNow } from '../database/transaction.ts';
import type { Money } from '../kernel/money.ts';
import type { OrderRecord } from './order.store.ts';
import { ReferenceTaken } from './orders.errors.ts';

const GATHERED = 'orders';

const insertion = (orders: readonly OrderRecord[]): Statement => ({
  text: 'SELECT order_place($1::jsonb, $2::jsonb, true)',
  values: [JSON.stringify(orders.map(toRow)), JSON.stringify(orders.flatMap(toLines))],
});

/**
 * Writes an order with its lines and its address, with COMMIT.
 * @throws ReferenceTaken with COMMIT: the merchant's reference was taken just now
 */
export function gatherOrder(tx: EntityManager, order: OrderRecord): void {
  gather(tx, GATHERED, order, insertion);
  onViolation(tx, 'order_reference_once', () => new ReferenceTaken(order.reference));
}

/** Stores now what was gathered: whatever comes after it in the transaction sees it. @throws ReferenceTaken */
export function storeOrders(tx: EntityManager): Promise<void> {
  return writeNow(tx, GATHERED);
}

/**
 * Writes an order with its lines and its address in one statement.
 * @returns false where the merchant's reference is taken: then nothing is written
 */
export async function insertOrder(tx: EntityManager, order: OrderRecord): Promise<boolean> {
  const given = [[toRow(order)], toLines(order)].map((part) => JSON.stringify(part));
  const made = await one<{ placed: number }>(tx, 'SELECT order_place($1::jsonb, $2::jsonb, false) AS placed', given);
  return made?.placed === 1;
}

export interface Reference {
  merchantId: string;
  reference: string;
}

/** Those of the references that are taken. */
export function takenReferences(tx: EntityManager, asked: readonly Reference[]): Promise<Reference[]> {
  return rows<Reference>(
    tx,
    // the limit keeps it a look by key each: joined by hash it would read every reference there is
    `SELECT o.merchant_id AS "merchantId", o.reference FROM unnest($1::uuid[], $2::text[]) AS a (merchant_id, reference)
     CROSS JOIN LATERAL (SELECT merchant_id, reference FROM orders WHERE merchant_id = a.merchant_id AND reference = a.reference LIMIT 1) o`,
    [asked.map(({ merchantId }) => merchantId), asked.map(({ reference }) => reference)],
  );
}

const minor = (money: Money): string => money.minor.toString();

function toRow(order: OrderRecord): object {
  const { merchantId, id, reference, status, currency, service, chosenService, policy, replaces, shipTo } = order;
  const { goodsPaid, shippingPaid, shippingCost, discount, total, discountCode, createdAt, paidAt, payBy } = order;
  return {
    ...{ merchant_id: merchantId, id, reference, status, currency, service, chosen_service: chosenService },
    ...{ goods_paid: minor(goodsPaid), shipping_paid: minor(shippingPaid), shipping_cost: minor(shippingCost) },
    ...{ discount: minor(discount), total: minor(total), policy_id: policy.id, policy_version: policy.version },
    ...{
      discount_code: discountCode,
      created_at: createdAt,
      paid_at: paidAt,
      pay_by: payBy,
      replaces,
      ship_to: shipTo,
    },
  };
}

function toLines({ merchantId, id, lines }: OrderRecord): object[] {
  return lines.map(({ line, sku, title, quantity, listPrice, unitPrice, paid, discounts }) => ({
    ...{ merchant_id: merchantId, order_id: id, line, sku, title, quantity, list_price: minor(listPrice) },
    ...{ unit_price: minor(unitPrice), paid: minor(paid), discounts },
  }));
}
