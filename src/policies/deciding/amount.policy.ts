import { Money } from '../../kernel/money.ts';
import type { Case, Ruling } from './case.policy.ts';
import type { Deduction, Remedy } from './facts.policy.ts';
import type { UnitRange } from './shares.policy.ts';
import type { ReturnSettlement } from './terms.policy.ts';

/** Part of the units in scope, with the severity that was named for it. */
interface Entry {
  units: UnitRange[];
  severity: string | null;
}

/** What may still be credited: what was paid for the package (or the order), less what was credited before. */
export function left(it: Case): Money {
  const { goods, shipping } = it.paid.of(it.scope);
  return goods.plus(shipping).minus(moneyOf(it, it.facts.already_refunded)).atLeastZero();
}

export function moneyOf({ facts }: Case, amount: string): Money {
  return Money.parse(amount, facts.order.currency);
}

/**
 * The affected units: the earliest of the package, several entries for one line successive ones; every unit where none
 * is named. A line that is not in scope counts as no units.
 */
function affectedEntries({ facts, scope }: Case): Entry[] {
  if (facts.affected.length === 0) return [{ units: scope, severity: null }];
  const taken = new Map<number, number>();
  return facts.affected.map(({ line, quantity, severity }) => {
    const before = taken.get(line) ?? 0;
    taken.set(line, before + quantity);
    return {
      units: cut(
        scope.filter((r) => r.line === line),
        before,
        before + quantity,
      ),
      severity,
    };
  });
}

/** Of units that lie in several ranges, those from `from` to `to` in their order. */
function cut(ranges: readonly UnitRange[], from: number, to: number): UnitRange[] {
  let seen = 0;
  return ranges.flatMap((range) => {
    const size = range.to - range.from;
    const start = Math.max(from - seen, 0);
    const end = Math.min(to - seen, size);
    seen += size;
    return start < end ? [{ line: range.line, from: range.from + start, to: range.from + end }] : [];
  });
}

/** What was paid for these units, with their shipping where the policy refunds it for the cause. */
function worth(it: Case, units: readonly UnitRange[], withShipping: boolean): Money {
  const { goods, shipping } = it.paid.of(units);
  return withShipping ? goods.plus(shipping) : goods;
}

/** 100% of the package. */
export function refundAll(it: Case, cause: 'cancellation' | 'undelivered', clause: string): Ruling {
  return pay(it, { remedy: 'refund', amount: worth(it, it.scope, it.terms.refund.shipping[cause]) }, clause);
}

/**
 * What a claim is worth: the affected units, by severity where the policy uses it, the whole package, or the charge on
 * the receipt, at most what was paid for the package.
 */
export function payClaim(
  it: Case,
  remedy: Remedy,
  how: 'affected' | 'severity' | 'package' | 'charge',
  clause: string,
): Ruling {
  const withShipping = it.terms.refund.shipping.claim;
  return pay(it, { remedy, amount: claimed() }, clause);

  function claimed(): Money {
    if (how === 'charge') {
      const { goods, shipping } = it.paid.of(it.scope);
      return moneyOf(it, it.facts.request.charge ?? '').atMost(goods.plus(shipping));
    }
    if (how === 'package') return worth(it, it.scope, withShipping);
    const parts = affectedEntries(it).map(({ units, severity }) => {
      const full = worth(it, units, withShipping);
      return how === 'severity' && severity !== null ? full.timesHalfUp(severity) : full;
    });
    return Money.sum(parts, it.facts.order.currency);
  }
}

/** Goods that came back: what was paid for them, less what the policy takes off. */
export function payReturn(it: Case, settle: ReturnSettlement, clause: string): Ruling {
  const units = affectedEntries(it).flatMap((entry) => entry.units);
  const exchange = it.terms.returns.exchange && it.facts.request.preferred_remedy === 'reship';
  if (exchange) return pay(it, { remedy: 'reship', amount: worth(it, units, true) }, 'returns/exchange', clause);
  const deductions = deductionsOf(it, units, settle);
  const taken = Money.sum(
    deductions.map((d) => d.amount),
    it.facts.order.currency,
  );
  const amount = worth(it, units, settle.refund_shipping).minus(taken).atLeastZero();
  const fee = deductions.some((d) => d.kind === 'administration_fee') ? ['returns/administration_fee'] : [];
  const ruling = pay(it, { remedy: 'refund', amount }, clause, ...fee);
  return { ...ruling, deductions: deductions.map(({ kind, amount: off }) => ({ kind, amount: off.amount })) };
}

/** What is taken off, each the returned units' share of it. */
function deductionsOf(it: Case, units: readonly UnitRange[], settle: ReturnSettlement): DeductionAmount[] {
  const { order } = it.facts;
  const fee = it.terms.returns.administration_fee;
  const { goods, shipping } = it.paid.of(units);
  const free = moneyOf(it, order.shipping_paid).isZero();
  const postage = it.paid.shareOf(moneyOf(it, order.shipping_cost), units);
  const all: DeductionAmount[] = [];
  if (fee !== null) {
    const amount = 'percent' in fee ? goods.percentHalfUp(fee.percent) : it.paid.shareOf(Money.fromJson(fee), units);
    all.push({ kind: 'administration_fee', amount });
  }
  if (settle.deduct_return_shipping) all.push({ kind: 'return_shipping', amount: free ? postage : shipping });
  if (settle.deduct_postage_if_free_shipping && free) all.push({ kind: 'outbound_shipping', amount: postage });
  return all.filter((d) => d.amount.isPositive());
}

interface DeductionAmount {
  kind: Deduction['kind'];
  amount: Money;
}

/**
 * Money at most to what is left of what was paid. Goods are sent again only where their worth is left: what was credited
 * or sent again before counts, so that no number of requests gets back more than was paid; else what is left is paid.
 * From the amount on that the policy names, a person looks.
 */
function pay(it: Case, asked: { remedy: Remedy; amount: Money }, clause: string, ...more: string[]): Ruling {
  const limit = left(it);
  const capped = asked.amount.compare(limit) > 0;
  if (asked.remedy === 'reship' && !capped) return { outcome: 'reship', clauses: [clause, ...more] };
  const refund = asked.amount.atMost(limit);
  const bound = it.terms.all_claims.review_above.find((b) => b.currency === refund.currency);
  if (bound !== undefined && refund.compare(Money.fromJson(bound)) >= 0) {
    return { outcome: 'review', clauses: ['amount/review_above', clause, ...more] };
  }
  return {
    outcome: asked.remedy === 'store_credit' ? 'store_credit' : 'refund',
    refund,
    clauses: [clause, ...more, ...(capped ? ['amount/cap'] : []), 'amount/share'],
  };
}
