import {
  AnyObject,
  Choice,
  Flag,
  InstantField,
  Int,
  List,
  MoneyBody,
  MoneyField,
  Nested,
  Text,
  TextList,
} from '../http/fields.ts';
import { Currency } from '../http/fields.ts';
import {
  CONDITIONS,
  CLAIM_TYPES,
  EVIDENCE,
  FAULTS,
  NEXT_STEPS,
  PACKAGE_STATUSES,
  RECEIPT_TYPES,
  REMEDIES,
  REQUEST_KINDS,
  RETURN_CODES,
  RETURN_TYPES,
  SERVICES,
} from './deciding/facts.policy.ts';

const MAX_UNITS = 1_000_000;
const TYPES = [...new Set([...CLAIM_TYPES, ...RETURN_TYPES, ...RECEIPT_TYPES])];
const OUTCOMES = [
  'refund',
  'reship',
  'store_credit',
  'accept',
  'intercept',
  'deny',
  'wait',
  'needs_evidence',
  'review',
];
/** 0 to 1 with at most four decimals. */
const SEVERITY = /^(0(\.\d{1,4})?|1(\.0{1,4})?)$/;
/** A decimal amount in the order's currency; its decimals are checked with the currency. */
const amountText = { max: 20, example: '20.00' };

class RequestBody {
  @Choice(REQUEST_KINDS)
  kind: string;

  @Choice(TYPES, {
    optional: true,
    nullable: true,
    description: 'Of claims, returns, and the receipt of an authorised return.',
  })
  type?: string | null;

  @InstantField({
    asSent: true,
    description: 'When it was asked or happened; every window is measured to this instant.',
  })
  at: string;

  @Choice(REMEDIES, { optional: true, nullable: true })
  preferred_remedy?: string | null;

  @Choice(FAULTS, { optional: true, nullable: true })
  fault?: string | null;

  @Flag({ optional: true, description: 'Only the shade or the batch differs.' })
  minor_variation?: boolean;

  @Flag({ optional: true, description: 'The goods were altered or misused.' })
  misuse?: boolean;

  @Flag({ optional: true, nullable: true, description: "Is the order's label in the parcel? null: not said." })
  order_label_found?: boolean | null;

  @Text({ ...amountText, optional: true, nullable: true, description: 'customs_charge: what the receipt shows.' })
  charge?: string | null;
}

class PaidLineBody {
  @Int({ min: 1 })
  line: number;

  @Int({ min: 1, max: MAX_UNITS })
  quantity: number;

  @Text({ ...amountText, description: 'For the whole line, after every discount.' })
  paid: string;
}

class OrderBody {
  @InstantField({ asSent: true })
  placed_at: string;

  @Currency()
  currency: string;

  @Choice(SERVICES)
  service: string;

  @Text({ ...amountText, description: 'What the merchant paid for shipping; zero is free shipping.' })
  shipping_paid: string;

  @Text({ ...amountText, description: 'What the postage cost the operator.' })
  shipping_cost: string;

  @List(() => PaidLineBody, { min: 1 })
  items: PaidLineBody[];
}

class ItemBody {
  @Int({ min: 1 })
  line: number;

  @Int({ min: 1, max: MAX_UNITS })
  quantity: number;
}

class AffectedBody extends ItemBody {
  @Text({
    optional: true,
    nullable: true,
    pattern: SEVERITY,
    says: 'Severity is a decimal from "0" to "1" such as "0.40".',
  })
  severity?: string | null;
}

class PackageBody {
  @Text()
  id: string;

  @Choice(PACKAGE_STATUSES)
  status: string;

  @Text({ optional: true, nullable: true })
  reason?: string | null;

  @Flag({ optional: true })
  disputed?: boolean;

  @InstantField({ asSent: true, optional: true, nullable: true })
  handed_over_at?: string | null;

  @InstantField({ asSent: true, optional: true, nullable: true })
  delivered_at?: string | null;

