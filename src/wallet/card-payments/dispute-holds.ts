import type { EntityManager } from 'typeorm';
import { rows } from '../../database/sql.ts';
import { Money } from '../../kernel/money.ts';
import type { HouseVerbs } from '../ledger/house-verbs.ts';

/** A dispute that is open, its row locked. */
export interface OpenDispute {
  merchantId: string;
  topUpId: string;
  /** The provider's id. */
  dispute: string;
  /** The top-up's. */
  reference: string;
  /** How often money was set aside for it so far. */
  holds: number;
}

/** Of the nth time that money was set aside for the dispute, counted from 0. */
function holdKey(dispute: string, n: number): string {
  return n === 0 ? `dispute:${dispute}` : `dispute:${dispute}:${n}`;
}

/** Every hold of a dispute, oldest first, with what it holds. */
export async function holdsOf(
  tx: EntityManager,
  { merchantId, dispute, holds, currency }: { merchantId: string; dispute: string; holds: number; currency: string },
): Promise<{ key: string; amount: Money }[]> {
  const keys = Array.from({ length: holds }, (_, n) => holdKey(dispute, n));
  const found = await rows<{ key: string; minor: string }>(
    tx,
    `SELECT j.key, h.amount_minor - h.captured_minor - h.released_minor AS minor
     FROM ledger_journal j JOIN ledger_hold h ON h.merchant_id = j.merchant_id AND h.number = j.number
     WHERE j.merchant_id = $1 AND j.key = ANY ($2::text[]) ORDER BY j.number`,
    [merchantId, keys],
  );
  return found.map(({ key, minor }) => ({ key, amount: Money.ofMinor(minor, currency) }));
}

/** Sets aside as much as there is. @param missing of what is disputed, not held yet @returns what was set aside */
export async function holdDisputed(
  tx: EntityManager,
  verbs: HouseVerbs,
  { merchantId, topUpId, dispute, reference, holds }: OpenDispute,
  { missing, at }: { missing: Money; at: Date },
): Promise<Money> {
  const held = await verbs.setAside(tx, {
    ...{ merchantId, key: holdKey(dispute, holds), cause: { type: 'top_up', id: topUpId }, at },
    ...{ amount: missing, contra: 'psp_clearing', text: `Top-up ${reference} is disputed` },
  });
  if (held.isPositive())
    await rows(
      tx,
      `UPDATE top_up_dispute SET held_minor = held_minor + $3, holds = holds + 1 WHERE merchant_id = $1 AND id = $2`,
      [merchantId, dispute, held.minor],
    );
  return held;
}
