import { DomainError } from '../kernel/errors.ts';
import type { Money } from '../kernel/money.ts';

/** The merchant has an order of this reference already. */
export class ReferenceTaken extends DomainError {
  readonly code = 'reference_taken';
  readonly kind = 'conflict';

  constructor(reference: string) {
    super(`There is an order with the reference "${reference}" already.`, { reference });
  }
}

/** What the order comes to is not what the quote said. */
export class QuoteDiffers extends DomainError {
  readonly code = 'quote_differs';
  readonly kind = 'conflict';

  constructor(quoted: Money, total: Money) {
    super(`The quote said ${quoted}; the order comes to ${total}.`, { quoted, total });
  }
}

/** The order has ended, or has not come as far as this call needs. */
export class OrderNotOpen extends DomainError {
  readonly code = 'order_not_open';
  readonly kind = 'conflict';

  constructor(status: string) {
    super(`The order is ${status}.`, { state: status });
  }
}

/** The buyer's data were erased: nobody knows any more where the goods went. */
export class AddressErased extends DomainError {
  readonly code = 'address_erased';
  readonly kind = 'conflict';

  constructor() {
    super('The buyer’s address was erased.');
  }
}
