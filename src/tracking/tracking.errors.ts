import { DomainError } from '../kernel/errors.ts';

/** The message does not carry the source's proof. */
export class InvalidSignature extends DomainError {
  readonly code = 'invalid_signature';
  readonly kind = 'unauthorized';

  constructor(source: string) {
    super(`The message is not signed as ${source} signs its messages.`);
  }
}

/** Only couriers' own messages are read by a translator. */
export class NotRereadable extends DomainError {
  readonly code = 'not_rereadable';
  readonly kind = 'conflict';

  constructor() {
    super('This message holds events in our own words: there is nothing to read again.');
  }
}

/** What was seen of a mapping's effect is no longer what it would do. */
export class MappingOutdated extends DomainError {
  readonly code = 'mapping_outdated';
  readonly kind = 'conflict';

  constructor(changes: number) {
    super('The mapping would change something else by now: look at its preview again.', { changes });
  }
}
