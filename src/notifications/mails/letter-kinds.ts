import type { EventName } from '../../events/catalog.ts';

export { LANGUAGES, languageOf, type Language } from '../../kernel/languages.ts';

/** Every letter to a merchant; each of its people says for each what becomes of it. */
export const LETTER_KINDS = [
  'order_confirmed',
  'order_waiting',
  'order_shipped',
  'order_cancelled',
  'package_delivered',
  'delivery_attempt_failed',
  'delivery_failed',
  'dispatch_overdue',
  'package_late',
  'package_lost',
  'first_scan_missing',
  'rto_initiated',
  'rto_delivered',
  'rto_overdue',
  'delivered_after_refund',
  'claim_opened',
  'claim_needs_evidence',
  'claim_decided',
  'claim_closing_soon',
  'claim_closed',
  'return_authorised',
  'return_denied',
  'return_expired',
  'return_received',
  'refunded',
  'top_up_received',
  'top_up_failed',
  'top_up_refunded',
  'top_up_disputed',
  'low_balance',
  'payout_requested',
  'payout_paid',
  'payout_rejected',
  'membership_renewed',
  'membership_past_due',
  'membership_downgraded',
  'membership_changed',
  'stock_back',
  'webhook_disabled',
] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];

/** Letters that others write, and that people want or do not want all the same. */
export const OTHER_KINDS = ['monthly_statement'] as const;
export type ChosenKind = LetterKind | (typeof OTHER_KINDS)[number];

/** Everything that people can say something of. */
export const CHOSEN_KINDS: readonly ChosenKind[] = [...LETTER_KINDS, ...OTHER_KINDS];

/** Letters that nobody can switch off: they are about the account itself. */
export const FIXED_KINDS = [
  'key_created',
  'key_revoked',
  'account_suspended',
  'account_reinstated',
  'account_closing',
  'account_closed',
] as const;
export type FixedKind = (typeof FIXED_KINDS)[number];

/** At once, once a day with others, or not at all. */
export const MODES = ['now', 'digest', 'off'] as const;
export type Mode = (typeof MODES)[number];

/** Which letter an event makes, once for each event. */
export const LETTER_OF: Readonly<Partial<Record<EventName, LetterKind | FixedKind>>> = {
  'merchant.suspended': 'account_suspended',
  'merchant.reinstated': 'account_reinstated',
  'merchant.closing': 'account_closing',
  'merchant.closed': 'account_closed',
  'merchant.key_created': 'key_created',
  'merchant.key_revoked': 'key_revoked',
  'stock.restocked': 'stock_back',
  'order.paid': 'order_confirmed',
  'order.awaiting_funds': 'order_waiting',
  'order.shipped': 'order_shipped',
  'order.cancelled': 'order_cancelled',
  'package.delivered': 'package_delivered',
  'package.delivery_attempt_failed': 'delivery_attempt_failed',
  'package.delivery_failed': 'delivery_failed',
  'package.dispatch_overdue': 'dispatch_overdue',
  'package.late': 'package_late',
  'package.lost': 'package_lost',
  'package.rto_initiated': 'rto_initiated',
  'package.rto_delivered': 'rto_delivered',
  'package.rto_overdue': 'rto_overdue',
  'package.first_scan_missing': 'first_scan_missing',
  'package.delivered_after_refund': 'delivered_after_refund',
  'claim.opened': 'claim_opened',
  'claim.needs_evidence': 'claim_needs_evidence',
  'claim.decided': 'claim_decided',
  'claim.closing_soon': 'claim_closing_soon',
  'claim.closed': 'claim_closed',
  'return.authorised': 'return_authorised',
  'return.denied': 'return_denied',
  'return.expired': 'return_expired',
  'return.received': 'return_received',
  'wallet.credited': 'refunded',
  'wallet.low_balance': 'low_balance',
  'topup.received': 'top_up_received',
  'topup.failed': 'top_up_failed',
  'topup.refunded': 'top_up_refunded',
  'topup.disputed': 'top_up_disputed',
  'payout.requested': 'payout_requested',
  'payout.paid': 'payout_paid',
  'payout.rejected': 'payout_rejected',
  'membership.renewed': 'membership_renewed',
  'membership.past_due': 'membership_past_due',
  'membership.downgraded': 'membership_downgraded',
  'membership.changed': 'membership_changed',
};
