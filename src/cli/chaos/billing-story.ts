import { DateTime } from 'luxon';
import { Chance } from './chance.ts';

/** Amounts in cents of USD. */
export type Deed =
  | { does: 'top_up'; cents: number }
  | { does: 'choose'; plan: string }
  | { does: 'withdraw' }
  | { does: 'suspend' }
  | { does: 'reinstate' };

export interface Step {
  at: Date;
  /** Another price of a plan, before anything else happens at that instant. */
  price: { plan: string; cents: number } | null;
  /** At most one deed a merchant, by the merchant's number. */
  deeds: ReadonlyMap<number, Deed>;
}

interface PlanTerms {
  code: string;
  cents: number;
  trialDays: number;
}

export interface Story {
  start: Date;
  end: Date;
  plans: readonly PlanTerms[];
  steps: readonly Step[];
}

export interface StoryOptions {
  seed: number;
  merchants: number;
  months: number;
}

const START = DateTime.fromISO('2027-01-01T00:00:00Z', { zone: 'utc' }); // February 2028 has 29 days
const PLANS: readonly [PlanTerms, ...PlanTerms[]] = [
  { code: 'basic', cents: 900, trialDays: 10 },
  { code: 'growth', cents: 2_900, trialDays: 0 },
  { code: 'pro', cents: 9_900, trialDays: 0 },
];
const INSTANTS_A_MONTH = 3;
const CODES = ['starter', 'basic', 'growth', 'growth', 'pro'] as const;

/** How money comes to a merchant: how often at an instant of the story, and how much. */
const FORTUNES = [
  { often: 0.6, from: 2_000, to: 9_000 }, // steady
  { often: 0.35, from: 2_900, to: 2_900 }, // to the cent
  { often: 0.12, from: 500, to: 4_000 }, // poor
  { often: 0.1, from: 10_000, to: 60_000 }, // in gusts
] as const;

/** Joins fall on the last days of months more often than chance would have it; times of day are any. */
function instants(chance: Chance, months: number): Date[] {
  const found: Date[] = [];
  for (let month = 0; month < months; month += 1) {
    const first = START.plus({ months: month });
    const last = first.daysInMonth ?? 28;
    const days = [last, ...Array.from({ length: INSTANTS_A_MONTH - 1 }, () => chance.between(1, last))];
    const time = () => ({
      hours: chance.between(0, 23),
      minutes: chance.between(0, 59),
      milliseconds: chance.between(0, 999),
    });
    found.push(...days.map((day) => first.plus({ days: day - 1, ...time() }).toJSDate()));
  }
  return found.sort((a, b) => a.getTime() - b.getTime());
}

/** @param index of the instant: at the first most get money, at the second most join */
function deedOf(chance: Chance, fortune: (typeof FORTUNES)[number], index: number): Deed | null {
  const [often, wishes] = [index === 0 ? 0.9 : fortune.often, index === 1 ? 0.9 : 0.25];
  if (chance.happens(index === 1 ? 0 : often))
    return { does: 'top_up', cents: chance.between(fortune.from, fortune.to) };
  if (chance.happens(wishes)) return { does: 'choose', plan: chance.pick(CODES) };
  if (chance.happens(0.05)) return { does: 'withdraw' };
  return chance.happens(0.04) ? { does: 'suspend' } : null;
}

/** What merchants of mixed fortunes do over the months, and what the operator does to its prices. */
export function storyOf({ seed, merchants, months }: StoryOptions): Story {
  const chance = new Chance(seed);
  const suspended = new Set<number>();
  const steps = instants(chance, months).map((at, index): Step => {
    const deeds = new Map<number, Deed>();
    for (let merchant = 0; merchant < merchants; merchant += 1) {
      const fortune = FORTUNES[merchant % FORTUNES.length] ?? FORTUNES[0];
      const back: Deed | null = chance.happens(0.3) ? { does: 'reinstate' } : null;
      const deed = suspended.has(merchant) ? back : deedOf(chance, fortune, index);
      if (deed === null) continue;
      deeds.set(merchant, deed);
      if (deed.does === 'suspend') suspended.add(merchant);
      if (deed.does === 'reinstate') suspended.delete(merchant);
    }
    const plan = chance.pick(PLANS);
    const isRepriced = index > 0 && chance.happens(0.06);
    return {
      at,
      deeds,
      price: isRepriced ? { plan: plan.code, cents: plan.cents + 100 * chance.between(-3, 5) } : null,
    };
  });
  return { start: START.toJSDate(), end: START.plus({ months }).toJSDate(), plans: PLANS, steps };
}
