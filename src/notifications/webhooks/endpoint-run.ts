import { realNow } from '../../kernel/clock.ts';
import type { Courier, Health } from './courier.ts';
import type { Endpoint, EndpointsService } from './endpoints.service.ts';
import type { Due, EndpointKey, QueueStore } from './queue.store.ts';

/** reliability.md: at most 4 in flight each. */
const MOST_IN_FLIGHT = 4;
const FETCHED = 20;

/**
 * Sends to one endpoint until nothing is due: one call at first, one more with each success up to 4, one again after a
 * failure. So a receiver that hangs takes up one call, and its own time.
 */
export class EndpointRun {
  private readonly inFlight = new Set<Promise<void>>();
  private slots = 1;
  private sent = 0;
  private isEnded = false;
  private nudged: () => void = () => undefined;
  private failure: Error | null = null;
  private health: Health | null = null;

  constructor(
    private readonly key: EndpointKey,
    private readonly queue: QueueStore,
    private readonly endpoints: EndpointsService,
    private readonly courier: Courier,
  ) {}

  /** What is in flight ends; nothing follows. */
  stop(): void {
    this.isEnded = true;
    this.nudge();
  }

  /** Something may have become due. */
  nudge(): void {
    this.nudged();
  }

  /** @returns true where nothing may go to it for now, though something is due @throws the first error that was not the receiver's */
  async work(): Promise<boolean> {
    try {
      await this.sendAll();
    } finally {
      await Promise.all(this.inFlight);
    }
    if (this.failure !== null) throw this.failure;
    return this.sent === 0 && this.health?.isFailing !== false;
  }

  private async sendAll(): Promise<void> {
    while (this.goesOn()) {
      const endpoint = await this.queue.open(this.key, realNow());
      if (endpoint === null) return;
      this.health ??= { key: this.key, failures: endpoint.failures, isFailing: endpoint.failing_since !== null };
      const due = await this.queue.due(this.key, realNow(), FETCHED);
      if (due.length === 0 && this.inFlight.size === 0) return;
      const secrets = due.length === 0 ? [] : await this.secrets();
      await this.sendThese(this.health, endpoint, secrets, due);
      if (due.length === 0 && this.goesOn()) await this.change();
    }
  }

  private async sendThese(health: Health, endpoint: Endpoint, secrets: string[], due: readonly Due[]): Promise<void> {
    for (const delivery of due) {
      while (this.goesOn() && this.inFlight.size >= this.slots) await Promise.race(this.inFlight);
      if (!this.goesOn()) return;
      this.begin(health, endpoint, secrets, delivery);
    }
  }

  /** A call that ends meanwhile may end it all. */
  private goesOn(): boolean {
    return !this.isEnded;
  }

  private begin(health: Health, endpoint: Endpoint, secrets: readonly string[], delivery: Due): void {
    const one = this.try(health, endpoint, secrets, delivery).finally(() => {
      this.inFlight.delete(one);
    });
    this.inFlight.add(one);
    this.sent += 1;
  }

  private async try(health: Health, endpoint: Endpoint, secrets: readonly string[], delivery: Due): Promise<void> {
    try {
      const after = await this.courier.send(health, endpoint, secrets, delivery);
      this.slots = after === 'well' ? Math.min(this.slots + 1, MOST_IN_FLIGHT) : 1;
      if (after === 'closed') this.isEnded = true;
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error)); // the database is away: the claim runs out and it is sent again
      this.isEnded = true;
    }
  }

  private secrets(): Promise<string[]> {
    return this.endpoints.secretsOf(this.key.merchantId, this.key.endpointId);
  }

  /** One of the calls ends, or somebody says that there is more to send. */
  private change(): Promise<unknown> {
    const nudged = new Promise<void>((done) => {
      this.nudged = done;
    });
    return Promise.race([nudged, ...this.inFlight]);
  }
}
