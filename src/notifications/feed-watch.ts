import { Injectable, Logger } from '@nestjs/common';
import { EventLog } from '../events/event-log.ts';
import { Readiness } from '../http/readiness.ts';

const LOOK_MS = 200;

interface Waiter {
  merchantId: string;
  seen: bigint;
  done: () => void;
}

/** Readers of the feed that wait for an event: one look at the database for all of them, none while nobody waits. */
@Injectable()
export class FeedWatch {
  private readonly log = new Logger('feed');
  private readonly waiters = new Set<Waiter>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly events: EventLog,
    private readonly readiness: Readiness,
  ) {}

  /** The service stops: nobody waits any longer. */
  get isOver(): boolean {
    return !this.readiness.isReady;
  }

  /**
   * Resolves when the merchant has an event after `seen`, when the time is over, when `gone` is signalled, or when the
   * service stops.
   * @param forMs at most so long: a timer of its own, since a timed signal within `AbortSignal.any` may be collected
   *   before it fires
   */
  async newer(merchantId: string, seen: bigint, forMs: number, gone: AbortSignal): Promise<void> {
    if (gone.aborted || this.isOver) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.release((waiter) => waiter.done === done);
      };
      const timer = setTimeout(leave, forMs);
      gone.addEventListener('abort', leave);
      this.waiters.add({ merchantId, seen, done });
      this.timer ??= setTimeout(() => void this.look(), LOOK_MS);
    });
  }

  private release(whom: (waiter: Waiter) => boolean): void {
    for (const waiter of [...this.waiters]) {
      if (!whom(waiter)) continue;
      this.waiters.delete(waiter);
      waiter.done();
    }
  }

  private async look(): Promise<void> {
    if (this.isOver) this.release(() => true);
    try {
      const ids = [...new Set([...this.waiters].map(({ merchantId }) => merchantId))];
      const last = ids.length === 0 ? new Map<string, bigint>() : await this.events.counts(ids);
      this.release(({ merchantId, seen }) => (last.get(merchantId) ?? 0n) > seen);
    } catch (error) {
      this.log.warn({ msg: 'not looking for now', err: error instanceof Error ? error.message : String(error) });
    }
    this.timer = this.waiters.size === 0 ? null : setTimeout(() => void this.look(), LOOK_MS);
  }
}
