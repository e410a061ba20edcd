const FAILURES = 5;
const OPEN_MS = 30_000;

/** Stops calling a receiver that has failed five times in a row, for half a minute; then one call tries again. */
export class Breaker {
  private failures = 0;
  private closedAgainAt = 0;

  /** @param refusal what callers are told while it is open */
  constructor(
    private readonly refusal: () => Error,
    private readonly openMs: number = OPEN_MS,
  ) {}

  /** @throws what `refusal` makes, while it is open */
  check(): void {
    if (this.failures < FAILURES) return;
    if (performance.now() < this.closedAgainAt) throw this.refusal();
    this.closedAgainAt = performance.now() + this.openMs; // this caller tries, the others wait for its answer
  }

  saw(success: boolean): void {
    this.failures = success ? 0 : this.failures + 1;
    if (this.failures >= FAILURES) this.closedAgainAt = performance.now() + this.openMs;
  }
}
