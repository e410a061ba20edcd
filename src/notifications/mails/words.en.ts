import type { Words } from './words.ts';

export const english: Words = {
  letters: {
    order_confirmed: {
      subject: 'Order {order} is confirmed',
      paragraphs: ['Your order {order} is paid from your wallet and goes to the warehouse.'],
    },
    order_waiting: {
      subject: 'Order {order} waits for money',
      paragraphs: [
        'Your wallet is short for the order {order}. Its goods are reserved; it is paid by itself as soon as there is enough money, and cancelled if none comes in time.',
      ],
    },
    order_shipped: {
      subject: 'Order {order} is shipped',
      paragraphs: ['Every package of your order {order} is with its courier.'],
    },
    order_cancelled: {
      subject: 'Order {order} is cancelled',
      paragraphs: ['Your order {order} is cancelled. What was paid for it and is owed back is credited by itself.'],
    },
    package_delivered: {
      subject: 'Order {order}: a package is delivered',
      paragraphs: ['The courier reports that the package reached your buyer.'],
    },
    delivery_attempt_failed: {
      subject: 'Order {order}: a delivery failed',
      paragraphs: [
        'The courier could not deliver the package. You can say what it should do next: try again, change the address, hold it for pickup or send it back.',
      ],
    },
    delivery_failed: {
      subject: 'Order {order}: a package was not delivered',
      paragraphs: [
        'The courier has given up delivering the package. What the policy gives back is credited by itself.',
      ],
    },
    package_late: {
      subject: 'Order {order}: a package is late',
      paragraphs: ['The package takes longer than it should. We watch it; you need not do anything.'],
    },
    dispatch_overdue: {
      subject: 'Order {order}: a package leaves later than promised',
      paragraphs: ['The package is still in our warehouse. It stands first in the queue now.'],
    },
    package_lost: {
      subject: 'Order {order}: a package is lost',
      paragraphs: ['The package counts as lost. What the policy gives back is credited by itself.'],
    },
    first_scan_missing: {
      subject: 'Order {order}: a package has not been scanned',
      paragraphs: [
        'The courier has not scanned the package since it was handed over. We ask where it is; what the policy gives back for late packages is credited by itself.',
      ],
    },
    rto_overdue: {
      subject: 'Order {order}: a package that comes back is overdue',
      paragraphs: ['The courier is returning the package, and it has not arrived for long. We ask where it is.'],
    },
    delivered_after_refund: {
      subject: 'Order {order}: a package was delivered after all',
      paragraphs: [
        'The package reached your buyer after {amount} were paid back for it.',
        'On {takenBackAt} what was paid back is taken from your wallet again.',
      ],
    },
    rto_initiated: {
      subject: 'Order {order}: a package is coming back',
      paragraphs: ['The courier is returning the package to the warehouse.'],
    },
    rto_delivered: {
      subject: 'Order {order}: a package came back',
      paragraphs: [
        'The courier brought the package back to the warehouse. What the policy gives back for it is credited by itself.',
      ],
    },
    claim_opened: {
      subject: 'Order {order}: your claim is open',
      paragraphs: ['We have your claim {claim}.'],
    },
    claim_needs_evidence: {
      subject: 'Order {order}: your claim needs evidence',
      paragraphs: ['Your claim {claim} cannot be decided yet: it needs the evidence named below.'],
    },
    claim_decided: {
      subject: 'Order {order}: your claim is decided',
      paragraphs: [
        'Your claim {claim} is decided; the decision and all of its reasons are in it.',
        '{amount} are credited to your wallet.',
      ],
    },
    claim_closing_soon: {
      subject: 'Order {order}: your claim will be closed',
      paragraphs: [
        'Nothing has happened in your claim {claim} for long. It is closed on {until} unless you add to it.',
      ],
    },
    claim_closed: {
      subject: 'Order {order}: your claim is closed',
      paragraphs: ['Your claim {claim} is closed.'],
    },
    return_authorised: {
      subject: 'Order {order}: the return is authorised',
      paragraphs: ['The goods may come back. Write the return code {returnCode} on the parcel.', 'Send it by {until}.'],
    },
    return_denied: {
      subject: 'Order {order}: the return is not paid for',
      paragraphs: ['The return was refused; the decision and its reasons are in it.'],
    },
    return_expired: {
      subject: 'Order {order}: the return has expired',
      paragraphs: ['The parcel did not come in time: its return code is not valid any more.'],
    },
    return_received: {
      subject: 'Order {order}: the return has arrived',
      paragraphs: ['The warehouse has the goods that your buyer sent back.'],
    },
    refunded: {
      subject: '{amount} were credited to your wallet',
      paragraphs: ['A refund of {amount} is in your wallet. You have {balance} now.'],
    },
    top_up_received: {
      subject: 'Your top-up of {amount} has arrived',
      paragraphs: [
        'The top-up {reference} is in your wallet. Orders that were waiting for money are paid now, oldest first.',
      ],
    },
    top_up_failed: {
      subject: 'Your top-up of {amount} has failed',
      paragraphs: ['The top-up {reference} did not come through: nothing was credited.'],
    },
    top_up_refunded: {
      subject: 'A top-up was paid back: {amount}',
      paragraphs: ['{amount} of the top-up {reference} went back to where they came from, and out of your wallet.'],
    },
    top_up_disputed: {
      subject: 'A top-up is disputed: {amount}',
      paragraphs: ['The bank of the payer disputes the top-up {reference}: {amount} are concerned.'],
    },
    low_balance: {
      subject: 'Your balance is low: {balance}',
      paragraphs: ['Your wallet has {balance} left, less than the {limit} at which you asked to be told.'],
    },
    payout_requested: {
      subject: 'A payout of {amount} was asked for',
      paragraphs: [
        'A payout of {amount} from your wallet was asked for; the money is set aside until it is approved. If it was not you, write to support at once.',
      ],
    },
    payout_paid: {
      subject: 'Your payout of {amount} is paid',
      paragraphs: ['{amount} are on their way to your account.'],
    },
    payout_rejected: {
      subject: 'Your payout of {amount} was rejected',
      paragraphs: ['{amount} are in your wallet again.'],
    },
    membership_renewed: {
      subject: 'Your plan {plan} is renewed',
      paragraphs: ['{amount} were taken from your wallet for the plan {plan}, until {until}.'],
    },
    membership_past_due: {
      subject: 'Your plan {plan} could not be paid',
      paragraphs: [
        'Your wallet is short of the {amount} for the plan {plan}. It is tried again, and at once when money arrives; after the third try you go on with the free plan.',
        'The next try: {nextTry}.',
      ],
    },
    membership_downgraded: {
      subject: 'You are on the plan {plan} now',
      paragraphs: ['Your plan {from} has ended; you go on with {plan}.'],
    },
    membership_changed: {
      subject: 'Your membership has changed',
      paragraphs: [
        'You are on the plan {plan}.',
        'From {until} on it is {nextPlan}.',
        'From {nextTry} on a month costs {newPrice}.',
      ],
    },
    stock_back: {
      subject: '{sku} is back in stock',
      paragraphs: ['You asked for {sku}: it can be ordered again.'],
    },
    webhook_disabled: {
      subject: 'A webhook endpoint was disabled',
      paragraphs: [
        'Your endpoint {gone} answered 410 Gone: nothing is sent to it any more.',
        'Nothing could be delivered to your endpoint {failing} for three days: nothing is sent to it any more.',
        'Mend it, enable it again, and have what it missed sent again, or read it in the event feed (GET /v1/events): no event is lost.',
      ],
    },
    key_created: {
      subject: 'A new API key was made',
      paragraphs: [
        'Your account has a new API key that ends in {key}. If nobody of yours made it, revoke it and write to support.',
      ],
    },
    key_revoked: {
      subject: 'An API key was revoked',
      paragraphs: ['The API key that ends in {key} does not work any more.'],
    },
    account_suspended: {
      subject: 'Your account is suspended',
      paragraphs: ['You can read everything, but place no orders. Write to support to have it reinstated.'],
    },
    account_reinstated: {
      subject: 'Your account may place orders again',
      paragraphs: ['Your account is not suspended any more.'],
    },
    account_closing: {
      subject: 'Your account is being closed',
      paragraphs: [
        'New orders have ended. When every order is settled and nothing is open, what is left is paid out and the account is closed.',
      ],
    },
    account_closed: {
      subject: 'Your account is closed',
      paragraphs: ['Your account is closed. Thank you for having been with us.'],
    },
  },
  labels: {
    order: 'Order',
    package: 'Package',
    courier: 'Courier',
    trackingNumber: 'Tracking number',
    reason: 'Reason',
    claim: 'Claim',
    claimType: 'About',
    missing: 'Missing evidence',
    outcome: 'Outcome',
    amount: 'Amount',
    balance: 'Balance',
    total: 'Total',
    plan: 'Plan',
    until: 'Until',
    returnCode: 'Return code',
    daysLeft: 'Days it lasts, at the pace of the last 30',
    key: 'Key',
  },
  digest: { subject: 'Your day at a glance: {count}', paragraphs: ['What happened since the last summary:'] },
  signature: 'Waybill. You get this because your merchant account names this address.',
};
