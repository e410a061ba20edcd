import { DomainError } from '../kernel/errors.ts';

/** The message does not carry the source's proof. */
export class InvalidSignature extends DomainError {
  readonly code = 'invalid_signature';
  readonly kind = 'unauthorized';

  constructor(source: string) {
    super(`The message is not signed as ${source} signs its messages.`);
  }
}
