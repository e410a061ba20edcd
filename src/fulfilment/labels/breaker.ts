import { LabelProviderUnavailable } from '../fulfilment.errors.ts';

const FAILURES = 5;
const OPEN_MS = 30_000;

/** Stops calling a receiver that has failed five times in a row, for half a minute; then one call tries again. */
export class Breaker {
  private failures = 0;
  private closedAgainAt = 0;

  constructor(
    private readonly receiver: string,
    private readonly openMs: number = OPEN_MS,
  ) {}

  /** @throws LabelProviderUnavailable while it is open */
  check(): void {
    if (this.failures < FAILURES) return;
    if (performance.now() < this.closedAgainAt) {
      throw new LabelProviderUnavailable(
        this.receiver,
        'it failed several times in a row and is left alone for a while',
      );
    }
    this.closedAgainAt = performance.now() + this.openMs; // this caller tries, the others wait for its answer
  }

  saw(success: boolean): void {
    this.failures = success ? 0 : this.failures + 1;
    if (this.failures >= FAILURES) this.closedAgainAt = performance.now() + this.openMs;
  }
}
