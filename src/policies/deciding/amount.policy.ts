import { Money } from '../../kernel/money.ts';
import type { Case, Ruling } from './case.policy.ts';
import type { Deduction, Remedy } from './facts.policy.ts';
import type { Share, UnitRange } from './shares.policy.ts';
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
 * is named. A line that is not in scope counts as no units, and so do units that earlier cases have settled.
 */
function affectedEntries({ facts, scope }: Case): { entries: Entry[]; isCut: boolean } {
  if (facts.affected.length === 0 && (facts.settled ?? []).length === 0) {
    return { entries: [{ units: scope, severity: null }], isCut: false };
  }
  const held = unitsByLine(scope.map(({ line, from, to }) => ({ line, quantity: to - from })));
  const settled = unitsByLine(facts.settled ?? []);
  const named =
    facts.affected.length > 0
      ? facts.affected
      : [...held].map(([line, quantity]) => ({ line, quantity, severity: null }));
  const taken = new Map<number, number>();
  let isCut = false;
  const entries = named.map(({ line, quantity, severity }) => {
    const before = taken.get(line) ?? 0;
    const free = Math.max((held.get(line) ?? 0) - (settled.get(line) ?? 0) - before, 0);
    const units = Math.min(quantity, free);
    if (held.has(line) && units < quantity) isCut = true;
    taken.set(line, before + units);
    return {
      units: cut(
        scope.filter((r) => r.line === line),
        before,
        before + units,
      ),
      severity,
    };
  });
  return { entries, isCut };
}

