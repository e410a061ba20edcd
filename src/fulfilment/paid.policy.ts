import type { Money } from '../kernel/money.ts';

/** What a package cost, and what was given back for it. */
export interface PaidPackage {
  goodsPaid: Money;
  shippingPaid: Money;
  /** Of a free package: what was paid for the units that it stands for. */
  worth: Money;
  refunded: Money;
  madeGood: Money;
}

/** What was paid for a package, or for the units that it stands for. */
export function paidFor({ goodsPaid, shippingPaid, worth }: Omit<PaidPackage, 'refunded' | 'madeGood'>): Money {
  return goodsPaid.plus(shippingPaid).plus(worth);
}

/** What may still be given back for a package: in money, in goods or as store credit. */
export function leftOf(parcel: PaidPackage): Money {
  return paidFor(parcel).minus(parcel.refunded).minus(parcel.madeGood);
}
