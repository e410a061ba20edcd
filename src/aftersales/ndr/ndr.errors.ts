import { DomainError } from '../../kernel/errors.ts';

/** There is nothing to say to: the courier did not try, or the parcel went on. */
export class NoFailedAttempt extends DomainError {
  readonly code = 'no_failed_attempt';
  readonly kind = 'conflict';

  constructor(status: string) {
    super(`The package is ${status}; only one in attempt_failed takes a delivery instruction.`, { state: status });
  }
}

/** The default counts by now. */
export class InstructionTooLate extends DomainError {
  readonly code = 'instruction_too_late';
  readonly kind = 'conflict';

  constructor(dueAt: Date) {
    super('The time to answer this attempt is over: the default counts.', { due_at: dueAt.toISOString() });
  }
}

/** What the courier was told is not taken back. */
export class InstructionPassedOn extends DomainError {
  readonly code = 'instruction_passed_on';
  readonly kind = 'conflict';

  constructor(at: Date) {
    super('The courier was told the instruction before.', { passed_on_at: at.toISOString() });
  }
}

/** Nothing waits for this answer. */
export class NoQuestion extends DomainError {
  readonly code = 'nothing_waits';
  readonly kind = 'conflict';
}
