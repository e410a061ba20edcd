import { DomainError } from '../kernel/errors.ts';

/** Nothing is sent to it until PATCH {status:"enabled"}. */
export class EndpointDisabled extends DomainError {
  readonly code = 'endpoint_disabled';
  readonly kind = 'conflict';

  constructor(reason: string) {
    super('The endpoint is disabled: enable it first.', { reason });
  }
}

export class TooManyEndpoints extends DomainError {
  readonly code = 'too_many_endpoints';
  readonly kind = 'refused';

  constructor(limit: number) {
    super(`A merchant has ${limit} endpoints at the most.`, { limit });
  }
}

export class TooManyTests extends DomainError {
  readonly code = 'rate_limited';
  readonly kind = 'too_many';

  constructor(limit: number) {
    super(`More than ${limit} test events in a minute; wait a moment.`, { retry_after: 60 });
  }
}

export class RangeTooLarge extends DomainError {
  readonly code = 'range_too_large';
  readonly kind = 'refused';

  constructor(events: number, limit: number) {
    super(`There are ${events} events in this range; ask for ${limit} at the most.`, { events, limit });
  }
}
