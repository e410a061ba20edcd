import { DateTime } from 'luxon';
import type { Deed, Story } from './billing-story.ts';

/** Cents of USD; instants in ms. */
export interface ExpectedPeriod {
  kind: 'trial' | 'paid' | 'waived' | 'unpaid';
  plan: string;
  start: number;
  end: number;
  cents: number;
}

const DAY = 86_400_000;

/** On a paid plan: periods are counted in whole months from `base`, never from the one before. */
interface Stay {
  plan: string;
  status: 'trial' | 'active' | 'past_due';
  /** Of the period that is paid, or owed. */
  cents: number;
  base: DateTime;
  /** The period that is paid, or owed, begins so many months after `base`; -1: the trial. */
  month: number;
  scheduled: string | null;
  /** What is still to be tried, in order; empty while it waits for a reinstatement. */
  tries: number[];
}

/**
 * What should happen to one merchant, calculated by itself: no code of the product, another way to count months, plain
 * numbers. It reads the spec alone (product.md, Memberships).
 */
export class ExpectedMerchant {
  cents = 0;
  readonly periods: ExpectedPeriod[] = [];
  private stay: Stay | null = null;
  private hasTried = false;
  private isSuspended = false;

  /** @param priceAt of a plan; `before`: not counting a change at that very instant */
  constructor(
    private readonly story: Story,
    private readonly priceAt: (plan: string, at: number, before: boolean) => number,
  ) {}

  get plan(): string {
    return this.stay?.plan ?? 'starter';
  }

  get status(): string {
    return this.stay?.status ?? 'active';
  }

  /** Lets everything happen that falls due up to and at that instant. */
  until(at: number): void {
    for (let due = this.due(); due !== null && due <= at; due = this.due()) this.fallDue(due);
  }

  /** @returns false: it is refused */
  does(deed: Deed, at: number): boolean {
    switch (deed.does) {
      case 'top_up':
        this.cents += deed.cents;
        if (this.stay?.status === 'past_due' && !this.isSuspended) this.collect(this.stay, at);
        return true;
      case 'choose':
        return this.choose(deed.plan, at);
      case 'withdraw':
        if (this.stay === null || this.stay.scheduled === null) return false;
        this.stay.scheduled = null;
        return true;
      case 'suspend':
        this.isSuspended = true;
        return true;
      case 'reinstate':
        this.isSuspended = false;
        if (this.stay?.status === 'past_due' && this.stay.tries.length === 0) this.resume(this.stay, at);
        return true;
    }
  }

  private due(): number | null {
    if (this.stay === null) return null;
    return this.stay.status === 'past_due' ? (this.stay.tries[0] ?? null) : this.begins(this.stay, this.stay.month + 1);
  }

  private begins({ base }: Stay, month: number): number {
    return base.plus({ months: month }).toMillis();
  }

  private fallDue(at: number): void {
    const { stay } = this;
    if (stay === null) return;
    if (stay.status === 'past_due') {
      stay.tries.shift();
      if (this.isSuspended) stay.tries = [];
      else if (!this.collect(stay, at) && stay.tries.length === 0) this.leave(stay, at);
      return;
    }
    if (stay.scheduled === 'starter') {
      this.leave(stay, at);
      return;
    }
    stay.plan = stay.scheduled ?? stay.plan;
    stay.scheduled = null;
    stay.cents = this.priceAt(stay.plan, at, true);
    stay.month += 1;
    stay.status = 'past_due';
    if (this.isSuspended) stay.tries = [];
    else if (!this.collect(stay, at)) stay.tries = [1, 3, 5].map((days) => at + days * DAY);
  }

  private resume(stay: Stay, at: number): void {
    if (this.collect(stay, at)) return;
    const due = this.begins(stay, stay.month);
    stay.tries = [1, 3, 5].map((days) => (at < due + DAY ? due : at) + days * DAY);
  }

