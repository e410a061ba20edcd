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
  Text,
  TextList,
} from '../../http/fields.ts';
import { ListQuery } from '../../http/lists.ts';
import { DecisionView } from '../../policies/policies.service.ts';
import { RETURN_STATUSES, type ReturnStatus } from './return.machine.ts';

const TYPES = ['quality', 'wrong_item', 'change_of_mind', 'damaged', 'defective'] as const;
const FAULTS = ['operator', 'courier', 'merchant', 'buyer'] as const;
const CONDITIONS = ['original', 'used', 'damaged', 'missing'] as const;
const REMEDIES = ['refund', 'reship', 'store_credit'] as const;
export const ENCLOSED = ['receipt', 'shipping_receipt'] as const;

class ReturnItemBody {
  @Int({ min: 1, description: 'A line of the order.' })
  line: number;

  @Int({ min: 1, max: 1_000_000 })
  quantity: number;
}

export class ReturnBody {
  @Text({ max: 40, description: 'An order’s id.' })
  order: string;

  @Text({ optional: true, max: 40, description: 'A package’s id; may be left out where the order has only one.' })
  package?: string;

  @Choice(TYPES, { description: 'damaged and defective: goods that an accepted claim wants back.' })
  type: (typeof TYPES)[number];

  @List(() => ReturnItemBody, { optional: true, max: 200, description: 'Left out: everything in the package.' })
  items?: ReturnItemBody[];

  @Choice(FAULTS, { optional: true, description: 'Whose doing it is, where it is known.' })
  fault?: (typeof FAULTS)[number];

  @Choice(REMEDIES, { optional: true, description: 'reship: an exchange, where the policy has them.' })
  preferred_remedy?: (typeof REMEDIES)[number];

  @Text({ optional: true, max: 4000 })
  description?: string;
}

export class ReturnQuery extends ListQuery {
  @Choice(RETURN_STATUSES, { optional: true })
  status?: ReturnStatus;

  @Choice(TYPES, { optional: true })
  type?: string;

  @Id('ord', { optional: true })
  order?: string;
}

export class ReturnTrackingBody {
  @Text({ max: 100, description: "The courier's name or code; any courier may bring it." })
  courier: string;

  @Text({ max: 100 })
  tracking_number: string;
}

export class ReturnApprovalBody {
  @Flag()
  approved: boolean;

  @Text({ optional: true, max: 4000, description: 'Shown to the merchant.' })
  note?: string;
}

export class ReturnReceiptBody {
  @Choice(CONDITIONS, { description: 'missing: lost on the way back, or an empty parcel.' })
  condition: (typeof CONDITIONS)[number];

  @Flag()
  unopened: boolean;

  @Flag({ optional: true, description: 'Is its original label on it?' })
  original_label?: boolean;

  @TextList({ optional: true, max: 10, choices: ENCLOSED, description: 'What lay in the parcel.' })
  enclosed?: (typeof ENCLOSED)[number][];

  @List(() => ReturnItemBody, { optional: true, min: 1, max: 200, description: 'Left out: all that was announced.' })
  items?: ReturnItemBody[];

  @Text({ optional: true, max: 1000 })
  note?: string;
}

export class ReturnEnclosedBody {
  @TextList({ min: 1, max: 10, choices: ENCLOSED, description: 'What was found afterwards.' })
  kinds: (typeof ENCLOSED)[number][];
}

export class ReturnDecisionBody {
  @Choice(['refund', 'deny'])
  outcome: 'refund' | 'deny';

  @MoneyField({ optional: true, description: 'Left out: what the policy pays for goods in order.' })
  amount?: MoneyBody;

  @Text({ max: 4000 })
  note: string;
}

class ReturnItemView {
  @Int({ min: 1 }) line: number;
  @Text() sku: string;
  @Int({ min: 1 }) quantity: number;
}

class WarehouseAddressView {
  @Text() code: string;
  @Text() name: string;
  @Text() country: string;
}

class InspectionView {
  @Flag({ nullable: true }) unopened: boolean | null;
  @Flag({ nullable: true }) original_label: boolean | null;
  @Choice(CONDITIONS, { nullable: true }) condition: string | null;
  @Choice(['valid', 'expired', 'unknown'], { nullable: true }) return_code: string | null;
}

class ReturnEvidenceView {
  @Id('evd') id: string;
  @Choice(['photo', 'video', 'receipt', 'shipping_receipt', 'other']) kind: string;
  @Text() media_type: string;
  @Int({ min: 1 }) bytes: number;
  @Text() sha256: string;
  @InstantField() created_at: string;
}

/** A return as the API shows it. */
export class ReturnView {
  @Id('ret') id: string;
  @Id('ord') order: string;
  @Id('pkg') package: string;
  @Choice(RETURN_STATUSES) status: ReturnStatus;
  @Choice(TYPES) type: string;
  @List(() => ReturnItemView) items: ReturnItemView[];
  @Text({ nullable: true }) fault: string | null;
  @Text({ nullable: true }) preferred_remedy: string | null;
  @Text({ nullable: true }) description: string | null;
  @Text({ description: 'return, or what wants the goods first: claim:clm_…, cancellation.' }) asked_by: string;
  @Text({ nullable: true, description: 'Belongs on the parcel; null before it is authorised.' })
  return_code: string | null;
  @InstantField({ nullable: true, description: 'Strictly after it an authorised return has expired.' })
  expires_at: string | null;
  @Choice(['operator', 'buyer'], { description: 'Who pays the way back.' }) way_back: string;
  @Nested(() => WarehouseAddressView, { description: 'Where the goods go.' }) return_to: WarehouseAddressView;
  @Text({ nullable: true }) courier: string | null;
  @Text({ nullable: true }) tracking_number: string | null;
  @Nested(() => DecisionView, { description: 'The newest one.' }) decision: DecisionView;
  @Nested(() => InspectionView, { nullable: true, description: 'What the warehouse saw.' })
  inspection: InspectionView | null;
  @List(() => ReturnEvidenceView, { description: 'The files that were handed in.' })
  evidence: ReturnEvidenceView[];
  @MoneyField({ description: 'What the wallet was credited with.' }) refunded: MoneyBody;
  @Id('ord', { nullable: true, description: 'The free order by which the goods are exchanged.' })
  reship: string | null;
  @Text({ nullable: true, description: 'Of whoever answered it.' }) note: string | null;
  @InstantField() created_at: string;
  @InstantField({ nullable: true }) authorised_at: string | null;
  @InstantField({ nullable: true }) received_at: string | null;
  @InstantField({ nullable: true, description: 'By when the policy wants received goods to be dealt with.' })
  process_by: string | null;
  @InstantField({ nullable: true }) ended_at: string | null;
}
