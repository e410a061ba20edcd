import { Money, type MoneyJson } from '../../kernel/money.ts';
import { Refused, type Client } from '../demo/client.ts';
import { expected, type ExpectedMerchant, type ExpectedPeriod } from './billing-model.ts';
import { storyOf, type Deed, type Step, type Story, type StoryOptions } from './billing-story.ts';
import { forEach } from './for-each.ts';

/** Where the story is played: a sandbox whose clock stands at the story's start. */
export interface Stage {
  anyone: Client;
  admin: Client;
  /** Something bad happens to the workers while the story goes on; called now and then, one at a time. */
  disturb: () => Promise<void>;
  say: (text: string) => void;
}

export interface Outcome {
  deeds: number;
  refused: number;
  periods: Readonly<Record<ExpectedPeriod['kind'], number>>;
  charges: number;
  charged: Money;
  journals: number;
  /** Where the product and the calculation differ, and what does not hold; none is what everybody wants. */
  faults: string[];
}

interface Shop {
  id: string;
  client: Client;
}

interface PeriodShape {
  kind: ExpectedPeriod['kind'];
  plan: string;
  start: string;
  end: string;
  amount: MoneyJson;
}

const usd = (cents: number): MoneyJson => Money.ofMinor(BigInt(cents), 'USD').toJSON();

/**
 * Plays months of joins, upgrades, downgrades, top-ups, suspensions and price changes, and compares every charge, every
 * period and every balance with an independent calculation.
 */
export async function playBilling(stage: Stage, options: StoryOptions): Promise<Outcome> {
  const story = storyOf(options);
  const should = expected(story, options.merchants);
  const play = new Play(stage, story);
  await play.setUp(options.merchants);
  let trouble: Promise<void> = Promise.resolve();
  for (const [index, step] of story.steps.entries()) {
    for (const number of await play.step(step, index)) {
      if (!should.refused.has(`${index}/${number}`)) play.faults.push(`merchant ${number}: refused at step ${index}`);
      else play.refused += 1;
    }
    const month = Math.floor((index * options.months) / story.steps.length) + 1;
    if (month > Math.floor(((index - 1) * options.months) / story.steps.length) + 1) {
      stage.say(`month ${month} of ${options.months}: ${play.deeds} deeds so far`);
      await trouble;
      trouble = stage.disturb();
    }
  }
  if (play.refused !== should.refused.size)
    play.faults.push(`${play.refused} deeds were refused, ${should.refused.size} should have been`);
  await play.moveTo(story.end);
  await trouble;
  return play.compare(should.merchants);
}

class Play {
  readonly faults: string[] = [];
  deeds = 0;
  refused = 0;
  private shops: Shop[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly story: Story,
  ) {}

  async setUp(merchants: number): Promise<void> {
    for (const { code, cents } of this.story.plans) await this.putPlan(code, cents);
    const numbers = Array.from({ length: merchants }, (_, n) => n);
    const { anyone, say } = this.stage;
    const shops = new Map<number, Shop>();
    await forEach(numbers, async (n) => {
      const made = await anyone.post<{ merchant: { id: string }; api_key: { secret: string } }>('/v1/merchants', {
        ...{ name: `Shop ${n}`, email: `shop-${n}@merchants.example`, password: `password of shop ${n}` },
        ...{ country: 'US', currency: 'USD' },
      });
      shops.set(n, { id: made.merchant.id, client: anyone.as(made.api_key.secret) });
    });
    this.shops = numbers.flatMap((n) => shops.get(n) ?? []);
    say(`${merchants} merchants, ${this.story.plans.length} plans, ${this.story.steps.length} instants`);
  }

  /** @returns the numbers of the merchants that were refused */
  async step({ at, price, deeds }: Step, index: number): Promise<number[]> {
    await this.moveTo(at);
    if (price !== null) await this.putPlan(price.plan, price.cents);
    const refused: number[] = [];
    await forEach([...deeds], async ([number, deed]) => {
      const shop = this.shops[number];
      if (shop === undefined) throw new Error(`There is no merchant ${number}.`);
      this.deeds += 1;
      if (!(await this.isDone(shop, deed, `${number}-${index}`))) refused.push(number);
    });
    return refused;
  }

  async moveTo(at: Date): Promise<void> {
    await this.stage.admin.post('/v1/sandbox/clock', { now: at.toISOString() });
  }