  /** The periods that are over are waived; the one that runs is paid, if there is enough. */
  private collect(stay: Stay, at: number): boolean {
    while (this.begins(stay, stay.month + 1) <= at) {
      this.write(stay, 'waived', this.begins(stay, stay.month), this.begins(stay, stay.month + 1));
      stay.month += 1;
    }
    if (this.cents < stay.cents) return false;
    this.cents -= stay.cents;
    this.write(stay, 'paid', this.begins(stay, stay.month), this.begins(stay, stay.month + 1));
    stay.status = 'active';
    stay.tries = [];
    return true;
  }

  private write({ plan, cents }: Stay, kind: ExpectedPeriod['kind'], start: number, end: number): void {
    this.periods.push({ kind, plan, start, end, cents: kind === 'paid' ? cents : 0 });
  }

  private leave(stay: Stay, at: number): void {
    const begun = this.begins(stay, stay.month);
    if (stay.status === 'past_due' && at > begun) this.write(stay, 'unpaid', begun, at);
    const last = this.periods.at(-1);
    if (last !== undefined && last.end > at) last.end = at;
    this.stay = null;
  }

  private choose(plan: string, at: number): boolean {
    const { stay } = this;
    if (plan === this.plan) {
      if (stay !== null) stay.scheduled = null;
      return true;
    }
    const cents = plan === 'starter' ? 0 : this.priceAt(plan, at, false);
    if (stay === null) return this.join(plan, cents, at);
    if (plan === 'starter' && stay.status === 'past_due') this.leave(stay, at);
    else if (plan !== 'starter' && cents > stay.cents) return this.join(plan, cents, at);
    else if (stay.status === 'past_due') return this.settleFor(stay, plan, cents, at);
    else stay.scheduled = plan;
    return true;
  }

  private join(plan: string, cents: number, at: number): boolean {
    if (this.isSuspended) return false;
    const days = this.story.plans.find(({ code }) => code === plan)?.trialDays ?? 0;
    const isTrial = days > 0 && !this.hasTried && this.stay === null;
    if (!isTrial && this.cents < cents) return false;
    if (this.stay !== null) this.leave(this.stay, at);
    const base = DateTime.fromMillis(isTrial ? at + days * DAY : at, { zone: 'utc' });
    const stay: Stay = { plan, cents, base, status: 'trial', month: -1, scheduled: null, tries: [] };
    this.stay = stay;
    if (isTrial) {
      this.hasTried = true;
      this.write(stay, 'trial', at, base.toMillis());
      return true;
    }
    stay.month = 0;
    return this.collect(stay, at);
  }

  private settleFor(stay: Stay, plan: string, cents: number, at: number): boolean {
    if (this.isSuspended || this.cents < cents) return false;
    Object.assign(stay, { plan, cents });
    return this.collect(stay, at);
  }
}

/** What should happen to each merchant of the story, and which deeds are refused, by step. */
export function expected(
  story: Story,
  merchants: number,
): { merchants: ExpectedMerchant[]; refused: ReadonlySet<string> } {
  const changes = story.steps.flatMap(({ at, price }) => (price === null ? [] : [{ at: at.getTime(), ...price }]));
  const priceAt = (plan: string, at: number, before: boolean): number =>
    changes.findLast((c) => c.plan === plan && (before ? c.at < at : c.at <= at))?.cents ??
    story.plans.find(({ code }) => code === plan)?.cents ??
    0;
  const all = Array.from({ length: merchants }, () => new ExpectedMerchant(story, priceAt));
  const refused = new Set<string>();
  for (const [index, { at, deeds }] of story.steps.entries()) {
    for (const [number, deed] of deeds) {
      const merchant = all[number];
      merchant?.until(at.getTime());
      if (merchant?.does(deed, at.getTime()) === false) refused.add(`${index}/${number}`);
    }
  }
  for (const merchant of all) merchant.until(story.end.getTime());
  return { merchants: all, refused };
}
