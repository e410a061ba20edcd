import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../config.ts';
import { asHouse, asMerchant } from '../../database/scope.ts';
import { inTransaction } from '../../database/transaction.ts';
import { realNow } from '../../kernel/clock.ts';
import { Courier } from './courier.ts';
import { DeliveriesService } from './deliveries.service.ts';
import { EndpointMails } from './endpoint-mails.ts';
import { EndpointRun } from './endpoint-run.ts';
import { EndpointsService } from './endpoints.service.ts';
import { QueueStore, type EndpointKey } from './queue.store.ts';

const LOOK_MS = 500;
const RENEW_MS = 5_000;
const EXPIRE_MS = 60_000;
/** Endpoints that one process sends to at once; each with 4 calls in flight at the most. */
const MAX_RUNS = 500;
/** An endpoint that is due, but whose breaker or order says no, is looked at again after this. */
const REST_MS = 2_000;
const STOP_MS = 2_000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Sends what waits: each endpoint is leased by one process, which keeps its order and its limits; a process that dies
 * leaves leases that run out, and what it was sending is sent again (at least once).
 */
@Injectable()
export class WebhookSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('webhooks');
  private readonly runs = new Map<string, { run: EndpointRun; ended: Promise<void> }>();
  private readonly restsUntil = new Map<string, number>();
  private timers: NodeJS.Timeout[] = [];
  private looking: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly queue: QueueStore,
    private readonly endpoints: EndpointsService,
    private readonly deliveries: DeliveriesService,
    private readonly courier: Courier,
    private readonly mails: EndpointMails,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role === 'api') return;
    this.deliveries.onAsked((keys) => {
      for (const key of keys) this.begin(key);
    });
    this.timers = [
      setInterval(() => {
        this.wake();
      }, LOOK_MS),
      setInterval(() => void this.quietly('leases not renewed', () => this.renew()), RENEW_MS),
      setInterval(() => void this.quietly('nothing given up', () => this.giveUpOverdue(realNow())), EXPIRE_MS),
    ];
  }

  /** Takes no new work, lets what is under way end for a moment, gives the leases back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.looking;
    const running = [...this.runs.values()];
    for (const { run } of running) run.stop();
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      limit = setTimeout(done, STOP_MS);
    });
    await Promise.race([Promise.all(running.map(({ ended }) => ended)), late]);
    clearTimeout(limit);
  }

  /** Looks for work, beside what else happens. */
  wake(): void {
    if (this.stopped) return;
    if (this.looking !== null) {
      this.again = true;
      return;
    }
    this.looking = this.quietly('not looking for now', () => this.look()).finally(() => {
      this.looking = null;
      if (!this.again) return;
      this.again = false;
      this.wake();
    });
  }

  private async look(): Promise<void> {
    for (const [endpointId, until] of this.restsUntil)
      if (until <= performance.now()) this.restsUntil.delete(endpointId);
    for (const key of await this.queue.dueEndpoints(this.config.instance, realNow(), MAX_RUNS)) this.begin(key);
  }

  private begin(key: EndpointKey): void {
    const running = this.runs.get(key.endpointId);
    if (running !== undefined) running.run.nudge();
    else if (!this.stopped && this.runs.size < MAX_RUNS && !this.rests(key)) this.run(key);
  }

  private rests({ endpointId }: EndpointKey): boolean {
    return (this.restsUntil.get(endpointId) ?? 0) > performance.now();
  }

  private run(key: EndpointKey): void {
    const run = new EndpointRun(key, this.queue, this.endpoints, this.courier);
    const ended = this.quietly('an endpoint was left for now', async () => {
      if (!(await this.queue.lease(key, this.config.instance))) return;
      try {
        if (await run.work()) this.restsUntil.set(key.endpointId, performance.now() + REST_MS);
      } finally {
        await this.queue.release(key, this.config.instance);
      }
    }).finally(() => {
      this.runs.delete(key.endpointId);
    });
    this.runs.set(key.endpointId, { run, ended });
  }

  private async renew(): Promise<void> {
    const ids = [...this.runs.keys()];
    if (ids.length === 0) return;
    const kept = await this.queue.renew(this.config.instance, ids);
    for (const id of ids) if (!kept.has(id)) this.runs.get(id)?.run.stop();
  }

  /** What nobody could send within its 3 days; the endpoint that failed throughout is disabled. @returns how many */
  async giveUpOverdue(now: Date): Promise<number> {
    const overdue = await this.queue.overdue(asHouse(this.db), now);
    const byEndpoint = new Map<string, { key: EndpointKey; ids: string[] }>();
    for (const { merchantId, endpointId, id } of overdue) {
      const known = byEndpoint.get(endpointId);
      if (known === undefined) byEndpoint.set(endpointId, { key: { merchantId, endpointId }, ids: [id] });
      else known.ids.push(id);
    }
    for (const { key, ids } of byEndpoint.values()) {
      await inTransaction(asMerchant(this.db, key.merchantId), async (tx) => {
        await this.queue.giveUp(tx, key.merchantId, ids);
        const isOver = await this.queue.failedThroughout(tx, key, ids[0] ?? '');
        if (isOver) await this.mails.disable(tx, key, 'failing', now);
      });
    }
    return overdue.length;
  }

  private async quietly(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn({ msg: what, err: messageOf(error) }); // the next look tries again
    }
  }
}
