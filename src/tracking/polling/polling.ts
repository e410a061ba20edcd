import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse, asMerchant } from '../../database/scope.ts';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { Config } from '../../config.ts';
import { FulfilmentService } from '../../fulfilment/fulfilment.service.ts';
import { HOUR_MS, realNow } from '../../kernel/clock.ts';
import type { PackageKey } from '../tracking.records.ts';
import { TrackingService } from '../tracking.service.ts';
import { askedSources } from './asked-sources.ts';
import { CourierClient, type Polled } from './courier-client.ts';
import { POLL_COURIERS, type PollCourier } from './poll-couriers.ts';
import { nextLook, pauseMs } from './poll-schedule.policy.ts';
import { PollStore, type Poll } from './poll.store.ts';

/** A label is not known to its courier at once. */
const FIRST_LOOK_MS = 6 * HOUR_MS;
const AT_ONCE = 4;
const ADOPTED_AT_ONCE = 500;

interface Asked {
  courier: PollCourier;
  client: CourierClient;
}

/**
 * Asks couriers that are set up for it about what they do not say by themselves. Rows with an instant decide who asks
 * what; an outage only delays. Source: tracking.md, Algorithm 8.
 */
@Injectable()
export class Polling implements OnApplicationShutdown {
  private readonly log = new Logger('tracking');
  private readonly asked: readonly Asked[];
  /** Once a process. */
  private adopted = false;

  constructor(
    private readonly db: DataSource,
    private readonly store: PollStore,
    private readonly tracking: TrackingService,
    private readonly fulfilment: FulfilmentService,
    private readonly catalogue: CatalogueService,
    private readonly config: Config,
  ) {
    this.asked = POLL_COURIERS.flatMap((courier) => {
      const settings = config.courierPoll(courier.source);
      return settings === null ? [] : [{ courier, client: new CourierClient(courier, settings) }];
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.asked.map(({ client }) => client.close()));
  }

  /** A label came: who reports on its courier is asked about it, where that is set up. */
  async watch(tx: EntityManager, key: PackageKey, label: { courier: string; number: string }): Promise<void> {
    const dueAt = new Date(realNow().getTime() + FIRST_LOOK_MS);
    for (const source of await this.sourcesOf(label.courier))
      await this.store.watch(tx, key, { source, number: label.number, dueAt });
  }

  /** Parcels that left before polling was set up are asked about too, spread over the time to a first look. */
  async adopt(now: Date): Promise<void> {
    let after: string | null = null;
    for (;;) {
      const parcels = await this.fulfilment.underWay(asHouse(this.db), after, ADOPTED_AT_ONCE);
      const watched = await Promise.all(
        parcels.map(async ({ merchantId, packageId, courier, trackingNumber: number }) =>
          (await this.sourcesOf(courier)).map((source) => {
            const dueAt = new Date(now.getTime() + Math.random() * FIRST_LOOK_MS);
            return { merchantId, packageId, source, number, dueAt };
          }),
        ),
      );
      await this.store.watchAll(asHouse(this.db), watched.flat());
      after = parcels.at(-1)?.packageId ?? null;
      if (parcels.length < ADOPTED_AT_ONCE) return;
    }
  }

  /** Those that report on a courier's parcels and are set up to be asked. */
  private async sourcesOf(courier: string): Promise<string[]> {
    if (this.asked.length === 0) return [];
    const { couriers } = await this.catalogue.snapshot();
    const setUp = this.asked.map((one) => one.courier.source);
    return askedSources(courier, couriers, setUp);
  }

  /** Asks about everything that is due. @returns how many looks were made */
  async run(now: Date): Promise<number> {
    let looks = 0;
    if (!this.adopted && this.asked.length > 0) {
      await this.adopt(now);
      this.adopted = true;
    }
    for (const one of this.asked) {
      const { source, perMinute } = one.courier;
      const due = await this.store.claim(source, perMinute, now);
      for (let from = 0; from < due.length; from += AT_ONCE) {
        await Promise.all(due.slice(from, from + AT_ONCE).map((poll) => this.look(one, poll, now)));
      }
      looks += due.length;
    }
    return looks;
  }

  private async look({ client }: Asked, poll: Poll, now: Date): Promise<void> {
    try {
      if (!poll.lastLook && (await this.waitForLastLook(poll, now))) return;
      const polled = await client.ask(poll.number);
      if (polled.kind === 'answer') await this.take(poll, polled);
      await this.after(poll, polled, now);
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error);
      this.log.error({ msg: 'a look at a courier came to nothing', source: poll.source, err }); // its lease runs out
    }
  }

  private async take(poll: Poll, { body, contentType }: Polled & { kind: 'answer' }): Promise<void> {
    await this.tracking.ingest({ source: poll.source, kind: 'poll', contentType, headers: {}, body });
    await this.store.sawSuccess(poll.source);
  }

  /** It ended since: nothing to ask until a day after. */
  private async waitForLastLook(poll: Poll, now: Date): Promise<boolean> {
    const next = await this.next(poll, now);
    if (next !== null && (!next.last || next.at <= now)) return false;
    await (next === null
      ? this.store.end(asMerchant(this.db, poll.merchantId), poll)
      : this.store.later(asMerchant(this.db, poll.merchantId), poll, { ...next, failures: 0 }));
    return true;
  }

  private async after(poll: Poll, polled: Polled, now: Date): Promise<void> {
    if (polled.kind === 'answer' || polled.kind === 'unknown') {
      const next = await this.next(poll, now);
      await (next === null
        ? this.store.end(asMerchant(this.db, poll.merchantId), poll)
        : this.store.later(asMerchant(this.db, poll.merchantId), poll, { ...next, failures: 0 }));
      return;
    }
    const failures = poll.failures + 1;
    const own = pauseMs(failures, Math.random());
    const pause = polled.kind === 'busy' ? (polled.pauseMs ?? own) : own;
    const at = new Date(now.getTime() + pause);
    await this.store.later(asMerchant(this.db, poll.merchantId), poll, { at, last: poll.lastLook, failures });
    if (polled.kind === 'busy') await this.store.pause(poll.source, at);
    else {
      this.log.warn({ msg: 'a courier did not answer', source: poll.source, why: polled.why, failures });
      await this.store.sawFailure(poll.source, now);
    }
  }

  private async next(poll: Poll, now: Date): Promise<ReturnType<typeof nextLook>> {
    const found = await this.fulfilment.get(asMerchant(this.db, poll.merchantId), poll.merchantId, poll.packageId);
    const { status, labelledAt, handedOverAt, deliveredAt, returnedAt } = found;
    const pushes = this.config.courierSecret(poll.source).length > 0;
    const endedAt = returnedAt ?? deliveredAt;
    const watched = { status, labelledAt, handedOverAt, endedAt, pushes, lastLook: poll.lastLook };
    return nextLook(watched, now, Math.random());
  }
}
