/** The chart of accounts of every book, per currency. The number is the account; promotional lots count up from 101. */
export const CASH = 1;
export const FIRST_LOT = 101;

/** Where money is when the merchant does not have it. Their balances mirror the merchant's: a book adds up to zero. */
export const CONTRA = {
  psp_clearing: 11,
  bank_clearing: 12,
  payout_clearing: 13,
  /** The operator's own account: what the clearing accounts waited for has come or gone. */
  bank: 14,
  /** Taken for orders, not yet settled. */
  orders_in_progress: 21,
  goods_revenue: 31,
  shipping_revenue: 32,
  membership_revenue: 33,
  fee_revenue: 34,
  /** Refunds of what was settled already. */
  refund_expense: 41,
  promotion_expense: 42,
  /** What payment providers keep. */
  provider_fees: 43,
  adjustment: 51,
  /** Between a clearing account in the payer's currency and one in the currency that the provider settles in. */
  fx: 61,
} as const;

export type Contra = keyof typeof CONTRA;
export type Clearing = 'psp_clearing' | 'bank_clearing' | 'payout_clearing';

const NAMES = new Map<number, string>([
  [CASH, 'cash'],
  ...Object.entries(CONTRA).map(([name, number]): [number, string] => [number, name]),
]);

/** An account that the merchant can spend from; guarded against going below zero. */
export function isBucket(account: number): boolean {
  return account === CASH || account >= FIRST_LOT;
}

/** `cash`, `orders_in_progress`, `promotional`. */
export function accountName(account: number): string {
  return NAMES.get(account) ?? (account >= FIRST_LOT ? 'promotional' : `account ${account}`);
}

/** What a promotional lot may pay for. */
export const USES = ['order_charge', 'membership_fee', 'fee'] as const;
export type Use = (typeof USES)[number];

/** A journal as the merchant reads it (api.md, transaction). */
export const TRANSACTION_TYPES = [
  'top_up',
  'promotion',
  'order_charge',
  'refund',
  'membership_fee',
  'hold',
  'release',
  'payout',
  'adjustment',
  'reversal',
  'fee',
] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];
