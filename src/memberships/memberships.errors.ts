import { DomainError } from '../kernel/errors.ts';

/** Nothing is scheduled that could be withdrawn. */
export class NothingScheduled extends DomainError {
  readonly code = 'nothing_scheduled';
  readonly kind = 'not_found';

  constructor() {
    super('No change of the plan is scheduled.');
  }
}
