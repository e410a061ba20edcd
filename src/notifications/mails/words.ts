import type { Letter } from './layout.ts';

export type Language = 'en' | 'fr';

/** One package of a letter about an order. */
export interface PackageLine {
  courier: string | null;
  trackingNumber: string | null;
  /** Units and SKUs: `2 x LAMP`. */
  items: string;
}

export interface OrderFacts {
  reference: string;
  /** `12.34 USD` */
  total: string;
  items: readonly { title: string; quantity: number; paid: string }[];
  packages: readonly PackageLine[];
}

export interface PackageFacts extends PackageLine {
  reference: string;
  /** The courier's reason; null: none was said. */
  reason: string | null;
}

/** Every letter to a merchant, in one language. */
export interface Words {
  orderConfirmed(order: OrderFacts): Letter;
  orderWaiting(order: OrderFacts): Letter;
  orderShipped(order: OrderFacts): Letter;
  packageDelivered(parcel: PackageFacts): Letter;
  deliveryAttemptFailed(parcel: PackageFacts): Letter;
  rtoInitiated(parcel: PackageFacts): Letter;
  rtoDelivered(parcel: PackageFacts): Letter;
  refunded(refund: { amount: string; balance: string; lines: readonly (readonly [string, string])[] }): Letter;
  topUpReceived(topUp: { amount: string; reference: string }): Letter;
  lowBalance(balance: { available: string; limit: string; daysLeft: number | null }): Letter;
  webhookDisabled(endpoint: { url: string; reason: 'gone' | 'failing' }): Letter;
  signature: string;
}
