import { DomainError } from '../kernel/errors.ts';

/** The sandbox clock only goes forward. */
export class ClockBackwards extends DomainError {
  readonly code = 'clock_backwards';
  readonly kind = 'refused';

  constructor(now: Date, asked: Date) {
    super(`The clock stands at ${now.toISOString()}; ${asked.toISOString()} is before that.`, {
      now: now.toISOString(),
    });
  }
}

/** A simulated courier needs a tracking number to report on. */
export class NothingToTrack extends DomainError {
  readonly code = 'not_labelled';
  readonly kind = 'conflict';

  constructor(status: string) {
    super(`The package is ${status}: a courier reports only on one that has a label.`, { state: status });
  }
}
