import type { StockLevel } from '../catalogue/catalogue.service.ts';
import type { ShipTo } from '../kernel/address.ts';
import type { Money } from '../kernel/money.ts';
import type { AppliedDiscount, LineDiscount } from './discount.policy.ts';
import type { ServiceClass, ShippingOption } from './splitting/shipping.policy.ts';
import type { PackedItem } from './splitting/split.policy.ts';

export interface PriceRequest {
  merchantId: string;
  currency: string;
  shipTo: ShipTo;
  /** `line` counts from 1 in the order of the request; pointers of errors are made from it. */
  items: readonly { line: number; sku: string; quantity: number; shipTo?: ShipTo | null }[];
  /** `standard`, `express`, a courier's service code; null: the cheapest for each package. */
  service?: string | null;
  discountCode?: string | null;
  /** All stock of the SKUs: locked for an order, read for a quote. */
  stock: readonly StockLevel[];
  now: Date;
}

export interface PricedItem {
  line: number;
  sku: string;
  title: string;
  quantity: number;
  /** Of one unit. */
  listPrice: Money;
  /** Of one unit after discounts, rounded half up; `paid` is exact. */
  unitPrice: Money;
  /** For the whole line, after every discount. */
  paid: Money;
  discounts: LineDiscount[];
}

export interface PricedPackage {
  shipTo: ShipTo;
  warehouse: string;
  /** A line's units on the shelf and those back-ordered are two items. */
  items: PackedItem[];
  why: string[];
  /** The chosen option: the first of `options`. */
  courier: string;
  service: string;
  price: Money;
  /** Of the goods. */
  weightG: number;
  options: ShippingOption[];
}

export interface Priced {
  currency: string;
  items: PricedItem[];
  discounts: AppliedDiscount[];
  packages: PricedPackage[];
  /** What was asked for, or express where every package goes express. */
  service: ServiceClass;
  goodsPaid: Money;
  shippingPaid: Money;
  /** What the postage costs the operator: the couriers' prices. */
  shippingCost: Money;
  /** All discounts together. */
  discount: Money;
  total: Money;
  discountCode: string | null;
}
