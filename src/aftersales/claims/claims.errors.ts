import { DomainError } from '../../kernel/errors.ts';

/** A claim is appealed once. */
export class AlreadyAppealed extends DomainError {
  readonly code = 'already_appealed';
  readonly kind = 'conflict';

  constructor() {
    super('The claim was appealed before; what a person then decided stands.');
  }
}

/** A file larger than the order's policy takes as evidence. */
export class EvidenceTooLarge extends DomainError {
  readonly code = 'evidence_too_large';
  readonly kind = 'too_large';

  constructor(maxBytes: number) {
    super(`The policy of the order takes evidence of up to ${maxBytes} bytes.`, { max_bytes: maxBytes });
  }
}

/** The store of files does not answer, or has lost what it was given. */
export class FilesUnavailable extends DomainError {
  readonly code = 'files_unavailable';
  readonly kind = 'unavailable';
}
