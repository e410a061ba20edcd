import type { Money } from '../kernel/money.ts';
import type { PackageStatus } from './package.machine.ts';

export type Direction = 'forward' | 'rto' | 'reverse';
export type InterceptionCause = 'cancellation' | 'address_change';
/** Which scan took the package out of the warehouse. */
export const HAND_OVER_SCANS = ['hand_over', 'manifest', 'courier'] as const;
export type HandOverScan = (typeof HAND_OVER_SCANS)[number];

export interface PackageItem {
  line: number;
  sku: string;
  title: string;
  quantity: number;
  /** Units that stock was lacking for when the order was placed. */
  backorder: boolean;
  /** For these units, after every discount. */
  paid: Money;
}

/** A request to stop a package, and what became of it. */
export interface Interception {
  id: string;
  cause: InterceptionCause;
  /** Whoever asked, in the asker's own words: a case, a decision. */
  causeId: string | null;
  requestedAt: Date;
  answer: 'stopped' | 'left' | null;
  answeredAt: Date | null;
}

/** A package as it stands. Ids are UUIDs. */
export interface PackageRecord {
  merchantId: string;
  id: string;
  orderId: string;
  orderReference: string;
  /** Its place in the order, from 1. */
  number: number;
  currency: string;
  status: PackageStatus;
  warehouse: string;
  items: PackageItem[];
  why: string[];
  /** Of the goods, as planned. */
  plannedWeightG: number;
  /** As weighed; null before it is packed. */
  weightG: number | null;
  courier: string | null;
  service: string | null;
  trackingNumber: string | null;
  /** Zero where it was cancelled before its order was paid; so is its shipping. */
  goodsPaid: Money;
  /** Its share of the order's shipping (policies.md, The amount). */
  shippingPaid: Money;
  refunded: Money;
  /** What was paid for units that were sent again, or given as store credit. */
  madeGood: Money;
  /** Of a free package: what was paid for the units that it stands for. */
  worth: Money;
  lateAfterDays: number | null;
  courierStatus: string | null;
  reason: string | null;
  direction: Direction;
  disputed: boolean;
  plannedAt: Date;
  /** Null: its order is not paid, and the warehouse does not see it. */
  paidAt: Date | null;
  labelledAt: Date | null;
  handedOverAt: Date | null;
  handedOverBy: HandOverScan | null;
  manifestId: string | null;
  deliveredAt: Date | null;
  returnedAt: Date | null;
  receivedAt: Date | null;
  cancelledAt: Date | null;
  settledAt: Date | null;
  /** Promised to leave by then (product.md, Service promises); null: not paid. */
  dispatchDueAt: Date | null;
  /** Local dates; null: not handed over. */
  estimateFrom: string | null;
  estimateTo: string | null;
  /** The newest one. */
  interception: Interception | null;
  /** When it was read: what the refund clock shows is of this instant. */
  readAt: Date;
}

export interface OrderKey {
  merchantId: string;
  orderId: string;
}

export interface PackageFilter {
  /** Null: every merchant's. */
  merchantId: string | null;
  status?: PackageStatus | undefined;
  warehouse?: string | undefined;
  courier?: string | undefined;
  trackingNumber?: string | undefined;
  orderId?: string | undefined;
  /** The warehouse does not see what is not paid. */
  paidOnly?: boolean;
  /** Only those that somebody has asked to stop, not answered yet. */
  toBeStopped?: boolean;
  /** Only those that ended and of which the courier then said otherwise. */
  disputed?: boolean;
}

/** What a person, a scanner or a courier did to a package. */
export interface StepTaken {
  merchantId: string;
  packageId: string;
  step: string;
  at: Date;
  byUser?: string | null;
  detail?: object;
}
