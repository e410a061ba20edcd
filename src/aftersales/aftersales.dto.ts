import {
  AnyObject,
  Choice,
  Flag,
  Id,
  InstantField,
  Int,
  List,
  MoneyBody,
  MoneyField,
  Nested,
  Text,
  TextList,
} from '../http/fields.ts';
import { HAND_OVER_SCANS, PackageView, type HandOverScan } from '../fulfilment/fulfilment.service.ts';
import { instantOrNull } from '../kernel/clock.ts';
import { idOut, idOutOrNull } from '../kernel/ids.ts';
import { OrderView, ShipToBody } from '../orders/orders.service.ts';
import { DecisionView } from '../policies/policies.service.ts';
import type { PackageDecision, Standing } from './aftersales.service.ts';
import { REVIEW_OUTCOMES } from './reviewing.ts';
import { told } from './stopping.ts';

export class CancellationBody {
  @TextList({
    optional: true,
    min: 1,
    max: 100,
    description: 'Ids of packages of the order; all of them where none is named.',
  })
  packages?: string[];

  @Text({ optional: true, max: 1000 })
  reason?: string;
}

export class AddressBody {
  @Nested(() => ShipToBody)
  ship_to: ShipToBody;
}

export class InterceptionAnswerBody {
  @Flag({ description: 'true: stopped, it is still here; false: it has left.' })
  stopped: boolean;
}

export class ReceiptBody {
  @Flag()
  unopened: boolean;

  @Flag({ description: 'Is its original label on it?' })
  original_label: boolean;

  @Choice(['original', 'used', 'damaged', 'missing'])
  condition: 'original' | 'used' | 'damaged' | 'missing';

  @Text({ optional: true, max: 1000 })
  note?: string;
}

export class ReviewBody {
  @Choice(REVIEW_OUTCOMES, { description: 'Of a parcel refund or deny, of an address accept or deny.' })
  outcome: (typeof REVIEW_OUTCOMES)[number];

  @MoneyField({
    optional: true,
    description: 'Of a refund, at most what is left of what was paid; all of that where nothing is said.',
  })
  amount?: MoneyBody;

  @Text({ max: 2000, description: 'Why, as the merchant reads it.' })
  note: string;
}

class HandOverScanView {
  @Choice(HAND_OVER_SCANS, { description: 'courier: the first scan that the courier told of.' })
  scan: HandOverScan;

  @InstantField()
  at: string;
}

class PackageDecisionView {
  @Id('pkg')
  package: string;

  @Nested(() => DecisionView)
  decision: DecisionView;

  @Nested(() => HandOverScanView, {
    nullable: true,
    description: 'The scan that was there before the request, and its time; null: the package is still here.',
  })
  handed_over: HandOverScanView | null;
}

export class CancellationView {
  @List(() => PackageDecisionView)
  decisions: PackageDecisionView[];

  @Nested(() => OrderView)
  order: OrderView;
}

/** The order after a change of address, and what was decided about each package. */
export class AddressChangeView extends OrderView {
  @List(() => PackageDecisionView)
  decisions: PackageDecisionView[];
}

/** A package after something was done to it, and what was decided. */
export class DecidedPackageView extends PackageView {
  @Nested(() => DecisionView)
  decision: DecisionView;
}

export class PolicyVersionView {
  @Text({ example: 'courier-proof' })
  id: string;

  @Int({ min: 1 })
  version: number;
}

class DecisionClockView {
  @Int({ description: 'Whole days since hand-over.' })
  day: number;

  @Int()
  of: number;

  @InstantField({ description: 'Strictly after it the package is refunded as late.' })
  refund_at: string;

  @Text({ example: '20 calendar days from hand-over' })
  basis: string;

  @Text({ nullable: true, description: 'What holds it up: rto or disputed.' })
  paused_by: string | null;
}

/** The after-sales decision that holds for a package. */
export class StandingView extends DecisionView {
  @Id('dec', { nullable: true, description: 'null: nothing was decided yet; this is what holds at this instant.' })
  id: string | null;

  @Id('pkg')
  package: string;

  @Id('ord')
  order: string;

  @Choice(['cancellation', 'address_change', 'tracking', 'receipt', 'claim', 'return'])
  kind: string;

  @InstantField({ nullable: true })
  decided_at: string | null;

  @Nested(() => PolicyVersionView)
  policy: PolicyVersionView;

  @AnyObject({ description: 'What was known, as POST /v1/policies/{id}/decide takes it.' })
  facts: object;

  @Text({ nullable: true, max: 2000, description: 'What whoever asked or decided said with it.' })
  note: string | null;

  @MoneyField({ nullable: true, description: 'What the wallet was credited with by this decision.' })
  credited: MoneyBody | null;

  @Nested(() => DecisionClockView, { nullable: true })
  refund_clock: DecisionClockView | null;
}

export function standingView({ parcel, policy, made, verdict, refundClock }: Standing): StandingView {
  return {
    id: idOutOrNull('dec', made?.id ?? null),
    package: idOut('pkg', parcel.id),
    order: idOut('ord', parcel.orderId),
    kind: verdict.facts.request.kind,
    decided_at: instantOrNull(made?.decidedAt ?? null),
    policy: made?.policy ?? policy,
    ...verdict.decision,
    note: made?.note ?? null,
    credited: made?.credited.toJSON() ?? null,
    facts: verdict.facts,
    refund_clock: refundClock,
  };
}

export function decisionViews(decisions: readonly PackageDecision[]): PackageDecisionView[] {
  return decisions.map(told);
}
