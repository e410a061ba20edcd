import { DomainError } from '../kernel/errors.ts';

/** The policy does not let the address of any package of the order be changed any more. */
export class AddressChangeDenied extends DomainError {
  readonly code = 'address_change_denied';
  readonly kind = 'conflict';

  /** @param decisions what the policy said of each package, as the API shows it */
  constructor(decisions: readonly object[]) {
    super('The address can no longer be changed: the policy says why, package by package.', { decisions });
  }
}
