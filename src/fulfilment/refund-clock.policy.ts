import { DAY_MS, instant, plusDays } from '../kernel/clock.ts';
import { ENDS, type PackageStatus } from './package.machine.ts';

/** What the clock needs to know of a package. */
export interface ClockFacts {
  status: PackageStatus;
  handedOverAt: Date | null;
  /** The order's policy: refund when more than so many days have passed since hand-over; null: it has no such limit. */
  lateAfterDays: number | null;
  disputed: boolean;
  settledAt: Date | null;
}

/** How far a package is on its way to being refunded as late, as api.md shows it. */
export interface RefundClock {
  /** Whole days of 24 hours since hand-over. */
  day: number;
  of: number;
  /** The edge: strictly after it the sweep refunds. */
  refund_at: string;
  basis: string;
  paused_by: 'rto' | 'disputed' | null;
}

const ON_ITS_WAY_BACK: readonly PackageStatus[] = ['rto_initiated', 'rto_in_transit'];

/** Null where no clock runs: not handed over, ended, settled. Source: policies.md, Exact readings. */
export function refundClock(facts: ClockFacts, now: Date): RefundClock | null {
  const { handedOverAt, lateAfterDays, status, settledAt, disputed } = facts;
  if (handedOverAt === null || lateAfterDays === null || settledAt !== null || ENDS.includes(status)) return null;
  return {
    day: Math.max(0, Math.floor((now.getTime() - handedOverAt.getTime()) / DAY_MS)),
    of: lateAfterDays,
    refund_at: instant(plusDays(handedOverAt, lateAfterDays)),
    basis: `${lateAfterDays} calendar days from hand-over`,
    paused_by: disputed ? 'disputed' : ON_ITS_WAY_BACK.includes(status) ? 'rto' : null,
  };
}
