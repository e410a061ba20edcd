import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import {
  Choice,
  Flag,
  Id,
  InstantField,
  Int,
  List,
  MoneyBody,
  MoneyField,
  Nested,
  QueryInstant,
  Text,
} from '../../http/fields.ts';
import { ListQuery } from '../../http/lists.ts';
import { isCurrency } from '../../kernel/money.ts';
import { CLAIM_TYPES, DecisionView, FAULTS, REMEDIES } from '../../policies/policies.service.ts';
import { PolicyVersionView } from '../aftersales.dto.ts';
import { EVIDENCE_KINDS } from './claim-log.store.ts';
import { CLAIM_STATUSES } from './claim.machine.ts';
import { PERSONAL_OUTCOMES, type PersonalOutcome } from './granting.ts';

const MAX_UNITS = 1_000_000;
/** 0 to 1 with at most four decimals. */
const SEVERITY = /^(0(\.\d{1,4})?|1(\.0{1,4})?)$/;
const MEDIA_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'video/mp4', 'application/pdf'];

/** Facts have the charge as an amount alone, in the order's currency: that form is taken too. */
function ChargeField(): PropertyDecorator {
  const isCharge = (value: unknown): boolean => {
    const { amount, currency } = (typeof value === 'string' ? { amount: value } : value) as Partial<MoneyBody>;
    const isText = typeof amount === 'string' && /^\d{1,15}(\.\d{1,4})?$/.test(amount);
    return isText && (typeof value === 'string' || (typeof currency === 'string' && isCurrency(currency)));
  };
  const says = 'charge must be money such as {"amount":"7.20","currency":"USD"}, or an amount in the order’s currency';
  const money = { type: 'object', required: ['amount', 'currency'], properties: textProperties('amount', 'currency') };
  return applyDecorators(
    ApiPropertyOptional({
      oneOf: [money, { type: 'string', example: '7.20' }],
      description: 'customs_charge: what the receipt shows, in the order’s currency.',
    }),
    IsOptional(),
    ValidateBy({ name: 'money', validator: { validate: isCharge, defaultMessage: () => says } }),
  );
}

function textProperties(...names: string[]): Record<string, { type: string }> {
  return Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
}

export class ClaimItemBody {
  @Int({ min: 1 })
  line: number;

  @Int({ min: 1, max: MAX_UNITS })
  quantity: number;

  @Text({
    optional: true,
    nullable: true,
    pattern: SEVERITY,
    says: 'Severity is a decimal from "0" to "1" such as "0.40".',
    description: 'How bad the damage is; all of it where nothing is said.',
  })
  severity?: string | null;
}

export class ClaimBody {
  @Text({ max: 40, description: 'An order’s id.' })
  order: string;

  @Text({
    optional: true,
    max: 40,
    description: 'A package’s id; left out, the one that holds all of the items.',
  })
  package?: string;

  @Choice(CLAIM_TYPES)
  type: (typeof CLAIM_TYPES)[number];

  @List(() => ClaimItemBody, {
    optional: true,
    max: 200,
    description: 'The units that it is about; every unit of the package where none is named.',
  })
  items?: ClaimItemBody[];

  @Choice(REMEDIES, { optional: true, description: 'The policy’s first remedy where nothing is said.' })
  preferred_remedy?: (typeof REMEDIES)[number];

  @Text({ optional: true, max: 5000, description: 'Counts as the evidence `description`.' })
  description?: string;

  @Flag({ optional: true, description: 'missing_item: is the order’s label in the parcel?' })
  order_label_found?: boolean;

  @Flag({ optional: true, description: 'Only the shade or the batch differs.' })
  minor_variation?: boolean;

  @ChargeField()
  charge?: MoneyBody | string;

  @Choice(FAULTS, { optional: true, description: 'Whose doing it is, where it is known.' })
  fault?: (typeof FAULTS)[number];

  @Flag({ optional: true, description: 'The goods were altered or misused.' })
  misuse?: boolean;
}

/** What was not said when the claim was opened. */
export class ClaimSupplementBody {
  @Text({ optional: true, max: 5000, description: 'Counts as the evidence `description`.' })
  description?: string;

  @Flag({ optional: true, description: 'missing_item: is the order’s label in the parcel?' })
  order_label_found?: boolean;

  @Choice(REMEDIES, { optional: true })
  preferred_remedy?: (typeof REMEDIES)[number];

  @ChargeField()
  charge?: MoneyBody | string;
}

export class ClaimTextBody {
  @Text({ max: 5000 })
  text: string;
}

export class ClaimRulingBody {
  @Choice(PERSONAL_OUTCOMES)
  outcome: PersonalOutcome;

