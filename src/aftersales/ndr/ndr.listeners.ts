import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../../events/on-event.ts';
import { FailedDeliveries } from './failed-deliveries.ts';
import { eraseShipTo } from './failed-delivery.store.ts';

/** Every word of a courier after which a failed attempt is history. */
type WentOn =
  | 'package.in_transit'
  | 'package.out_for_delivery'
  | 'package.available_for_pickup'
  | 'package.delivered'
  | 'package.rto_initiated'
  | 'package.rto_delivered'
  | 'package.delivery_failed'
  | 'package.lost';

/** Failed attempts begin and end with what the courier says. */
@Injectable()
export class NdrListeners {
  constructor(private readonly failures: FailedDeliveries) {}

  @OnEvent('package.delivery_attempt_failed')
  async open(tx: EntityManager, { payload }: DomainEvent<'package.delivery_attempt_failed'>): Promise<void> {
    await this.failures.attempted(tx, payload, { reason: payload.reason, at: new Date(payload.at) });
  }

  @OnEvent(
    'package.in_transit',
    'package.out_for_delivery',
    'package.available_for_pickup',
    'package.delivered',
    'package.rto_initiated',
    'package.rto_delivered',
    'package.delivery_failed',
    'package.lost',
  )
  close(tx: EntityManager, { payload }: DomainEvent<WentOn>): void {
    this.failures.wentOn(tx, payload);
  }

  @OnEvent('order.erased')
  async forgetAddresses(tx: EntityManager, { payload }: DomainEvent<'order.erased'>): Promise<void> {
    await eraseShipTo(tx, payload.merchantId, payload.orderId);
  }
}
