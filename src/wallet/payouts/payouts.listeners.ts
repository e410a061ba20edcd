import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../../events/on-event.ts';
import { Closing } from './closing.ts';

/** Everything after which an account that is closing may have nothing in its way any more. */
type Cleared =
  | 'merchant.email_verified'
  | 'order.settled'
  | 'order.cancelled'
  | 'claim.closed'
  | 'payout.paid'
  | 'topup.received'
  | 'topup.disputed';

@Injectable()
export class PayoutsListeners {
  constructor(private readonly closing: Closing) {}

  @OnEvent(
    'merchant.email_verified',
    'order.settled',
    'order.cancelled',
    'claim.closed',
    'payout.paid',
    'topup.received',
    'topup.disputed',
  )
  async goOnClosing(tx: EntityManager, { payload }: DomainEvent<Cleared>): Promise<void> {
    await this.closing.proceed(tx, payload.merchantId);
  }

  @OnEvent('payout.rejected')
  async closeElsewhere(tx: EntityManager, { payload }: DomainEvent<'payout.rejected'>): Promise<void> {
    if (payload.closing) await this.closing.cameBack(tx, payload.merchantId);
    else await this.closing.proceed(tx, payload.merchantId);
  }
}
