import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import { Config } from '../config.ts';
import { realNow } from '../kernel/clock.ts';
import { askedSources } from './polling/asked-sources.ts';
import { POLL_COURIERS } from './polling/poll-couriers.ts';
import { PollStore } from './polling/poll.store.ts';
import { isUnproven } from './proof.ts';
import { TrackingStore, type PackageKey } from './tracking.store.ts';

export interface Returned extends PackageKey {
  courier: string;
  trackingNumber: string;
}

/** Before money moves on a return that only a token vouches for, its courier is asked where that is set up. */
@Injectable()
export class CourierProof {
  private readonly setUp: readonly string[];

  constructor(
    private readonly store: TrackingStore,
    private readonly polls: PollStore,
    private readonly catalogue: CatalogueService,
    config: Config,
  ) {
    this.setUp = POLL_COURIERS.map(({ source }) => source).filter((source) => config.courierPoll(source) !== null);
  }

  /** Does money wait for the courier's own word? */
  async isAwaited(tx: EntityManager, parcel: Returned): Promise<boolean> {
    const sources = await this.sourcesOf(parcel.courier);
    if (sources.length === 0) return false;
    return isUnproven(await this.store.eventsOf(tx, parcel.merchantId, [parcel.packageId]));
  }

  /** Its courier is asked at once. */
  async ask(tx: EntityManager, parcel: Returned): Promise<void> {
    for (const source of await this.sourcesOf(parcel.courier))
      await this.polls.askNow(tx, parcel, { source, number: parcel.trackingNumber, at: realNow() });
  }

  private async sourcesOf(courier: string): Promise<string[]> {
    if (this.setUp.length === 0) return [];
    return askedSources(courier, (await this.catalogue.snapshot()).couriers, this.setUp);
  }
}
