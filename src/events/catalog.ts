import type { MoneyJson } from '../kernel/money.ts';

/** What every event of an order tells. Ids are UUIDs, instants RFC 3339. */
interface OfOrder {
  merchantId: string;
  orderId: string;
  at: string;
}

/** What every event of a package tells. */
interface OfPackage extends OfOrder {
  packageId: string;
}

interface Labelled extends OfPackage {
  courier: string;
  trackingNumber: string;
}

/** What a courier said of a package; `evidence` is the message that proves it (`trm_…`), or `receipt`: the warehouse's. */
interface Tracked extends OfPackage {
  reason: string | null;
  evidence: string | null;
}

interface OfMoney {
  merchantId: string;
  currency: string;
  amount: MoneyJson;
  /** As the transaction shows it: top_up, order_charge, refund … */
  type: string;
  /** All that the merchant has in the currency, afterwards. */
  balanceAfter: MoneyJson;
  journalId: string;
  /** `order:ord_…`, `decision:dec_…`, `top_up:top_…` */
  cause: string;
  at: string;
}

interface OfPayout {
  merchantId: string;
  payoutId: string;
  amount: MoneyJson;
  /** It is the rest of an account that is closing. */
  closing: boolean;
}

/** What every event of a membership tells: how it stands afterwards, as the API shows it. */
interface OfMembership {
  merchantId: string;
  /** The one that it is about; `plan` starter: it has ended. */
  membershipId: string;
  plan: string;
  status: string;
  period: { start: string; end: string } | null;
  scheduledChange: { plan: string; effectiveAt: string } | null;
  nextCharge: { at: string; amount: MoneyJson } | null;
  at: string;
}

/** What every event of a return tells, in the words of its view; `type` is why the goods go back. */
interface OfReturn extends OfPackage {
  returnId: string;
  type: string;
  status: string;
}

/** Every event and its payload, on one page. Fields are added, never changed. */
export interface EventCatalog {
  /** `currency`: the merchant's home currency. */
  'merchant.registered': { merchantId: string; currency: string; at: string };
  'merchant.suspended': { merchantId: string; at: string };
  'merchant.reinstated': { merchantId: string; at: string };
  'merchant.key_created': { merchantId: string; keyId: string; lastFour: string; at: string };
  'merchant.key_revoked': { merchantId: string; keyId: string; lastFour: string; at: string };
  'merchant.email_verified': { merchantId: string; at: string };
  /** New orders and renewals end. */
  'merchant.closing': { merchantId: string; at: string };
  'merchant.closed': { merchantId: string; at: string };

  'stock.received': { merchantId: string; sku: string; warehouse: string; quantity: number; at: string };
  'stock.depleted': { merchantId: string; sku: string; at: string };
  'stock.restocked': { merchantId: string; sku: string; at: string };

  /** `status`: found, with the variant's SKU, or declined. */
  'sourcing.answered': {
    merchantId: string;
    sourcingRequestId: string;
    name: string;
    status: string;
    sku: string | null;
    answer: string | null;
    at: string;
  };

  'order.placed': OfOrder;
  'order.awaiting_funds': OfOrder & { total: MoneyJson };
  /** `amount`: what was taken; left out: its total. */
  'order.paid': OfOrder & { amount?: MoneyJson };
  'order.address_changed': OfOrder;
  'order.in_fulfilment': OfOrder;
  'order.shipped': OfOrder;
  'order.completed': OfOrder;
  'order.cancelled': OfOrder;
  'order.settled': OfOrder;
  /** The buyer's name, phone, e-mail and address are gone; whoever kept some of them lets them go too. */
  'order.erased': OfOrder;

  /** Still here past the promised dispatch time. */
  'package.dispatch_overdue': OfPackage;
  'package.picked': OfPackage;
  'package.packed': OfPackage;
  'package.labelled': Labelled;
  /** `country`: of the buyer. */
  'package.handed_over': Labelled & { country: string; items: readonly { sku: string; quantity: number }[] };
  /** The answer to a request to stop it; `causeId` is the asker's own. */
  'package.intercepted': OfPackage & {
    stopped: boolean;
    cause: 'cancellation' | 'address_change';
    causeId: string | null;
  };
  'package.cancelled': OfPackage;
  /** `cause`: rto, or return:<id>. */
  'package.received_back': OfPackage & { cause: string; unopened: boolean; originalLabel: boolean; condition: string };
  'package.settled': OfPackage;

  'package.in_transit': Tracked;
  'package.out_for_delivery': Tracked;
  'package.available_for_pickup': Tracked;
  'package.exception': Tracked;
  'package.disputed': Tracked;
  'package.delivery_attempt_failed': Tracked;
  'package.delivered': Tracked;
  'package.rto_initiated': Tracked;
  'package.rto_delivered': Tracked;
  /** The courier says too what the warehouse's receipt said before. */
  'package.rto_confirmed': OfPackage;
  /** The courier says that it delivered what the warehouse had stopped. */
  'package.delivered_though_cancelled': OfPackage;
  /** The merchant's answer to a failed attempt. */
  'package.instructed': OfPackage & { action: string };
  'package.delivery_failed': Tracked;
  'package.lost': Tracked;
  'package.late': Tracked;
  /** No scan of the courier's so long after hand-over (policies.md, `first_scan_due_hours`). */
  'package.first_scan_missing': OfPackage;
  /** An RTO was begun and not seen to arrive (policies.md, `rto_overdue_days`). */
  'package.rto_overdue': OfPackage;
  /** `action`: keep, review, or take_back, at that instant. */
  'package.delivered_after_refund': OfPackage & { amount: MoneyJson; action: string; takenBackAt: string | null };