  @MoneyField({
    optional: true,
    description:
      'Of a refund or store credit, at most what is left of what was paid; what the claim is worth where nothing is said.',
  })
  amount?: MoneyBody;

  @Text({ max: 2000, description: 'Why, as the merchant reads it.' })
  note: string;
}

export class ClaimQuery extends ListQuery {
  @Choice(CLAIM_STATUSES, { optional: true })
  status?: string;

  @Choice(CLAIM_TYPES, { optional: true })
  type?: string;

  @Id('ord', { optional: true })
  order?: string;

  @QueryInstant({ optional: true, description: 'Those whose answer is due before it: what is late, what comes first.' })
  reply_due_before?: string;
}

export class ClaimItemView {
  @Int({ min: 1 })
  line: number;

  @Int({ min: 1 })
  quantity: number;

  @Text({ nullable: true })
  severity: string | null;
}

export class EvidenceView {
  @Id('evd')
  id: string;

  @Id('clm')
  claim: string;

  @Choice(EVIDENCE_KINDS)
  kind: string;

  @Choice(MEDIA_TYPES, { description: 'As its bytes say.' })
  media_type: string;

  @Int({ min: 1 })
  bytes: number;

  @Text({ description: 'Of the bytes, hexadecimal.' })
  sha256: string;

  @InstantField()
  created_at: string;
}

/** What was shown, and what it made of the claim. */
export class EvidenceAddedView extends EvidenceView {
  @Choice(CLAIM_STATUSES)
  status: string;

  @Nested(() => DecisionView)
  decision: DecisionView;
}

export class ClaimMessageView {
  @Id('msg')
  id: string;

  @Choice(['merchant', 'staff'])
  from: string;

  @Text({ max: 5000 })
  text: string;

  @InstantField()
  created_at: string;
}

export class ClaimView {
  @Id('clm')
  id: string;

  @Id('ord')
  order: string;

  @Id('pkg')
  package: string;

  @Choice(CLAIM_TYPES)
  type: string;

  @Choice(CLAIM_STATUSES)
  status: string;

  @List(() => ClaimItemView)
  items: ClaimItemView[];

  @Choice(REMEDIES, { nullable: true })
  preferred_remedy: string | null;

  @Choice(FAULTS, { nullable: true })
  fault: string | null;

  @Flag()
  misuse: boolean;

  @Flag()
  minor_variation: boolean;

  @Flag({ nullable: true })
  order_label_found: boolean | null;

  @MoneyField({ nullable: true })
  charge: MoneyBody | null;

  @Text({ nullable: true, max: 5000 })
  description: string | null;

  @Nested(() => DecisionView, { description: 'The newest.' })
  decision: DecisionView;

  @Id('dec')
  decision_id: string;

  @Text({ nullable: true, max: 2000, description: 'What a person said with the decision.' })
  note: string | null;

  @MoneyField({
    nullable: true,
    description: 'What the wallet was credited with: by the decision, or when its goods had come back.',
  })
  credited: MoneyBody | null;

  @Id('ret', { nullable: true, description: 'The return of goods that come back before they are paid.' })
  return: string | null;

  @Id('ord', { nullable: true, description: 'The free order by which the goods are sent again.' })
  reship: string | null;

  @List(() => EvidenceView)
  evidence: EvidenceView[];

  @List(() => ClaimMessageView)
  messages: ClaimMessageView[];

  @Nested(() => PolicyVersionView)
  policy: PolicyVersionView;

  @InstantField({ nullable: true, description: 'Until when the operator’s people answer; null: it is not their turn.' })
  reply_due_at: string | null;

  @InstantField({ nullable: true, description: 'When it is closed unless somebody acts.' })
  closes_at: string | null;

  @InstantField({ nullable: true })
  appealed_at: string | null;

  @InstantField()
  created_at: string;

  @InstantField({ nullable: true })
  closed_at: string | null;
}

export class ClaimStepView {
  @InstantField()
  at: string;

  @Text({ example: 'needs_evidence' })
  step: string;

  @Text({ max: 6000, description: 'What happened, in a sentence.' })
  text: string;

  @Choice(['merchant', 'staff', 'policy'], { description: 'Who or what did it.' })
  by: string;

  @Id('usr', { nullable: true })
  user: string | null;

  @Text({
    nullable: true,
    description: '`decision:dec_…`, `evidence:evd_…`, `message:msg_…`, `order:ord_…`, `return:ret_…`',
  })
  cause: string | null;

  @MoneyField({ nullable: true, description: 'What it credited.' })
  amount: MoneyBody | null;
}
