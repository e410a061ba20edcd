import {
  Choice,
  Currency,
  Id,
  InstantField,
  Int,
  List,
  MoneyBody,
  MoneyField,
  Nested,
  Text,
} from '../../http/fields.ts';

export class SimulationBody {
  @InstantField({ description: 'Cases decided from this instant on.' })
  from: string;

  @InstantField({ description: 'Cases decided until this instant, which is included.' })
  to: string;

  @Text({
    optional: true,
    max: 10,
    description: 'A version’s number, or `draft`; the draft where there is one by default, else the version in force.',
  })
  version?: string;

  @Currency({ optional: true, description: 'Orders in this currency only.' })
  currency?: string;

  @Id('mer', { optional: true, description: 'This merchant’s cases only.' })
  merchant?: string;
}

class ProgressView {
  @Int({ description: 'Stored decisions that were gone through.' })
  done: number;

  @Int()
  of: number;
}

class CostView {
  @Int()
  cases: number;

  @Int({ description: 'Another outcome, or another cost.' })
  changed: number;

  @MoneyField({ description: 'Credited, and goods sent again at what was paid for them.' })
  cost_now: MoneyBody;

  @MoneyField()
  cost_then: MoneyBody;

  @MoneyField({ description: 'Of cost_now: goods sent again.' })
  sent_again_now: MoneyBody;

  @MoneyField({ description: 'Of cost_then: goods sent again.' })
  sent_again_then: MoneyBody;
}

class CurrencyCostView extends CostView {
  @Currency()
  currency: string;
}

class CauseCostView extends CostView {
  @Text({ example: 'claim/damaged', description: 'cancellation, address_change, undelivered, claim/… or return/… .' })
  cause: string;
}

class OutcomeChangeView {
  @Text({ example: 'refund' })
  now: string;

  @Text({ example: 'wait' })
  then: string;

  @Int()
  cases: number;
}

class EndingView {
  @Text({ example: 'refund' })
  outcome: string;

  @MoneyField()
  cost: MoneyBody;

  @Text({ example: 'courier-proof/tracking/late', description: 'The clause that decided.' })
  clause: string;
}

/** One case that would have ended otherwise. */
export class ChangeView {
  @Id('mer')
  merchant: string;

  @Id('ord')
  order: string;

  @Id('pkg', { nullable: true })
  package: string | null;

  @Id('dec', { description: 'The last decision of the case.' })
  decision: string;

  @Text({ example: 'undelivered' })
  cause: string;

  @InstantField()
  decided_at: string;

  @Nested(() => EndingView)
  now: EndingView;

  @Nested(() => EndingView)
  then: EndingView;
}

/** What a policy would have decided of the cases of a period. The figures are null until it is done. */
export class SimulationView {
  @Id('sim')
  id: string;

  @Text({ example: 'no-fuss' })
  policy: string;

  @Text({ example: 'draft', description: 'A version’s number, or draft.' })
  version: string;

  @InstantField()
  from: string;

  @InstantField()
  to: string;

  @Choice(['running', 'done', 'failed'])
  status: string;

  @Nested(() => ProgressView)
  progress: ProgressView;

  @Int({ nullable: true, description: 'A package and a cause each.' })
  cases: number | null;

  @Int({ nullable: true })
  changed: number | null;

  @MoneyField({ nullable: true, description: 'In the currency with the most cases; null where there is no case.' })
  cost_now: MoneyBody | null;

  @MoneyField({ nullable: true })
  cost_then: MoneyBody | null;

  @List(() => CurrencyCostView)
  by_currency: CurrencyCostView[];

  @List(() => CauseCostView)
  by_cause: CauseCostView[];

  @List(() => OutcomeChangeView)
  by_outcome: OutcomeChangeView[];

  @InstantField()
  created_at: string;

  @InstantField({ nullable: true })
  finished_at: string | null;
}

export class WholeSimulationView extends SimulationView {
  @List(() => ChangeView, { description: 'The first 100; all of them as CSV, or page by page under /changes.' })
  changes: ChangeView[];
}