function unitsByLine(items: readonly { line: number; quantity: number }[]): Map<number, number> {
  const units = new Map<number, number>();
  for (const { line, quantity } of items) units.set(line, (units.get(line) ?? 0) + quantity);
  return units;
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
function worth(it: Case, units: readonly UnitRange[], withShipping: boolean): Share {
  const { goods, shipping } = it.paid.of(units);
  return { goods, shipping: withShipping ? shipping : Money.zero(shipping.currency) };
}

/** 100% of the package. */
export function refundAll(it: Case, cause: 'cancellation' | 'undelivered', clause: string): Ruling {
  return pay(it, { remedy: 'refund', worth: worth(it, it.scope, it.terms.refund.shipping[cause]), clauses: [clause] });
}

/**
 * What a claim is worth: the affected units, by severity where the policy uses it, the whole package, or the charge on
 * the receipt, at most what was paid for the package. Units that were settled before are worth nothing any more, and
 * where all of them were, that decides.
 */
export function payClaim(
  it: Case,
  remedy: Remedy,
  how: 'affected' | 'severity' | 'package' | 'charge',
  clauses: [string, ...string[]],
): Ruling {
  const withShipping = it.terms.refund.shipping.claim;
  const none = Money.zero(it.facts.order.currency);
  if (how === 'charge') {
    const { goods, shipping } = it.paid.of(it.scope);
    const charge = moneyOf(it, it.facts.request.charge ?? '').atMost(goods.plus(shipping));
    return pay(it, { remedy, worth: { goods: charge, shipping: none }, clauses });
  }
  if (how === 'package') return pay(it, { remedy, worth: worth(it, it.scope, withShipping), clauses });
  const { entries, isCut } = affectedEntries(it);
  const parts = entries.map(({ units, severity }) => {
    const full = worth(it, units, withShipping);
    return how === 'severity' && severity !== null ? bySeverity(full, severity) : full;
  });
  const whole = parts.reduce(plus, { goods: none, shipping: none });
  if (!isCut) return pay(it, { remedy, worth: whole, clauses });
  const isGone = entries.every(({ units }) => units.length === 0);
  return isGone
    ? pay(it, { remedy: 'refund', worth: whole, clauses: ['amount/units_settled', ...clauses] })
    : pay(it, { remedy, worth: whole, clauses: [...clauses, 'amount/units_settled'] });
}

/** Goods and shipping together are rounded once, half up; the shipping is what the goods leave of it. */
function bySeverity({ goods, shipping }: Share, severity: string): Share {
  const together = goods.plus(shipping).timesHalfUp(severity);
  const ofGoods = goods.timesHalfUp(severity).atMost(together);
  return { goods: ofGoods, shipping: together.minus(ofGoods) };
}

function plus(a: Share, b: Share): Share {
  return { goods: a.goods.plus(b.goods), shipping: a.shipping.plus(b.shipping) };
}

/** Goods that came back: what was paid for them, less what the policy takes off. */
export function payReturn(it: Case, settle: ReturnSettlement, clause: string): Ruling {
  const units = affectedEntries(it).entries.flatMap((entry) => entry.units);
  const exchange = it.terms.returns.exchange && it.facts.request.preferred_remedy === 'reship';
  const hasGoods = it.facts.can_send_again !== false;
  const full = worth(it, units, true);
  if (exchange && hasGoods && !isSpent(it, full.goods.plus(full.shipping))) {
    return pay(it, { remedy: 'reship', worth: full, clauses: ['returns/exchange'] });
  }
  const deductions = deductionsOf(it, units, settle);
  const fee = deductions.some((d) => d.kind === 'administration_fee') ? ['returns/administration_fee'] : [];
  const ruling = pay(it, {
    ...{ remedy: 'refund', worth: worth(it, units, settle.refund_shipping), deductions },
    clauses: exchange && !hasGoods ? ['amount/cannot_send_again', clause, ...fee] : [clause, ...fee],
  });
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
  if (fee !== null && 'percent' in fee) {
    all.push({ kind: 'administration_fee', amount: goods.percentHalfUp(fee.percent) });
  } else if (fee?.currency === order.currency) {
    // one in another currency says nothing about this order
    all.push({ kind: 'administration_fee', amount: it.paid.shareOf(Money.fromJson(fee), units) });
  }
  if (settle.deduct_return_shipping) all.push({ kind: 'return_shipping', amount: free ? postage : shipping });
  if (settle.deduct_postage_if_free_shipping && free) all.push({ kind: 'outbound_shipping', amount: postage });
  return all.filter((d) => d.amount.isPositive());
}

interface DeductionAmount {
  kind: Deduction['kind'];
  amount: Money;
}

interface Payment {
  remedy: Remedy;
  /** Before deductions and the cap. */
  worth: Share;
  deductions?: readonly DeductionAmount[];
  clauses: [string, ...string[]];
}

/** Everything that was paid has been given back, and this would be more. */
function isSpent(it: Case, amount: Money): boolean {
  return left(it).isZero() && amount.isPositive();
}

/**
 * Money at most to what is left of what was paid. Goods are sent again as long as anything is left: the remedy comes
 * before the amount, and a reship counts as its worth, at most what was left. From the amount on that the policy names,
 * a person looks.
 */
function pay(it: Case, { remedy, worth: full, deductions = [], clauses }: Payment): Ruling {
  const off = Money.sum(
    deductions.map((d) => d.amount),
    it.facts.order.currency,
  );
  const amount = full.goods.plus(full.shipping).minus(off).atLeastZero();
  const limit = left(it);
  const capped = amount.compare(limit) > 0;
  if (remedy === 'reship' && !isSpent(it, amount)) return { outcome: 'reship', clauses };
  const refund = amount.atMost(limit);
  const bound = it.terms.all_claims.review_above.find((b) => b.currency === refund.currency);
  if (bound !== undefined && refund.compare(Money.fromJson(bound)) >= 0) {
    return { outcome: 'review', clauses: ['amount/review_above', ...clauses] };
  }
  return {
    outcome: remedy === 'store_credit' ? 'store_credit' : 'refund',
    refund,
    worth: full,
    clauses:
      remedy === 'reship'
        ? ['amount/cap', ...clauses]
        : [...clauses, ...(capped ? ['amount/cap'] : []), 'amount/share'],
  };
}
