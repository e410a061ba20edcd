import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../../events/on-event.ts';
import { forgetWords } from './return.store.ts';
import { Returning } from './returning.ts';

/** What opens returns that nobody asked for, and what makes them needless. */
@Injectable()
export class ReturnsListeners {
  constructor(private readonly returning: Returning) {}

  @OnEvent('claim.decided')
  async openForDecision(tx: EntityManager, { payload }: DomainEvent<'claim.decided'>): Promise<void> {
    if (payload.outcome === 'accept') await this.returning.openFor(tx, payload);
  }

  /** What a merchant wrote about a return may name the buyer. */
  @OnEvent('order.erased')
  async forget(tx: EntityManager, { payload }: DomainEvent<'order.erased'>): Promise<void> {
    await forgetWords(tx, payload.merchantId, payload.orderId);
  }

  @OnEvent('package.settled')
  async followPackage(tx: EntityManager, { payload }: DomainEvent<'package.settled'>): Promise<void> {
    await this.returning.packageSettled(tx, payload.merchantId, payload.packageId);
  }
}
