import type { EntityManager } from 'typeorm';
import { rows } from '../../database/sql.ts';
import type { Money } from '../../kernel/money.ts';
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

/** Every hold of a dispute, oldest first. */
export function holdKeys(dispute: string, holds: number): string[] {
  return Array.from({ length: holds }, (_, n) => holdKey(dispute, n));
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
