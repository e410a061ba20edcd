import { DomainError } from '../kernel/errors.ts';

/** A message that does not prove that it comes from the store. */
export class StoreSignatureInvalid extends DomainError {
  readonly code = 'invalid_signature';
  readonly kind = 'unauthorized';

  constructor() {
    super('There is no such store, or the signature does not fit the body and the store’s secret.');
  }
}

/** The store's message is not what its platform sends. */
export class StoreMessageUnreadable extends DomainError {
  readonly code = 'message_unreadable';
  readonly kind = 'invalid';
}

/** A held order that a person wanted to release still cannot be placed. */
export class StillHeld extends DomainError {
  readonly code = 'still_held';
  readonly kind = 'conflict';

  constructor(reason: string, detail: string) {
    super(detail, { reason });
  }
}
