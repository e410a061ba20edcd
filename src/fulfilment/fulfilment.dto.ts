import {
  Choice,
  DateField,
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
import { ListQuery } from '../http/lists.ts';
import { instant, instantOrNull } from '../kernel/clock.ts';
import { idOut } from '../kernel/ids.ts';
import { isBeforeHandOver, PACKAGE_STATUSES, type PackageStatus } from './package.machine.ts';
import type { Interception, PackageRecord } from './package.records.ts';
import { refundClock } from './refund-clock.policy.ts';
import type { ManifestRecord } from './warehouse/departures.ts';

const PRINTABLE = /^[\x20-\x7e]+$/;
const BAR_CODE = "A label's bar code takes letters A to Z, digits and the signs of ASCII";

export class PackageQuery extends ListQuery {
  @Choice(PACKAGE_STATUSES, { optional: true })
  status?: PackageStatus;

  @Text({ optional: true, description: "A warehouse's code." })
  warehouse?: string;

  @Text({ optional: true, description: "A courier's code." })
  courier?: string;

  @Text({ optional: true })
  tracking_number?: string;

  @Id('ord', { optional: true })
  order?: string;
}

export class PickingQuery extends ListQuery {
  @Text({ optional: true, description: "A warehouse's code." })
  warehouse?: string;
}

export class ScannedUnits {
  @Text()
  sku: string;

  @Int({ min: 1, max: 100_000 })
  quantity: number;
}

class QualityCheckBody {
  @Text()
  sku: string;

  @Flag()
  passed: boolean;

  @Text({ optional: true, max: 1000 })
  note?: string;
}

export class PackBody {
  @List(() => ScannedUnits, {
    max: 1000,
    description: 'Every unit as it was scanned; the same SKU may come several times.',
  })
  scans: ScannedUnits[];

  @Int({ min: 1, max: 10_000_000, description: 'Of the closed package, in grams.' })
  weight_g: number;

  @List(() => QualityCheckBody, { optional: true, max: 1000, description: 'Of every SKU that asks for a check.' })
  quality_checks?: QualityCheckBody[];
}

export class LabelBody {
  @Text({ description: "A courier's code." })
  courier: string;

  @Text({ description: "One of the courier's services." })
  service: string;

  @Text({
    optional: true,
    max: 100,
    pattern: PRINTABLE,
    says: BAR_CODE,
    description: 'Without it the label is bought; in the sandbox it is made up where no provider is set up.',
  })
  tracking_number?: string;
}

export class ManifestBody {
  @Text({ description: "A courier's code." })
  courier: string;

  @TextList({ min: 1, max: 1000, description: 'Ids of packages with a label of this courier.' })
  packages: string[];
}

class PackageItemView {
  @Int({ min: 1 })
  line: number;

  @Text()
  sku: string;

  @Int({ min: 1 })
  quantity: number;
}

class RefundClockView {
  @Int({ description: 'Whole days since hand-over.' })
  day: number;

  @Int()
  of: number;

  @InstantField({ description: 'Strictly after it the package is refunded as late.' })
  refund_at: string;

  @Text()
  basis: string;

  @Choice(['rto', 'disputed'], { nullable: true })
  paused_by: 'rto' | 'disputed' | null;
}

class DeliveryEstimateView {
  @DateField()
  earliest: string;

  @DateField()
  latest: string;
}

class InterceptionView {
  @Choice(['requested', 'stopped', 'left'])
  status: 'requested' | 'stopped' | 'left';

  @Choice(['cancellation', 'address_change'])
  cause: string;

  @InstantField()
  requested_at: string;

  @InstantField({ nullable: true })
  answered_at: string | null;
}

/** A package as the API shows it. */
export class PackageView {
  @Id('pkg') id: string;
  @Id('ord') order: string;
  @Choice(PACKAGE_STATUSES) status: PackageStatus;
  @Text({ nullable: true, description: 'The canonical word of the newest fact that the courier reported.' })
  courier_status: string | null;
  @Text({ nullable: true }) reason: string | null;
  @Choice(['forward', 'rto', 'reverse']) direction: string;
  @Text() warehouse: string;
  @List(() => PackageItemView) items: PackageItemView[];
  @TextList({ description: 'Why it is a package of its own.' }) why: string[];
  @Int({ nullable: true, description: 'As weighed; before it is packed, of the goods.' }) weight_g: number | null;
  @Text({ nullable: true }) courier: string | null;
  @Text({ nullable: true }) service: string | null;
  @Text({ nullable: true }) tracking_number: string | null;
  @MoneyField() shipping_paid: MoneyBody;
  @InstantField({ nullable: true, description: 'Promised to leave by then; null: not paid yet.' })
  dispatch_due_at: string | null;
  @Flag({ description: 'Still here, and past the promise.' }) dispatch_overdue: boolean;
  @Nested(() => DeliveryEstimateView, { nullable: true, description: 'From the hand-over day, in working days.' })
  estimated_delivery: DeliveryEstimateView | null;
  @InstantField({ nullable: true }) handed_over_at: string | null;
  @InstantField({ nullable: true }) delivered_at: string | null;
  @InstantField({ nullable: true }) returned_at: string | null;
  @MoneyField() refunded: MoneyBody;
  @Nested(() => RefundClockView, { nullable: true }) refund_clock: RefundClockView | null;
  @Nested(() => InterceptionView, { nullable: true, description: 'A request to stop it, and what became of it.' })
  interception: InterceptionView | null;
  @Flag() disputed: boolean;
  @InstantField({ nullable: true }) settled_at: string | null;
}

export class ManifestView {
  @Id('mfs') id: string;
  @Text() courier: string;
  @TextList() packages: string[];
  @InstantField() created_at: string;
}

/** A package as api.md shapes it; its refund clock is of the instant at which it was read. */
export function packageView(record: PackageRecord): PackageView {
  return {
    id: idOut('pkg', record.id),
    order: idOut('ord', record.orderId),
    status: record.status,
    courier_status: record.courierStatus,
    reason: record.reason,
    direction: record.direction,
    warehouse: record.warehouse,
    items: itemsView(record),
    why: record.why,
    weight_g: record.weightG ?? record.plannedWeightG,
    courier: record.courier,
    service: record.service,
    tracking_number: record.trackingNumber,
    shipping_paid: record.shippingPaid.toJSON(),
    dispatch_due_at: instantOrNull(record.dispatchDueAt),
    dispatch_overdue: isOverdue(record),
    estimated_delivery: estimateView(record),
    handed_over_at: instantOrNull(record.handedOverAt),
    delivered_at: instantOrNull(record.deliveredAt),
    returned_at: instantOrNull(record.returnedAt),
    refunded: record.refunded.toJSON(),
    refund_clock: refundClock(record, record.readAt),
    interception: record.interception === null ? null : interceptionView(record.interception),
    disputed: record.disputed,
    settled_at: instantOrNull(record.settledAt),
  };
}

function isOverdue({ status, dispatchDueAt, readAt }: PackageRecord): boolean {
  return isBeforeHandOver(status) && dispatchDueAt !== null && dispatchDueAt < readAt;
}

function estimateView({ estimateFrom, estimateTo }: PackageRecord): DeliveryEstimateView | null {
  return estimateFrom === null || estimateTo === null ? null : { earliest: estimateFrom, latest: estimateTo };
}

/** One row a line: which of its units were ordered while stock was lacking is the warehouse's own matter. */
function itemsView({ items }: PackageRecord): PackageItemView[] {
  const lines = new Map<number, PackageItemView>();
  for (const { line, sku, quantity } of items) {
    lines.set(line, { line, sku, quantity: quantity + (lines.get(line)?.quantity ?? 0) });
  }
  return [...lines.values()];
}

function interceptionView({ cause, requestedAt, answer, answeredAt }: Interception): InterceptionView {
  return {
    status: answer ?? 'requested',
    cause,
    requested_at: instant(requestedAt),
    answered_at: instantOrNull(answeredAt),
  };
}

export function manifestView({ id, courier, packages, createdAt }: ManifestRecord): ManifestView {
  return {
    id: idOut('mfs', id),
    courier,
    packages: packages.map((record) => idOut('pkg', record.id)),
    created_at: instant(createdAt),
  };
}
