import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../events/on-event.ts';
import { ClosingService } from './closing.service.ts';

/** What the wallet of a closing account says. */
@Injectable()
export class AccountsListeners {
  constructor(private readonly closing: ClosingService) {}

  @OnEvent('payout.requested')
  async revokeKeys(tx: EntityManager, { payload }: DomainEvent<'payout.requested'>): Promise<void> {
    if (payload.closing) await this.closing.revokeKeys(tx, payload.merchantId);
  }

  @OnEvent('wallet.emptied')
  async finish(tx: EntityManager, { payload }: DomainEvent<'wallet.emptied'>): Promise<void> {
    await this.closing.finish(tx, payload.merchantId);
  }
}
