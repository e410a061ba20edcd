import {
  AnyObject,
  Choice,
  Currency,
  Id,
  InstantField,
  Int,
  List,
  LooseList,
  MoneyBody,
  MoneyField,
  Nested,
  QueryInstant,
  Text,
} from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import { PackageView } from '../fulfilment/fulfilment.service.ts';
import { ShipToBody } from '../pricing/pricing.service.ts';

const ORDER_STATUSES = ['awaiting_funds', 'paid', 'in_fulfilment', 'shipped', 'completed', 'settled', 'cancelled'];

export class OrderItemBody {
  @Text({ max: 64, example: 'LAMP-01' })
  sku: string;

  @Int({ min: 1, max: 100_000 })
  quantity: number;

  @Nested(() => ShipToBody, {
    optional: true,
    description: 'An address of its own; the order’s where nothing is said.',
  })
  ship_to?: ShipToBody;
}

export class PlaceOrderBody {
  @Text({ max: 100, description: 'The store’s own name for the order, once per merchant.', example: 'SHOP-1001' })
  reference: string;

  @Currency()
  currency: string;

  @Nested(() => ShipToBody)
  ship_to: ShipToBody;

  @List(() => OrderItemBody, { min: 1, max: 200 })
  items: OrderItemBody[];

  @Text({
    optional: true,
    max: 64,
    description: '`standard`, `express` or a courier’s service code; the cheapest where nothing is said.',
  })
  service?: string;

  @Text({ optional: true, max: 64 })
  discount_code?: string;

  @Text({ optional: true, max: 40, description: 'A quote’s id: the order is refused where it comes to another total.' })
  quote?: string;
}

export class BatchBody {
  /** Each is checked by itself, so that one bad order does not hold up the others. */
  @LooseList(() => PlaceOrderBody, {
    ...{ min: 1, max: 100, anything: true },
    description: 'Orders as POST /v1/orders takes them; each by itself, in order.',
  })
  orders: unknown[];
}

export class OrderQuery extends ListQuery {
  @Choice(ORDER_STATUSES, { optional: true })
  status?: string;

  @Text({ optional: true, max: 100 })
  reference?: string;

  @QueryInstant({ optional: true })
  created_after?: string;

  @QueryInstant({ optional: true })
  created_before?: string;
}

export class OrderDiscountView {
  @Choice(['quantity_tier', 'order_value_tier', 'discount_code', 'plan', 'replacement'])
  kind: string;

  @Text({ optional: true })
  code?: string;

  @MoneyField()
  amount: MoneyBody;
}

export class OrderItemView {
  @Int({ min: 1 })
  line: number;

  @Text()
  sku: string;

  @Text()
  title: string;

  @Int({ min: 1 })
  quantity: number;

  @MoneyField({ description: 'Of one unit.' })
  list_price: MoneyBody;

  @MoneyField({ description: 'Of one unit after discounts, rounded; `paid` is exact.' })
  unit_price: MoneyBody;

  @MoneyField({ description: 'For the whole line, after every discount: what refunds pay back.' })
  paid: MoneyBody;

  @List(() => OrderDiscountView)
  discounts: OrderDiscountView[];
}

export class PolicyRefView {
  @Text()
  id: string;

  @Int({ min: 1 })
  version: number;
}

class ReplacesView {
  @Id('ord')
  order: string;

  @Id('pkg')
  package: string;

  @Text({ description: 'The case for which the goods are sent again.', example: 'claim:clm_…' })
  cause: string;
}

export class OrderView {
  @Id('ord')
  id: string;

  @Text()
  reference: string;

  @Choice(ORDER_STATUSES)
  status: string;

  @Currency()
  currency: string;

  @Nested(() => ShipToBody, { nullable: true, description: 'null once the buyer’s data were erased.' })
  ship_to: ShipToBody | null;

  @Text({ nullable: true })
  service: string;

  @List(() => OrderItemView)
  items: OrderItemView[];

  @MoneyField()
  goods_paid: MoneyBody;

  @MoneyField()
  shipping_paid: MoneyBody;

  @MoneyField({ description: 'All discounts together.' })
  discount: MoneyBody;

  @MoneyField()
  total: MoneyBody;

  @Nested(() => PolicyRefView)
  policy: PolicyRefView;

  @List(() => PackageView)
  packages: PackageView[];

  @Nested(() => ReplacesView, { nullable: true, description: 'Of a free order: what it is sent for.' })
  replaces: ReplacesView | null;

  @InstantField()
  created_at: string;

  @InstantField({ nullable: true })
  paid_at: string | null;
}

export class BatchResultView {
  @Int({ description: 'The status that POST /v1/orders would have answered.' })
  status: number;

  @Nested(() => OrderView, { optional: true })
  order?: OrderView;

  @AnyObject({ optional: true, description: 'application/problem+json, as POST /v1/orders answers it.' })
  problem?: object;
}

export class BatchView {
  @List(() => BatchResultView)
  data: BatchResultView[];
}

export const TIMELINE_AUTHORS = ['merchant', 'staff', 'courier', 'policy', 'waybill'] as const;
export type TimelineAuthor = (typeof TIMELINE_AUTHORS)[number];

export class TimelineEntryView {
  @Id('evt')
  id: string;

  @InstantField()
  at: string;

  @Text({ description: 'The event’s name.', example: 'package.handed_over' })
  type: string;

  @Id('pkg', { nullable: true })
  package: string | null;

  @Text({ max: 1000, description: 'What happened, in a sentence.' })
  text: string;

  @Choice(TIMELINE_AUTHORS, { description: 'Who or what did it; `waybill`: the service itself, on the clock.' })
  by: TimelineAuthor;

  @Id('usr', { nullable: true })
  user: string | null;

  @MoneyField({ nullable: true, signed: true })
  amount: MoneyBody | null;

  @Text({ nullable: true, description: 'What caused it: `decision:dec_…`, `order:ord_…`, a tracking event.' })
  cause: string | null;
}
