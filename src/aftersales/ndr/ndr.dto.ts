import { PackageView, packageView } from '../../fulfilment/fulfilment.service.ts';
import { Choice, DateField, Flag, Id, InstantField, Nested, Text } from '../../http/fields.ts';
import { ListQuery } from '../../http/lists.ts';
import { instant, instantOrNull } from '../../kernel/clock.ts';
import { idOut } from '../../kernel/ids.ts';
import { ShipToBody } from '../../orders/orders.service.ts';
import type { Standing } from './failed-deliveries.ts';
import {
  DELIVERY_ACTIONS,
  WAITING_FOR,
  type DeliveryAction,
  type FailedDelivery,
  type Instruction,
  type WaitingFor,
} from './failed-delivery.store.ts';

export class DeliveryInstructionBody {
  @Choice(DELIVERY_ACTIONS)
  action: DeliveryAction;

  @DateField({ optional: true, description: 'The day that it is wanted, local to the buyer.' })
  on?: string;

  @Nested(() => ShipToBody, { optional: true, description: 'For change_address; within the same country.' })
  ship_to?: ShipToBody;

  @Text({ optional: true, max: 1000, description: 'For the driver.' })
  note?: string;
}

export class ProofQuestionBody {
  @Text({ optional: true, max: 1000 })
  note?: string;
}

export class ProofAnswerBody {
  @Flag({ description: 'Could the courier show that somebody was at the door?' })
  given: boolean;

  @Text({ optional: true, max: 2000, description: 'What was shown: place, time, photo.' })
  note?: string;
}

export class NdrQuery extends ListQuery {
  @Choice(WAITING_FOR, { optional: true, description: 'Who has to do something; left out: whoever.' })
  waiting_for?: WaitingFor;
}

export class InstructionView {
  @Choice(DELIVERY_ACTIONS) action: string;
  @DateField({ nullable: true }) on: string | null;
  @Nested(() => ShipToBody, { nullable: true }) ship_to: ShipToBody | null;
  @Text({ nullable: true }) note: string | null;
  @InstantField({ nullable: true, description: 'Null: nobody said so, it is the default.' }) given_at: string | null;
  @InstantField({ nullable: true, description: 'When the courier was told.' }) passed_on_at: string | null;
}

export class ProofView {
  @InstantField() asked_at: string;
  @Text({ nullable: true }) question: string | null;
  @InstantField({ nullable: true }) answered_at: string | null;
  @Flag({ nullable: true }) given: boolean | null;
  @Text({ nullable: true }) answer: string | null;
}

export class FailedDeliveryView {
  @Id('pkg') package: string;
  @Id('ord') order: string;
  @Text({ nullable: true, description: 'Why the courier could not deliver.' }) reason: string | null;
  @InstantField({ nullable: true }) attempted_at: string | null;
  @InstantField({ description: 'Until then an instruction is taken; afterwards the default counts.' }) due_at: string;
  @Choice(['open', 'instructed', 'defaulted', 'closed']) status: string;
  @Nested(() => InstructionView, { nullable: true }) instruction: InstructionView | null;
  @Nested(() => ProofView, { nullable: true }) proof: ProofView | null;
}

export class InstructedPackageView extends PackageView {
  @Nested(() => FailedDeliveryView, { nullable: true, description: 'Its newest failed attempt.' })
  failed_delivery: FailedDeliveryView | null;
}

export function instructionOf({ action, on, ship_to, note }: DeliveryInstructionBody): Instruction {
  return { action, onDate: on ?? null, shipTo: ship_to ?? null, note: note ?? null };
}

export function instructedView({ parcel, failure }: Standing): InstructedPackageView {
  const failed_delivery = failure === null ? null : failedDeliveryView(failure);
  return Object.assign({}, packageView(parcel), { failed_delivery });
}

export function failedDeliveryView(failure: FailedDelivery): FailedDeliveryView {
  const { packageId, orderId, reason, attemptedAt, dueAt, state, closedAt } = failure;
  return {
    ...{
      package: idOut('pkg', packageId),
      order: idOut('ord', orderId),
      reason,
      attempted_at: instantOrNull(attemptedAt),
    },
    ...{ due_at: instant(dueAt), status: closedAt === null ? state : 'closed' },
    ...{ instruction: instructionView(failure), proof: proofView(failure) },
  };
}

function instructionView({
  action,
  onDate,
  shipTo,
  note,
  instructedAt,
  passedOnAt,
}: FailedDelivery): InstructionView | null {
  if (action === null) return null;
  const times = { given_at: instantOrNull(instructedAt), passed_on_at: instantOrNull(passedOnAt) };
  return { action, on: onDate, ship_to: shipTo as ShipToBody | null, note, ...times };
}

function proofView(failure: FailedDelivery): ProofView | null {
  const { proofAskedAt, proofQuestion, proofAnsweredAt, proofGiven, proofAnswer } = failure;
  if (proofAskedAt === null) return null;
  return {
    ...{ asked_at: instant(proofAskedAt), question: proofQuestion },
    ...{ answered_at: instantOrNull(proofAnsweredAt), given: proofGiven, answer: proofAnswer },
  };
}
