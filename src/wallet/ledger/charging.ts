import type { EntityManager } from 'typeorm';
import { rows } from '../../database/sql.ts';
import { newId } from '../../kernel/ids.ts';
import { CONTRA } from './chart.ts';
import type { Charge } from './movements.ts';
import { linesJson, outcomeOf, type Outcome, type OutcomeRow } from './verbs.ts';

/** A charge and its place among those that were given. */
interface Placed {
  charge: Charge;
  place: number;
}

const byMerchant = (a: Placed, b: Placed): number =>
  a.charge.merchantId === b.charge.merchantId ? a.place - b.place : a.charge.merchantId < b.charge.merchantId ? -1 : 1;

/**
 * Charges of one merchant or of several, one round trip for each currency and contra account that they name; within one,
 * a merchant's are charged in the order in which they are given.
 * @param charges none of zero
 * @returns the outcomes, in the order of the charges
 * @throws LedgerKeyReused
 */
export async function postCharges(tx: EntityManager, charges: readonly Charge[]): Promise<Outcome[]> {
  const parts = new Map<string, Placed[]>();
  for (const [place, charge] of charges.entries()) {
    const key = `${charge.amount.currency} ${charge.contra}`;
    const part = parts.get(key) ?? [];
    part.push({ charge, place });
    parts.set(key, part);
  }
  const [first] = charges;
  if (first !== undefined && parts.size > 1) await lockBooks(tx, charges, first.at);
  const outcomes: Outcome[] = [];
  for (const part of parts.values()) {
    part.sort(byMerchant);
    const posted = await postPart(tx, part);
    part.forEach(({ place }, i) => (outcomes[place] = posted[i] as Outcome));
  }
  return outcomes;
}

/** All books of the charges in one order, which is not that of their currencies. */
async function lockBooks(tx: EntityManager, charges: readonly Charge[], at: Date): Promise<void> {
  await rows(tx, 'SELECT wallet_lock_books($1, $2)', [charges.map(({ merchantId }) => merchantId), at]);
}

/** @param part one currency and contra account, in the order of the merchants */
async function postPart(tx: EntityManager, part: readonly Placed[]): Promise<Outcome[]> {
  const contra = CONTRA[part[0]?.charge.contra ?? 'orders_in_progress'];
  const given = part.map(({ charge }) => toRow(charge));
  const found = await rows<OutcomeRow>(tx, 'SELECT * FROM wallet_charges($1::jsonb, $2)', [
    JSON.stringify(given),
    contra,
  ]);
  if (found.length !== part.length) throw new Error(`The ledger answered ${found.length} of ${part.length} charges.`);
  return found.map((row, i) => outcomeOf(row, part[i]?.charge.key ?? ''));
}

function toRow({ merchantId, amount, type, key, cause, explanation, at, blocks }: Charge): object {
  return {
    ...{ merchant_id: merchantId, id: newId(), type, key, cause_type: cause.type, cause_id: cause.id },
    ...{ currency: amount.currency, lines: linesJson(explanation, amount, -1n), at, amount: amount.minor.toString() },
    blocks: blocks ?? null,
  };
}