  @InstantField({ asSent: true, optional: true, nullable: true })
  returned_at?: string | null;

  @List(() => ItemBody)
  items: ItemBody[];
}

class InspectionBody {
  @Flag({ optional: true, nullable: true })
  unopened?: boolean | null;

  @Flag({ optional: true, nullable: true })
  original_label?: boolean | null;

  @Choice(CONDITIONS, { optional: true, nullable: true })
  condition?: string | null;

  @Choice(RETURN_CODES, { optional: true, nullable: true })
  return_code?: string | null;
}

/** Facts as a caller sends them: policies.md, "Facts". A missing optional one is null. */
export class FactsBody {
  @Nested(() => RequestBody)
  request: RequestBody;

  @Nested(() => OrderBody)
  order: OrderBody;

  @List(() => PackageBody, { min: 1 })
  packages: PackageBody[];

  @Text({
    optional: true,
    nullable: true,
    description: 'The package that the request is about; null is the whole order.',
  })
  package?: string | null;

  @List(() => AffectedBody, { optional: true })
  affected?: AffectedBody[];

  @TextList({ choices: EVIDENCE, optional: true })
  evidence?: string[];

  @Nested(() => InspectionBody, {
    optional: true,
    nullable: true,
    description: 'Receipts only: what the warehouse saw.',
  })
  inspection?: InspectionBody | null;

  @Text({
    ...amountText,
    optional: true,
    description: 'Credited before for the same package, or sent again: its paid value.',
  })
  already_refunded?: string;

  @List(() => ItemBody, {
    optional: true,
    description: 'Units of the package that earlier cases have settled: each is paid once.',
  })
  settled?: ItemBody[];

  @Flag({
    optional: true,
    nullable: true,
    description:
      'false: none are left, or no courier goes there; the next remedy holds, else a refund. null: not said.',
  })
  can_send_again?: boolean | null;
}

class DeductionView {
  @Choice(['administration_fee', 'return_shipping', 'outbound_shipping'])
  kind: string;

  @Text(amountText)
  amount: string;
}

export class ClauseView {
  @Text({ example: 'courier-proof/claims/damaged' })
  id: string;

  @Text({ max: 1000 })
  text: string;

  @Text({ max: 1000, example: 'refund 100% of the affected items with their shipping' })
  effect: string;
}

/** policies.md, "Decision". */
export class DecisionView {
  @Choice(OUTCOMES)
  outcome: string;

  @MoneyField({ nullable: true })
  refund: MoneyBody | null;

  @List(() => DeductionView)
  deductions: DeductionView[];

  @TextList({ choices: [...EVIDENCE, 'order_label_found'] })
  missing_evidence: string[];

  @Choice(NEXT_STEPS, { nullable: true })
  next_step: string | null;

  @InstantField({ nullable: true, description: 'For `wait`: the instant strictly after which a sweep decides again.' })
  reconsider_at: string | null;

  @List(() => ClauseView, { min: 1, description: 'The first one decided.' })
  clauses: ClauseView[];
}

/** One policy in the list. */
export class PolicySummaryView {
  @Text({ example: 'courier-proof' })
  id: string;

  @Int({ min: 1, description: 'The version in force.' })
  version: number;

  @Text()
  title: string;

  @Text({ max: 1000 })
  summary: string;

  @TextList({ choices: ['en', 'fr'] })
  languages: string[];

  @InstantField()
  published_at: string;
}

export class PolicySectionView {
  @Text({ example: 'cancellation' })
  name: string;

  @List(() => ClauseView)
  clauses: ClauseView[];
}

/** A version whole: the terms that decide, and every clause made of them. */
export class PolicyView extends PolicySummaryView {
  @AnyObject({ description: 'The parameters, as /v1/policies/schema describes them.' })
  terms: object;

  @List(() => PolicySectionView)
  sections: PolicySectionView[];
}
