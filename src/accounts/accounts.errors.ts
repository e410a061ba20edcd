import { DomainError } from '../kernel/errors.ts';

export class EmailTaken extends DomainError {
  readonly code = 'email_taken';
  readonly kind = 'conflict';

  constructor() {
    super('This e-mail address belongs to an account already. Sign in, or reset the password.');
  }
}

/** The same for an unknown e-mail and for a wrong password. */
export class WrongCredentials extends DomainError {
  readonly code = 'invalid_credentials';
  readonly kind = 'unauthorized';

  constructor() {
    super('No account has this e-mail and password.');
  }
}

export class TooManyAttempts extends DomainError {
  readonly code = 'too_many_attempts';
  readonly kind = 'too_many';

  /** @param seconds until the next attempt is heard */
  constructor(seconds: number) {
    super('Too many failed attempts to sign in; wait, or reset the password.', { retry_after: seconds });
  }
}

/** More passwords wait to be checked than can be in a reasonable time. */
export class TooBusy extends DomainError {
  readonly code = 'unavailable';
  readonly kind = 'unavailable';

  constructor() {
    super('Too many people sign in at this moment; try again shortly.', { retry_after: 2 });
  }
}

/** A suspended merchant reads; it neither places nor changes anything that costs. */
export class MerchantSuspended extends DomainError {
  readonly code = 'merchant_suspended';
  readonly kind = 'forbidden'; // never kept under an idempotency key: after reinstatement the same call goes through

  constructor() {
    super('This account is suspended: it can read, not place. Write to support.');
  }
}

export class MerchantClosing extends DomainError {
  readonly code = 'merchant_closing';
  readonly kind = 'conflict';

  constructor(status: 'closing' | 'closed') {
    super(`This account is ${status}: it takes no new orders.`, { state: status });
  }
}

export class TooManyKeys extends DomainError {
  readonly code = 'too_many_keys';
  readonly kind = 'conflict';

  constructor(limit: number) {
    super(`There are ${limit} keys already; delete one that is not used.`, { limit });
  }
}

/** The key is good, the place is not: it is used only from the addresses that its owner names. */
export class AddressNotAllowed extends DomainError {
  readonly code = 'address_not_allowed';
  readonly kind = 'forbidden';

  constructor(address: string) {
    super(`This key is not to be used from ${address}.`);
  }
}
