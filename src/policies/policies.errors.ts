import { DomainError } from '../kernel/errors.ts';

/** A setting or an order names a policy that is not published. */
export class UnknownPolicy extends DomainError {
  readonly code = 'unknown_policy';
  readonly kind = 'refused';

  constructor(id: string) {
    super(`No policy "${id}" is published.`, { policy: id });
  }
}

/** A new policy has a code of its own. */
export class PolicyExists extends DomainError {
  readonly code = 'policy_exists';
  readonly kind = 'conflict';

  constructor(id: string) {
    super(`There is a policy or a draft of the code "${id}" already.`, { policy: id });
  }
}

/** Publishing, comparing or simulating what was never written, or was published just now. */
export class NoDraft extends DomainError {
  readonly code = 'no_draft';
  readonly kind = 'conflict';

  constructor(id: string) {
    super(`The policy "${id}" has no draft; PUT /v1/policies/${id}/draft writes one.`, { policy: id });
  }
}