  /** What the product says of everybody, against what was calculated. */
  async compare(should: readonly ExpectedMerchant[]): Promise<Outcome> {
    const periods = { trial: 0, paid: 0, waived: 0, unpaid: 0 };
    let [charges, charged] = [0, Money.zero('USD')];
    await forEach([...this.shops.entries()], async ([number, shop]) => {
      const fault = (text: string): void => void this.faults.push(`merchant ${number} (${shop.id}): ${text}`);
      const has = await this.look(shop);
      const wants = should[number];
      if (wants === undefined) throw new Error(`Nothing was calculated for merchant ${number}.`);
      compareOne(has, wants, fault);
      for (const { kind } of has.periods) periods[kind] += 1;
      charges += has.fees.length;
      charged = charged.plus(Money.sum(has.fees, 'USD'));
    });
    const { checked, faults } = await this.stage.admin.get<{ checked: number; faults: unknown[] }>(
      '/v1/ledger/verification',
    );
    for (const one of faults) this.faults.push(`ledger: ${JSON.stringify(one)}`);
    return {
      deeds: this.deeds,
      refused: this.refused,
      periods,
      charges,
      charged,
      journals: checked,
      faults: this.faults,
    };
  }

  private async putPlan(code: string, cents: number): Promise<void> {
    const plan = this.story.plans.find((p) => p.code === code);
    await this.stage.admin.put(`/v1/plans/${code}`, {
      ...{ name: code, monthly_price: [usd(cents)], order_discount_percent: '0', shipping_discount_percent: '0' },
      ...{ orders_per_minute: 600, trial_days: plan?.trialDays ?? 0 },
    });
  }

  private async isDone({ id, client }: Shop, deed: Deed, reference: string): Promise<boolean> {
    const { admin } = this.stage;
    try {
      if (deed.does === 'top_up') {
        const amount = usd(deed.cents);
        const topUp = await client.post<{ id: string }>('/v1/top-ups', { amount, method: 'bank_transfer' });
        await admin.post(`/v1/top-ups/${topUp.id}/confirmation`, { amount, bank_reference: reference });
      } else if (deed.does === 'choose') await client.post('/v1/membership', { plan: deed.plan });
      else if (deed.does === 'withdraw') await client.send('DELETE', '/v1/membership/scheduled-change');
      else await admin.post(`/v1/merchants/${id}/${deed.does}`);
      return true;
    } catch (error) {
      const isNo =
        error instanceof Refused && ['insufficient_funds', 'nothing_scheduled'].includes(error.problem.code ?? '');
      if (!isNo) throw error;
      return false;
    }
  }

  private async look({ client }: Shop): Promise<Has> {
    const { plan, status } = await client.get<{ plan: string; status: string }>('/v1/membership');
    const account = await client.get<{ plan: string }>('/v1/merchant');
    const periods = (await client.all<PeriodShape>('/v1/membership/periods?')).reverse();
    const fees = await client.all<{ amount: MoneyJson }>('/v1/wallet/transactions?type=membership_fee&');
    const { balances } = await client.get<{ balances: { available: MoneyJson }[] }>('/v1/wallet');
    const available = balances.map((b) => b.available.amount).join(', ');
    return {
      ...{ plan, status, account: account.plan, periods, available },
      fees: fees.map(({ amount }) => Money.fromJson(amount).negated()).reverse(),
    };
  }
}

/** What the product says of one merchant. */
interface Has {
  plan: string;
  status: string;
  account: string;
  periods: PeriodShape[];
  fees: Money[];
  available: string;
}

function compareOne(has: Has, wants: ExpectedMerchant, fault: (text: string) => void): void {
  const same = (what: string, is: string, should: string): void => {
    if (is !== should) fault(`${what} is ${is}, should be ${should}`);
  };
  const line = (kind: string, plan: string, start: string, end: string, amount: string): string =>
    [kind, plan, start, end, amount].join(' ');
  same('the plan', `${has.plan} ${has.status}`, `${wants.plan} ${wants.status}`);
  same('the account’s plan', has.account, wants.plan);
  same('the balance', has.available, usd(wants.cents).amount);
  const periods = has.periods.map((p) => line(p.kind, p.plan, p.start, p.end, p.amount.amount));
  const should = wants.periods.map((p) => {
    return line(p.kind, p.plan, new Date(p.start).toISOString(), new Date(p.end).toISOString(), usd(p.cents).amount);
  });
  for (let i = 0; i < Math.max(periods.length, should.length); i += 1)
    same(`period ${i + 1}`, periods[i] ?? 'missing', should[i] ?? 'nothing');
  const paid = wants.periods.filter(({ kind }) => kind === 'paid').map(({ cents }) => usd(cents).amount);
  same('what was charged', has.fees.map(({ amount }) => amount).join(', '), paid.join(', '));
  for (const [i, { start }] of has.periods.entries()) {
    const before = has.periods[i - 1];
    if (before !== undefined && before.end > start) fault(`period ${i + 1} begins before the one before it ends`);
  }
}
