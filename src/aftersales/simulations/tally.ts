import { Money, type MoneyJson } from '../../kernel/money.ts';
import type { ReplayedCase } from './replaying.ts';

/** Cases of one kind, what they cost and what they would have cost, in one currency. */
export interface Line {
  cases: number;
  changed: number;
  cost_now: MoneyJson;
  cost_then: MoneyJson;
  /** Of the cost: goods that were sent again, at what was paid for them. */
  sent_again_now: MoneyJson;
  sent_again_then: MoneyJson;
}

/** What a simulation came to, as it is stored and shown. */
export interface Report {
  cases: number;
  changed: number;
  /** In the currency with the most cases; null where there is no case. */
  cost_now: MoneyJson | null;
  cost_then: MoneyJson | null;
  by_currency: (Line & { currency: string })[];
  by_cause: (Line & { cause: string })[];
  /** What became of what: `refund` to `wait`. */
  by_outcome: { now: string; then: string; cases: number }[];
}

interface Sum {
  cases: number;
  changed: number;
  now: Money;
  then: Money;
  sentNow: Money;
  sentThen: Money;
}

/** Did the outcome change, or what it cost? */
export function isChanged({ now, then }: ReplayedCase): boolean {
  return now.outcome !== then.outcome || now.cost.compare(then.cost) !== 0;
}

/** Adds cases up, one by one: as many as there are, it stays as small as the causes are many. */
export class Tally {
  private readonly byCurrency = new Map<string, Sum>();
  private readonly byCause = new Map<string, Sum & { cause: string }>();
  private readonly byOutcome = new Map<string, { now: string; then: string; cases: number }>();

  add(it: ReplayedCase): void {
    const { currency } = it.now.cost;
    const total = this.byCurrency.get(currency) ?? nothing(currency);
    this.byCurrency.set(currency, total);
    const key = `${it.cause} ${currency}`;
    const ofCause = this.byCause.get(key) ?? { ...nothing(currency), cause: it.cause };
    this.byCause.set(key, ofCause);
    for (const sum of [total, ofCause]) count(sum, it);
    const [now, then] = [it.now.outcome, it.then.outcome];
    const pair = this.byOutcome.get(`${now} ${then}`) ?? { now, then, cases: 0 };
    this.byOutcome.set(`${now} ${then}`, { ...pair, cases: pair.cases + 1 });
  }

  report(): Report {
    const currencies = [...this.byCurrency].sort(([a, x], [b, y]) => y.cases - x.cases || (a < b ? -1 : 1));
    const sums = currencies.map(([, sum]) => sum);
    const [main] = sums;
    return {
      cases: sums.reduce((n, { cases }) => n + cases, 0),
      changed: sums.reduce((n, { changed }) => n + changed, 0),
      cost_now: main?.now.toJSON() ?? null,
      cost_then: main?.then.toJSON() ?? null,
      by_currency: currencies.map(([currency, sum]) => ({ currency, ...lineOf(sum) })),
      by_cause: [...this.byCause.values()]
        .sort((a, b) => (a.cause === b.cause ? b.cases - a.cases : a.cause < b.cause ? -1 : 1))
        .map((sum) => ({ cause: sum.cause, ...lineOf(sum) })),
      by_outcome: [...this.byOutcome.values()].sort((a, b) => b.cases - a.cases),
    };
  }
}

function nothing(currency: string): Sum {
  const zero = Money.zero(currency);
  return { cases: 0, changed: 0, now: zero, then: zero, sentNow: zero, sentThen: zero };
}

function count(sum: Sum, it: ReplayedCase): void {
  sum.cases += 1;
  sum.changed += isChanged(it) ? 1 : 0;
  sum.now = sum.now.plus(it.now.cost);
  sum.then = sum.then.plus(it.then.cost);
  sum.sentNow = sum.sentNow.plus(it.now.sentAgain);
  sum.sentThen = sum.sentThen.plus(it.then.sentAgain);
}

function lineOf({ cases, changed, now, then, sentNow, sentThen }: Sum): Line {
  return {
    ...{ cases, changed, cost_now: now.toJSON(), cost_then: then.toJSON() },
    ...{ sent_again_now: sentNow.toJSON(), sent_again_then: sentThen.toJSON() },
  };
}
