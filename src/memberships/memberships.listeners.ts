import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../events/on-event.ts';
import { Renewals } from './billing/renewals.ts';

/** What an account's state does to its membership. */
@Injectable()
export class MembershipsListeners {
  constructor(private readonly renewals: Renewals) {}

  @OnEvent('merchant.reinstated')
  async collectAfterSuspension(tx: EntityManager, { payload }: DomainEvent<'merchant.reinstated'>): Promise<void> {
    await this.renewals.resume(tx, payload.merchantId, new Date(payload.at));
  }

  @OnEvent('merchant.closing')
  async endDues(tx: EntityManager, { payload }: DomainEvent<'merchant.closing'>): Promise<void> {
    await this.renewals.stop(tx, payload.merchantId, new Date(payload.at));
  }

  @OnEvent('merchant.closed')
  async endWithAccount(tx: EntityManager, { payload }: DomainEvent<'merchant.closed'>): Promise<void> {
    await this.renewals.close(tx, payload.merchantId, new Date(payload.at));
  }
}
