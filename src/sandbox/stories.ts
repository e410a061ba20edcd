import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { FulfilmentService } from '../fulfilment/fulfilment.service.ts';
import { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { TrackingService, type CourierStatus } from '../tracking/tracking.service.ts';
import type { StoryView, Story } from './sandbox.dto.ts';
import { NothingToTrack } from './sandbox.errors.ts';

interface Scene {
  status: CourierStatus;
  description: string;
  location: string;
}

const scene = (status: CourierStatus, description: string, location: string): Scene => ({
  status,
  description,
  location,
});

const UNDER_WAY = [
  scene('accepted', 'Accepted at the courier’s facility', 'Origin'),
  scene('in_transit', 'Departed the hub', 'Hub'),
  scene('out_for_delivery', 'With the driver', 'Destination'),
];

/** What a simulated courier reports, in order. */
const STORY: Readonly<Record<Story, readonly Scene[]>> = {
  delivered: [...UNDER_WAY, scene('delivered', 'Delivered to the recipient', 'Destination')],
  rto: [
    ...UNDER_WAY,
    scene('attempt_failed', 'Recipient refused the parcel', 'Destination'),
    scene('rto_initiated', 'Return to sender begun', 'Destination'),
    scene('rto_in_transit', 'On the way back', 'Hub'),
    scene('rto_delivered', 'Delivered to the original sender', 'Origin'),
  ],
  lost: [...UNDER_WAY.slice(0, 2), scene('lost', 'The parcel was declared lost', 'Hub')],
  failed_attempts: [...UNDER_WAY, scene('attempt_failed', 'Nobody was at home', 'Destination')],
};

/** Simulated couriers: their events go the way that real ones go. */
@Injectable()
export class Stories {
  constructor(
    private readonly fulfilment: FulfilmentService,
    private readonly tracking: TrackingService,
    private readonly clock: Clock,
  ) {}

  /**
   * Tells a story of a package that has a label, one millisecond of the clock from event to event.
   * @param merchantId null: staff
   * @throws NotFound, NothingToTrack
   */
  async tell(tx: EntityManager, merchantId: string | null, packageId: string, story: Story): Promise<StoryView> {
    const { courier, trackingNumber, status } = await this.fulfilment.get(tx, merchantId, packageId);
    if (courier === null || trackingNumber === null) throw new NothingToTrack(status);
    const scenes = STORY[story];
    const last = this.clock.now().getTime();
    const events = scenes.map((event, index) => ({
      ...{ courier, trackingNumber, eventId: newId(), ...event },
      occurredAt: new Date(last - (scenes.length - 1 - index)),
    }));
    const counts = await this.tracking.record(tx, events);
    return { events: counts.accepted };
  }
}
