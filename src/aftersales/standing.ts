import { paidFor, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import type { DecisionRecord } from './decision.store.ts';

/**
 * The stored decision that still holds: a cancellation, the credit of a package that has ended, the request to stop one that waits for
 * its answer, a review that nobody has ended. Null: what tracking says now holds.
 */
export function standingOf(parcel: PackageRecord, made: readonly DecisionRecord[]): DecisionRecord | null {
  const { interception, status, refunded, disputed } = parcel;
  if (interception !== null && interception.answer === null) {
    return made.find(({ id }) => id === interception.causeId) ?? null;
  }
  const cancelled = status === 'cancelled' ? made.find(({ kind }) => kind === 'cancellation') : undefined;
  if (cancelled !== undefined) return cancelled; // one that was not paid yet gave nothing back
  const credit = made.find(({ cause, credited }) => credited.isPositive() && !cause.includes(':'));
  if (credit !== undefined && refunded.compare(credit.credited) >= 0) return credit;
  const isPaidBack = refunded.isPositive() && refunded.compare(paidFor(parcel)) >= 0;
  if (isPaidBack) return made.find(({ credited }) => credited.isPositive()) ?? null;
  const last = made.find(({ kind }) => kind === 'tracking' || kind === 'receipt');
  const holds = last?.decision.outcome === 'review' && (last.kind === 'receipt' || disputed);
  const isPersons = last !== undefined && last.follows !== null;
  return holds || isPersons ? last : null;
}
