import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../events/on-event.ts';
import { FulfilmentService } from '../fulfilment/fulfilment.service.ts';
import { forgetWords } from './forgetting.store.ts';
import { Polling } from './polling/polling.ts';
import { TrackingService } from './tracking.service.ts';

/** What the warehouse does that tracking must know. */
@Injectable()
export class TrackingListeners {
  constructor(
    private readonly tracking: TrackingService,
    private readonly fulfilment: FulfilmentService,
    private readonly polling: Polling,
  ) {}

  @OnEvent('package.labelled')
  async matchEarlierMessages(tx: EntityManager, { payload }: DomainEvent<'package.labelled'>): Promise<void> {
    await this.tracking.labelled(tx, payload.trackingNumber);
  }

  @OnEvent('package.labelled')
  async askItsCourier(tx: EntityManager, { payload }: DomainEvent<'package.labelled'>): Promise<void> {
    await this.polling.watch(tx, payload, { courier: payload.courier, number: payload.trackingNumber });
  }

  @OnEvent('package.received_back')
  async foldReceipt(tx: EntityManager, { payload }: DomainEvent<'package.received_back'>): Promise<void> {
    if (payload.cause !== 'rto') return;
    const { merchantId, packageId, at } = payload;
    const { trackingNumber } = await this.fulfilment.get(tx, merchantId, packageId);
    if (trackingNumber !== null)
      await this.tracking.receivedBack(tx, { merchantId, packageId, trackingNumber, at: new Date(at) });
  }

  /** Couriers name the buyer in their own words, and in the messages that these were read from. */
  @OnEvent('order.erased')
  async forgetBuyer(tx: EntityManager, { payload }: DomainEvent<'order.erased'>): Promise<void> {
    const { merchantId, orderId } = payload;
    const packages = await this.fulfilment.packagesOf(tx, merchantId, orderId);
    await forgetWords(
      tx,
      merchantId,
      packages.map(({ id }) => id),
    );
  }
}
