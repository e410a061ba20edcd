import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../events/on-event.ts';
import { AftersalesService } from './aftersales.service.ts';
import { ClaimsService } from './claims/claims.service.ts';
import { Forgetting } from './forgetting.ts';
import { Reshipping } from './reshipping.ts';
import { Reviewing } from './reviewing.ts';

/** Every word of a courier, or of the warehouse, after which a package may be decided anew. */
type Moved =
  | 'package.handed_over'
  | 'package.in_transit'
  | 'package.out_for_delivery'
  | 'package.available_for_pickup'
  | 'package.exception'
  | 'package.disputed'
  | 'package.delivery_attempt_failed'
  | 'package.delivered'
  | 'package.rto_initiated'
  | 'package.rto_delivered'
  | 'package.rto_confirmed'
  | 'package.delivery_failed'
  | 'package.lost';

/** What makes after-sales decide by itself. */
@Injectable()
export class AftersalesListeners {
  constructor(
    private readonly aftersales: AftersalesService,
    private readonly claims: ClaimsService,
    private readonly reshipping: Reshipping,
    private readonly reviewing: Reviewing,
    private readonly forgetting: Forgetting,
  ) {}

  @OnEvent(
    'package.handed_over',
    'package.in_transit',
    'package.out_for_delivery',
    'package.available_for_pickup',
    'package.exception',
    'package.disputed',
    'package.delivery_attempt_failed',
    'package.delivered',
    'package.rto_initiated',
    'package.rto_delivered',
    'package.rto_confirmed',
    'package.delivery_failed',
    'package.lost',
  )
  async decideOnTracking(tx: EntityManager, { name, payload }: DomainEvent<Moved>): Promise<void> {
    if (name === 'package.handed_over') await this.reviewing.overtaken(tx, payload);
    await this.aftersales.decideOnTracking(tx, payload);
  }

  @OnEvent('package.delivered_though_cancelled')
  async lookAfterStray(
    tx: EntityManager,
    { payload }: DomainEvent<'package.delivered_though_cancelled'>,
  ): Promise<void> {
    await this.aftersales.deliveredThoughCancelled(tx, payload);
  }

  /** A hand-over before the warehouse's answer is the answer: it left. */
  @OnEvent('package.intercepted')
  async decideOnAnswer(tx: EntityManager, { payload }: DomainEvent<'package.intercepted'>): Promise<void> {
    await this.aftersales.decideOnAnswer(tx, payload, payload);
  }

  @OnEvent('order.erased')
  async forgetBuyer(tx: EntityManager, { payload }: DomainEvent<'order.erased'>): Promise<void> {
    await this.forgetting.forget(tx, payload.merchantId, payload.orderId);
  }

  @OnEvent('package.cancelled')
  async settleCancelled(tx: EntityManager, { payload }: DomainEvent<'package.cancelled'>): Promise<void> {
    await this.aftersales.settleEnded(tx, payload);
  }

  /** What is still asked or claimed of a settled package has come to nothing. */
  @OnEvent('package.settled')
  async closeClaims(tx: EntityManager, { payload }: DomainEvent<'package.settled'>): Promise<void> {
    await this.claims.closeSettled(tx, payload);
    await this.reviewing.settled(tx, payload);
  }

  /** What was sent again settles with its replacement. */
  @OnEvent('order.settled')
  async settleReplaced(tx: EntityManager, { payload }: DomainEvent<'order.settled'>): Promise<void> {
    await this.reshipping.afterReplacement(tx, payload.merchantId, payload.orderId);
  }
}