  /** It was, and its refund has left the wallet again. */
  'package.refund_taken_back': OfPackage & { amount: MoneyJson };
  /** Goods of it go out again by a free order; `cause`: `claim:clm_…` or `return:ret_…`. */
  'package.sent_again': OfPackage & { replacementOrderId: string; cause: string };

  'claim.opened': OfPackage & { claimId: string; type: string };
  'claim.evidence_added': OfPackage & { claimId: string; evidenceId: string; kind: string };
  'claim.needs_evidence': OfPackage & { claimId: string; missing: readonly string[] };
  'claim.decided': OfOrder & {
    /** Null: a decision of another request than a claim. */
    claimId: string | null;
    packageId: string | null;
    decisionId: string;
    outcome: string;
    /** Of the request, and of the claim or return. */
    kind?: string;
    type?: string | null;
    /** Who decided: the policy, whoever asked, or a person in its place. */
    by?: 'policy' | 'person';
    /** The sentence of the policy's page that decided; a person's reasons are in the note, which no event keeps. */
    why?: string;
    refund: MoneyJson | null;
    /** cancellation, address_change, undelivered, claim, return, or delivered_after_refund: once of each is credited. */
    cause: string;
    /** What the wallet got: nothing where a credit of the same cause stood already. */
    credited: MoneyJson;
  };
  /** Nobody has acted on it for long: it is closed at that instant unless somebody does. */
  'claim.closing_soon': OfPackage & { claimId: string; closesAt: string };
  /**
   * `reason`: withdrawn, inactive, settled (its package was paid back otherwise), done (what was granted was given), or
   * goods_not_paid (what was wanted back first did not come, or not as it had to).
   */
  'claim.closed': OfPackage & { claimId: string; reason: string };

  'return.requested': OfReturn;
  'return.evidence_added': OfReturn & { evidenceId: string; kind: string };
  /** `expiresAt`: the code is worth nothing afterwards; null: it does not end. */
  'return.authorised': OfReturn & { returnCode: string; expiresAt: string | null };
  /** The buyer has sent the goods; the parcel's number, which is the buyer's own, stands in the return. */
  'return.sent': OfReturn & { courier: string };
  /** Not allowed, or (its status is `rejected`) received and not paid for. */
  'return.denied': OfReturn;
  'return.expired': OfReturn;
  'return.received': OfReturn & { condition: string; unopened: boolean };
  'return.refunded': OfReturn & { refunded: MoneyJson };

  'wallet.credited': OfMoney;
  'wallet.debited': OfMoney;
  /** Once per fall below the merchant's limit; daysLeft at the pace of the last 30 days, null where nothing was spent. */
  'wallet.low_balance': {
    merchantId: string;
    currency: string;
    available: MoneyJson;
    limit: MoneyJson;
    daysLeft: number | null;
    at: string;
  };
  'topup.received': { merchantId: string; topUpId: string; amount: MoneyJson; at: string };
  /** Money of it went back at the provider and was taken out of the wallet; `missing`: what the wallet did not have. */
  'topup.refunded': { merchantId: string; topUpId: string; amount: MoneyJson; missing: MoneyJson; at: string };
  /** Open: its amount is held; lost: it is taken; won: it is available again. */
  'topup.disputed': {
    merchantId: string;
    topUpId: string;
    amount: MoneyJson;
    state: 'open' | 'won' | 'lost';
    at: string;
  };
  'topup.failed': { merchantId: string; topUpId: string; amount: MoneyJson; at: string };

  'payout.requested': OfPayout;
  'payout.paid': OfPayout;
  /** `reason`: as finance wrote it for the merchant. */
  'payout.rejected': OfPayout & { reason: string | null };
  /** Of an account that is closing: nothing is left in it, and nothing is on its way out. */
  'wallet.emptied': { merchantId: string; at: string };

  /** A period that fell due is paid. */
  'membership.renewed': OfMembership & { amount: MoneyJson };
  /** It could not be paid; nextCharge says when it is tried again. Told once, not at each try. */
  'membership.past_due': OfMembership & { amount: MoneyJson };
  'membership.downgraded': OfMembership & { from: string; reason: 'asked' | 'unpaid' | 'closing' };
  'membership.changed': OfMembership & {
    from: string;
    change: 'trial_started' | 'joined' | 'upgraded' | 'scheduled' | 'withdrawn' | 'price_changed';
  };

  'policy.published': { merchantId: string; policyId: string; version: number; at: string };
}

export type EventName = keyof EventCatalog;
