import { Money } from '../../kernel/money.ts';
import type { Decision, Facts, Outcome, Terms } from '../../policies/policies.service.ts';
import type { DecisionRecord } from '../decision.store.ts';

/** A stored decision, as much of it as is gone through again. */
export type Past = Pick<
  DecisionRecord,
  'merchantId' | 'id' | 'orderId' | 'packageId' | 'cause' | 'policy' | 'facts' | 'decision' | 'credited' | 'decidedAt'
>;

/** How a case ended, and what it cost: money credited, and goods sent again at what was paid for them. */
export interface Ending {
  outcome: Outcome;
  cost: Money;
  sentAgain: Money;
  /** Id of the clause that decided. */
  clause: string;
}

/** All decisions of one package and cause, as they were and as they would have been. */
export interface ReplayedCase {
  merchantId: string;
  orderId: string;
  packageId: string | null;
  /** `cancellation`, `undelivered`, `claim/damaged`, `return/quality` … */
  cause: string;
  /** The last one, and when it was made. */
  decisionId: string;
  decidedAt: Date;
  now: Ending;
  then: Ending;
}

/** How the replay asks: the policies' own function, and the terms that an order keeps. */
export interface Rules {
  decide: (terms: Terms, facts: Facts) => Decision;
  own: (policy: Past['policy']) => Terms;
  /** The terms that are tried. */
  tried: Terms;
}

interface Open extends ReplayedCase {
  /** The tried terms took another turn: what came of the real one would not have come. */
  isElsewhere: boolean;
}

/**
 * Goes through one package's decisions again, oldest first, under other terms. What these terms would have given before
 * counts where the facts say what was given before, so that no replay gives back more than was paid. A person's word
 * stands where the tried terms ask for one as well. What never happened (goods that were not sent back) costs nothing.
 */
export function replayPackage(decisions: readonly Past[], rules: Rules): ReplayedCase[] {
  const cases = new Map<string, Open>();
  let ahead: Money | null = null; // what the tried terms have given beyond what was given
  for (const past of decisions) {
    const { currency } = past.credited;
    const zero = Money.zero(currency);
    const it = cases.get(past.cause) ?? opened(past, zero);
    cases.set(past.cause, it);
    const shifted = withGivenBefore(past.facts, ahead ?? zero);
    const now = given(past, rules);
    const then = it.isElsewhere ? null : triedOn(past, shifted, now, { rules, credited: it.then.cost });
    const [nowWorth, thenWorth] = [now.cost, then?.cost ?? zero];
    ahead = (ahead ?? zero).plus(thenWorth).minus(nowWorth);
    note(it, past, now, then);
  }
  return [...cases.values()];
}

function opened(past: Past, zero: Money): Open {
  const ending: Ending = { outcome: past.decision.outcome, cost: zero, sentAgain: zero, clause: '' };
  const { merchantId, orderId, packageId, id: decisionId, decidedAt } = past;
  return {
    ...{ merchantId, orderId, packageId, decisionId, decidedAt, cause: causeOf(past) },
    ...{ now: ending, then: ending, isElsewhere: false },
  };
}

/** Adds one decision to its case. An outcome that gave something is told before those that came after it. */
function note(it: Open, past: Past, now: Ending, then: Ending | null): void {
  it.now = after(it.now, now);
  if (then !== null) it.then = after(it.then, then);
  it.decisionId = past.id;
  it.decidedAt = past.decidedAt;
  const leadsOn = now.outcome === 'accept' || now.outcome === 'intercept';
  if (then !== null && leadsOn && then.outcome !== now.outcome) it.isElsewhere = true;
}

function after(before: Ending, next: Ending): Ending {
  const told = before.cost.isPositive() && !next.cost.isPositive() ? before : next;
  return {
    outcome: told.outcome,
    clause: told.clause,
    cost: before.cost.plus(next.cost),
    sentAgain: before.sentAgain.plus(next.sentAgain),
  };
}

/** What was really decided and given. */
function given({ decision, facts, credited, policy }: Past, rules: Rules): Ending {
  const sentAgain =
    decision.outcome === 'reship' ? worthOf(rules.own(policy), facts, rules) : Money.zero(credited.currency);
  return ending(decision, credited.plus(sentAgain), sentAgain);
}

function triedOn(
  past: Past,
  facts: Facts,
  now: Ending,
  { rules, credited }: { rules: Rules; credited: Money },
): Ending {
  const { decide, own, tried } = rules;
  const decision = decide(tried, facts);
  const policys = decide(own(past.policy), past.facts);
  const byPerson = !isSame(policys, past.decision);
  if (byPerson && decision.outcome === policys.outcome) return now;
  if (isSame(decision, past.decision)) return { ...now, clause: clauseOf(decision) };
  const zero = Money.zero(now.cost.currency);
  if (decision.outcome === 'reship') {
    const sentAgain = worthOf(tried, facts, rules);
    return ending(decision, sentAgain, sentAgain);
  }
  // A package and cause are credited once (wallet.md, Verbs).
  const money = decision.refund === null || credited.isPositive() ? zero : Money.fromJson(decision.refund);
  return ending(decision, money, zero);
}

function ending(decision: Decision, cost: Money, sentAgain: Money): Ending {
  return { outcome: decision.outcome, cost, sentAgain, clause: clauseOf(decision) };
}

function clauseOf({ clauses }: Decision): string {
  return clauses[0]?.id ?? '';
}

function isSame(a: Decision, b: Decision): boolean {
  return a.outcome === b.outcome && a.refund?.amount === b.refund?.amount;
}

/** What goods that are sent again are worth: the refund that the same terms would have given in their place. */
function worthOf(terms: Terms, facts: Facts, { decide }: Rules): Money {
  const claims = { ...terms.claims };
  for (const type of Object.keys(claims) as (keyof Terms['claims'])[]) {
    claims[type] = { ...claims[type], remedies: ['refund'] };
  }
  const inMoney: Terms = {
    ...terms,
    claims,
    all_claims: { ...terms.all_claims, review_above: [] },
    returns: { ...terms.returns, exchange: false },
  };
  const { refund } = decide(inMoney, facts);
  return refund === null ? Money.zero(facts.order.currency) : Money.fromJson(refund);
}

function withGivenBefore(facts: Facts, ahead: Money): Facts {
  if (ahead.isZero()) return facts;
  const before = Money.parse(facts.already_refunded, facts.order.currency).plus(ahead).atLeastZero();
  return { ...facts, already_refunded: before.amount };
}

function causeOf({ cause, facts }: Past): string {
  const [kind = '', id] = cause.split(':');
  return id === undefined ? kind : `${kind}/${facts.request.type ?? 'other'}`;
}
