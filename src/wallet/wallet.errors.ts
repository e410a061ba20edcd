import { DomainError } from '../kernel/errors.ts';
import type { Money } from '../kernel/money.ts';
import { IllegalStep } from '../kernel/transitions.ts';

export class InsufficientFunds extends DomainError {
  readonly code = 'insufficient_funds';
  readonly kind = 'refused';

  constructor(asked: Money, available: Money) {
    super(`${asked.toString()} was asked for, ${available.toString()} is available.`, {
      asked: asked.toJSON(),
      available: available.toJSON(),
    });
  }
}

/** A key of the ledger is bound to its first request for ever. */
export class LedgerKeyReused extends DomainError {
  readonly code = 'ledger_key_reused';
  readonly kind = 'conflict';

  constructor(key: string) {
    super(`The ledger has booked another request under the key ${key}.`, { key });
  }
}

/** A refund or a settlement of a charge that was never made, or in another currency. */
export class UnknownCharge extends DomainError {
  readonly code = 'unknown_charge';
  readonly kind = 'conflict';

  constructor(key: string) {
    super(`There is no such charge in the book: ${key}.`, { key });
  }
}

/** More than what is left of a charge in progress, or of a hold. */
export class MoreThanLeft extends DomainError {
  readonly code = 'more_than_left';
  readonly kind = 'conflict';

  constructor(left: Money) {
    super(`Only ${left.toString()} is left of it.`, { left: left.toJSON() });
  }
}

export class UnknownHold extends DomainError {
  readonly code = 'unknown_hold';
  readonly kind = 'conflict';

  constructor(key: string) {
    super(`There is no such hold in the book: ${key}.`, { key });
  }
}

/** Charges are refunded, holds released; only top-ups, grants, adjustments and refunds are reversed. */
export class NotReversible extends DomainError {
  readonly code = 'not_reversible';
  readonly kind = 'conflict';

  constructor() {
    super('Only top-ups, promotions, adjustments and refunds can be reversed.');
  }
}

/** Card and PayPal need a payment provider, and none is configured. */
export class NoPaymentProvider extends DomainError {
  readonly code = 'payment_provider_missing';
  readonly kind = 'refused';

  constructor(method: string) {
    super(`No payment provider is configured for ${method}; use bank_transfer.`, { method });
  }
}

/** The provider says what is wrong with it. */
export class PaymentRefused extends DomainError {
  readonly code = 'payment_refused';
  readonly kind = 'refused';

  constructor(why: string) {
    super(`The payment provider refuses it: ${why}`);
  }
}

/** The provider did not answer, or not as it should: the same call with the same key may try again. */
export class ProviderUnavailable extends DomainError {
  readonly code = 'payment_provider_unavailable';
  readonly kind = 'unavailable';

  constructor() {
    super('The payment provider does not answer; try again shortly with the same Idempotency-Key.', { retry_after: 5 });
  }
}

export class PaymentSignatureInvalid extends DomainError {
  readonly code = 'invalid_signature';
  readonly kind = 'unauthorized';

  constructor() {
    super('The message is not signed as the payment provider signs its messages.');
  }
}

/** Automatic top-ups charge a card that was saved with an earlier top-up. */
export class NoSavedCard extends DomainError {
  readonly code = 'saved_card_missing';
  readonly kind = 'refused';

  constructor() {
    super('No card is saved: pay a top-up by card with `save_card` first.');
  }
}

export class TopUpReceivedDifferently extends DomainError {
  readonly code = 'top_up_already_received';
  readonly kind = 'conflict';

  constructor(received: Money, bankReference: string) {
    super(`It was received already: ${received.toString()}, ${bankReference}.`, {
      received: received.toJSON(),
      bank_reference: bankReference,
    });
  }
}

/** The same payment would be credited twice. */
export class BankReferenceUsed extends DomainError {
  readonly code = 'bank_reference_used';
  readonly kind = 'conflict';

  constructor(bankReference: string, topUp: string) {
    super(`${bankReference} confirmed ${topUp} with the same amount. Say \`another_payment\` if the bank shows two.`, {
      bank_reference: bankReference,
      top_up: topUp,
    });
  }
}

/** It has failed or expired: the machine has no step back, so the refusal says what there is instead. */
export class TopUpOver extends IllegalStep {
  constructor(state: 'failed' | 'expired', legal: readonly string[]) {
    super('top-up', state, 'receive', legal);
    this.message = `The top-up has ${state}. Credit what came by an adjustment, give it the line of the bank's statement (reconciliation), or let the merchant announce another one.`;
  }
}

/** What one person asked for, another has to approve. */
export class SecondPersonNeeded extends DomainError {
  readonly code = 'second_person_needed';
  readonly kind = 'conflict';

  constructor(what: 'adjustment' | 'payout') {
    super(
      what === 'adjustment'
        ? 'An adjustment above the limit is approved by another person than the one who asked for it.'
        : 'A payout above the limit is approved by two people; you have approved it already.',
    );
  }
}

/** Something stands in the way of money leaving; each is named, with the date it ends. */
export class PayoutBlocked extends DomainError {
  readonly code = 'payout_blocked';
  readonly kind = 'conflict';

  constructor(blockers: readonly { name: string; until: string | null }[]) {
    const named = blockers.map(({ name, until }) => (until === null ? name : `${name} (until ${until})`)).join(', ');
    super(`Nothing can be paid out yet: ${named}.`, { blockers });
  }
}

/** Money is paid out of it, none is taken in. */
export class AccountCloses extends DomainError {
  readonly code = 'merchant_closing';
  readonly kind = 'conflict';

  constructor(status: 'closing' | 'closed') {
    super(`This account is ${status}: it takes no new top-ups.`, { state: status });
  }
}

/** Its file is not there: it is still drawn, or could not be. */
export class DocumentNotReady extends DomainError {
  readonly code = 'document_not_ready';
  readonly kind = 'conflict';

  constructor(state: 'queued' | 'running' | 'failed', linesDone: number, linesTotal: number) {
    super(
      state === 'failed'
        ? 'The document could not be drawn; ask for it again.'
        : `The document is ${state}: ${linesDone} of ${linesTotal} lines are drawn.`,
      { state, lines_done: linesDone, lines_total: linesTotal, ...(state === 'failed' ? {} : { retry_after: 1 }) },
    );
  }
}

/** A merchant's documents are drawn one after the other. */
export class TooManyDocuments extends DomainError {
  readonly code = 'too_many_documents';
  readonly kind = 'conflict';

  constructor(limit: number) {
    super(`${limit} documents are queued or running already: wait until one is done.`, { limit });
  }
}
