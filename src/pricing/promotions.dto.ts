import { Currency, InstantField, Int, List, MoneyBody, MoneyField, Percent, Text } from '../http/fields.ts';

export class QuantityTierBody {
  @Currency({ optional: true, description: 'Left out: any currency that has no quantity tiers of its own.' })
  currency?: string;

  @Int({ min: 1, max: 1_000_000, description: 'From so many units in the order on.' })
  from: number;

  @Percent()
  percent: string;
}

export class OrderValueTierBody {
  @MoneyField({ description: 'For goods worth more than this at list price.' })
  over: MoneyBody;

  @Percent()
  percent: string;
}

/** The better of the two kinds counts; they do not add up. */
export class PriceTiersBody {
  @List(() => QuantityTierBody, { optional: true, max: 500 })
  quantity?: QuantityTierBody[];

  @List(() => OrderValueTierBody, { optional: true, max: 500 })
  order_value?: OrderValueTierBody[];
}

export class PriceTiersView {
  @List(() => QuantityTierBody)
  quantity: QuantityTierBody[];

  @List(() => OrderValueTierBody)
  order_value: OrderValueTierBody[];
}

export class PutDiscountCodeBody {
  @Percent({ optional: true, description: 'Either percent or amount.' })
  percent?: string;

  @MoneyField({ optional: true, positive: true })
  amount?: MoneyBody;

  @InstantField({ optional: true })
  from?: string;

  @InstantField({ optional: true, description: 'It counts up to this instant, and at it.' })
  until?: string;

  @Int({ optional: true, min: 1, description: 'Orders in all.' })
  max_uses?: number;

  @Int({ optional: true, min: 1, description: 'Orders of one merchant.' })
  max_uses_per_merchant?: number;

  @MoneyField({ optional: true, description: 'Goods at list price must be worth this at least.' })
  minimum_order?: MoneyBody;
}

export class DiscountCodeView {
  @Text()
  code: string;

  @Percent({ nullable: true })
  percent: string | null;

  @MoneyField({ nullable: true })
  amount: MoneyBody | null;

  @InstantField({ nullable: true })
  from: string | null;

  @InstantField({ nullable: true })
  until: string | null;

  @Int({ nullable: true })
  max_uses: number | null;

  @Int({ nullable: true })
  max_uses_per_merchant: number | null;

  @MoneyField({ nullable: true })
  minimum_order: MoneyBody | null;

  @Int({ description: 'Orders that it was used for.' })
  uses: number;
}
