import {
  Choice,
  Currency,
  Flag,
  Id,
  InstantField,
  Int,
  List,
  MoneyBody,
  MoneyField,
  Nested,
  Percent,
  Text,
} from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import { PERIOD_KINDS, STATUSES } from './membership.store.ts';

const IF_SHORT = ['retry', 'downgrade'] as const;

class PlanTermsBody {
  @Text({ max: 100, example: 'Growth' })
  name: string;

  @List(() => MoneyBody, {
    max: 200,
    description:
      'One price a currency; a merchant pays in its home currency. A new price counts from the next period on.',
  })
  monthly_price: MoneyBody[];

  @Percent({ description: 'Off the goods, after tiers and codes.' })
  order_discount_percent: string;

  @Percent({ description: 'Off the couriers’ prices.' })
  shipping_discount_percent: string;

  @Int({ min: 1, max: 1_000_000, description: 'Calls that place orders; a batch is one.' })
  orders_per_minute: number;
}

export class PutPlanBody extends PlanTermsBody {
  @Int({ optional: true, max: 365, description: 'Free days before the first charge, once a merchant; 0.' })
  trial_days?: number;
}

export class PlanView extends PlanTermsBody {
  @Text({ example: 'growth' })
  code: string;

  @Int({ description: 'Free days before the first charge, once a merchant.' })
  trial_days: number;
}

export class ChoosePlanBody {
  @Text({ max: 64, example: 'growth', description: 'A plan’s code.' })
  plan: string;
}

export class PeriodView {
  @InstantField()
  start: string;

  @InstantField({ description: 'The next one begins at this instant.' })
  end: string;
}

export class ScheduledChangeView {
  @Text({ example: 'starter' })
  plan: string;

  @InstantField()
  effective_at: string;
}

export class NextChargeView {
  @InstantField()
  at: string;

  @MoneyField()
  amount: MoneyBody;
}

export class MembershipView {
  @Text({ example: 'growth' })
  plan: string;

  @Choice(STATUSES)
  status: string;

  @Nested(() => PeriodView, { nullable: true, description: 'null on the free plan; past_due: the one that is owed.' })
  period: PeriodView | null;

  @Nested(() => ScheduledChangeView, { nullable: true })
  scheduled_change: ScheduledChangeView | null;

  @Nested(() => NextChargeView, { nullable: true, description: 'past_due: the next try.' })
  next_charge: NextChargeView | null;
}

export class ChosenView {
  @Nested(() => MembershipView)
  membership: MembershipView;

  @InstantField({ description: 'When the plan that was asked for begins.' })
  effective_at: string;
}

export class IfShortView {
  @InstantField()
  at: string;

  @Choice(IF_SHORT, { description: '`downgrade`: that try failed too, the plan is starter at once.' })
  then: (typeof IF_SHORT)[number];
}

export class ChargePreviewView {
  @InstantField()
  at: string;

  @MoneyField()
  amount: MoneyBody;

  @Text({ example: 'growth' })
  plan: string;

  @Nested(() => PeriodView, { description: 'What it pays for.' })
  period: PeriodView;

  @MoneyField({ description: 'What of the wallet may pay it, as of now: cash, and promotional credit given for it.' })
  available: MoneyBody;

  @MoneyField({ description: 'What the wallet lacks as of now.' })
  missing: MoneyBody;

  @Flag()
  sufficient: boolean;

  @List(() => IfShortView, {
    description: 'What happens if it cannot be paid then. Money that arrives in between pays it at once.',
  })
  if_short: IfShortView[];
}

export class NextChargePreviewView {
  @Nested(() => ChargePreviewView, { nullable: true, description: 'null: nothing will be charged.' })
  next_charge: ChargePreviewView | null;
}

export class PaidPeriodView extends PeriodView {
  @Text({ example: 'growth' })
  plan: string;

  @Choice(PERIOD_KINDS, {
    description: '`waived`: nobody could charge it in time, so it cost nothing; `unpaid`: given up or replaced unpaid.',
  })
  kind: string;

  @MoneyField()
  amount: MoneyBody;

  @Id('jnl', { nullable: true })
  transaction: string | null;

  @InstantField({ nullable: true })
  charged_at: string | null;
}

export class MembershipsQuery extends ListQuery {
  @Id('mer', { optional: true })
  merchant?: string;

  @Text({ optional: true, max: 64 })
  plan?: string;

  @Choice(STATUSES, { optional: true })
  status?: string;
}

export class MerchantMembershipView extends MembershipView {
  @Id('mbr')
  id: string;

  @Id('mer')
  merchant: string;

  @Currency()
  currency: string;

  @InstantField()
  created_at: string;
}
