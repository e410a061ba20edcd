import {
  Choice,
  Country,
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
  TextList,
} from '../http/fields.ts';

const DISCOUNT_KINDS = ['quantity_tier', 'order_value_tier', 'discount_code', 'plan'];

/** A buyer's address. */
export class ShipToBody {
  @Text({ example: 'Ada Byron' })
  name: string;

  @Text({ optional: true })
  company?: string;

  @Text({ example: '1 Main Street' })
  line1: string;

  @Text({ optional: true })
  line2?: string;

  @Text({ example: 'Springfield' })
  city: string;

  @Text({ optional: true, example: 'IL' })
  region?: string;

  @Text({ optional: true, max: 20, example: '62701' })
  postal_code?: string;

  @Country()
  country: string;

  @Text({ optional: true, max: 40, example: '+1 217 555 0100' })
  phone?: string;

  @Text({
    optional: true,
    max: 254,
    pattern: /^[^\s@]+@[^\s@]+$/,
    says: 'email must be an address such as ada@example.com',
  })
  email?: string;
}

export class QuoteItemBody {
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

export class QuoteBody {
  @Currency()
  currency: string;

  @Nested(() => ShipToBody)
  ship_to: ShipToBody;

  @List(() => QuoteItemBody, { min: 1, max: 200 })
  items: QuoteItemBody[];

  @Text({
    optional: true,
    max: 64,
    description: '`standard`, `express` or a courier’s service code; the cheapest where nothing is said.',
  })
  service?: string;

  @Text({ optional: true, max: 64 })
  discount_code?: string;
}

export class LineDiscountView {
  @Choice(DISCOUNT_KINDS)
  kind: string;

  @Text({ optional: true })
  code?: string;

  @MoneyField()
  amount: MoneyBody;
}

export class DiscountView extends LineDiscountView {
  @Percent({ optional: true })
  percent?: string;
}

export class QuoteItemView {
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

  @MoneyField({ description: 'For the whole line, after every discount.' })
  paid: MoneyBody;

  @List(() => LineDiscountView)
  discounts: LineDiscountView[];
}

export class DaysView {
  @Int()
  min: number;

  @Int()
  max: number;
}

export class OptionView {
  @Text()
  courier: string;

  @Text()
  service: string;

  @Choice(['standard', 'express'])
  class: string;

  @Nested(() => DaysView, { description: 'Working days from hand-over.' })
  days: DaysView;

  @MoneyField()
  price: MoneyBody;
}

export class QuotePackageItemView {
  @Int({ min: 1 })
  line: number;

  @Text()
  sku: string;

  @Int({ min: 1 })
  quantity: number;

  @Flag({ description: 'Not in stock yet: back-ordered.' })
  backorder: boolean;
}

export class QuotePackageView {
  @Int({ min: 1, description: 'The packages are counted from 1.' })
  package: number;

  @Text()
  warehouse: string;

  @List(() => QuotePackageItemView)
  items: QuotePackageItemView[];

  @TextList({ description: 'Why it is a package of its own.' })
  why: string[];

  @Int()
  weight_g: number;

  @Text()
  courier: string;

  @Text()
  service: string;

  @MoneyField({ description: 'Of the chosen option.' })
  shipping: MoneyBody;

  @List(() => OptionView, { description: 'How it can go, the best first; the first is chosen.' })
  options: OptionView[];
}

export class QuoteOptionView extends OptionView {
  @Int({ min: 1, description: 'Of which package.' })
  package: number;

  @Flag({ description: 'What the total counts.' })
  chosen: boolean;
}

export class QuoteView {
  @Id('quo')
  id: string;

  @Currency()
  currency: string;

  @Choice(['standard', 'express'])
  service: string;

  @List(() => QuoteItemView)
  items: QuoteItemView[];

  @List(() => DiscountView)
  discounts: DiscountView[];

  @List(() => QuotePackageView)
  packages: QuotePackageView[];

  @List(() => QuoteOptionView, { description: 'The options of every package in one list.' })
  shipping_options: QuoteOptionView[];

  @MoneyField()
  goods_paid: MoneyBody;

  @MoneyField()
  shipping_paid: MoneyBody;

  @MoneyField({ description: 'All discounts together.' })
  discount: MoneyBody;

  @MoneyField()
  total: MoneyBody;

  @InstantField()
  created_at: string;

  @InstantField({ description: 'Until then an order that names the quote pays this total or is refused.' })
  expires_at: string;
}
