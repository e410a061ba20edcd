import { DomainError } from '../kernel/errors.ts';
import type { Money } from '../kernel/money.ts';

/** The policy does not let the address of any package of the order be changed any more. */
export class AddressChangeDenied extends DomainError {
  readonly code = 'address_change_denied';
  readonly kind = 'conflict';

  /** @param decisions what the policy said of each package, as the API shows it */
  constructor(decisions: readonly object[]) {
    super('The address can no longer be changed: the policy says why, package by package.', { decisions });
  }
}

/** Nothing can be asked about a settled package any more. Source: product.md, Settlement. */
export class PackageSettled extends DomainError {
  readonly code = 'settled';
  readonly kind = 'conflict';

  constructor(at: Date) {
    super(`The package was settled at ${at.toISOString()}; nothing can be asked about it any more.`, {
      settled_at: at.toISOString(),
    });
  }
}

/** More units of a line than earlier claims and returns have left. */
export class UnitsAlreadySettled extends DomainError {
  readonly code = 'units_already_settled';
  readonly kind = 'conflict';

  constructor(lines: readonly { line: number; asked: number; left: number }[]) {
    const said = lines.map(({ line, asked, left }) => `line ${line}: ${asked} asked, ${left} left`).join('; ');
    super(`Earlier claims and returns have left fewer units: ${said}.`, { lines });
  }
}

/** There is no label for goods that may not come, or not any more. */
export class ReturnNotAuthorised extends DomainError {
  readonly code = 'return_not_authorised';
  readonly kind = 'conflict';

  constructor(status: string) {
    super(`The return is ${status}; a label is printed once it is authorised and until the goods have come.`, {
      state: status,
    });
  }
}

/** The goods cannot be sent again: none is left, or no courier goes there any more. A refund can be given. */
export class CannotSendAgain extends DomainError {
  readonly code = 'cannot_send_again';
  readonly kind = 'conflict';

  constructor(why: string) {
    super(`The goods cannot be sent again: ${why} Refund them instead.`, { offer: 'refund' });
  }
}

/** Nobody gives back more than was paid and not given back before. */
export class MoreThanPaid extends DomainError {
  readonly code = 'more_than_paid';
  readonly kind = 'refused';

  constructor(left: Money) {
    super(`${left.toString()} of what was paid for the package is left.`, { left: left.toJSON() });
  }
}

/** No decision about the package is left to a person. */
export class NothingToDecide extends DomainError {
  readonly code = 'nothing_to_decide';
  readonly kind = 'conflict';

  constructor() {
    super('No decision about the package waits for a person.');
  }
}
