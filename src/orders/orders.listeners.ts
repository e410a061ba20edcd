import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../events/on-event.ts';
import { Erasures } from './erasures.ts';
import { OrdersService } from './orders.service.ts';

/** Every step of a package that can move its order on. */
type Moved =
  | 'package.packed'
  | 'package.handed_over'
  | 'package.cancelled'
  | 'package.in_transit'
  | 'package.delivered'
  | 'package.rto_delivered'
  | 'package.delivery_failed'
  | 'package.lost';

/** What moves orders: money that came, packages that moved. */
@Injectable()
export class OrdersListeners {
  constructor(
    private readonly orders: OrdersService,
    private readonly erasures: Erasures,
  ) {}

  @OnEvent('order.settled', 'order.cancelled')
  async eraseIfAsked(tx: EntityManager, { payload }: DomainEvent<'order.settled' | 'order.cancelled'>): Promise<void> {
    await this.erasures.eraseIfAsked(tx, payload);
  }

  @OnEvent('wallet.credited')
  async payWaiting(tx: EntityManager, { payload }: DomainEvent<'wallet.credited'>): Promise<void> {
    const { merchantId, currency, at } = payload;
    await this.orders.payWaiting(tx, { merchantId, currency, came: new Date(at) });
  }

  @OnEvent(
    'package.packed',
    'package.handed_over',
    'package.cancelled',
    'package.in_transit',
    'package.delivered',
    'package.rto_delivered',
    'package.delivery_failed',
    'package.lost',
  )
  async followPackages(tx: EntityManager, { payload }: DomainEvent<Moved>): Promise<void> {
    await this.orders.follow(tx, payload.merchantId, payload.orderId);
  }
}
