import { DomainError } from '../kernel/errors.ts';

/** A setting or an order names a policy that is not published. */
export class UnknownPolicy extends DomainError {
  readonly code = 'unknown_policy';
  readonly kind = 'refused';

  constructor(id: string) {
    super(`No policy "${id}" is published.`, { policy: id });
  }
}
