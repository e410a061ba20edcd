import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MerchantMails } from '../mails/merchant-mails.ts';
import { QueueStore, type EndpointKey } from './queue.store.ts';

/** Ends an endpoint, and tells its merchant. */
@Injectable()
export class EndpointMails {
  constructor(
    private readonly queue: QueueStore,
    private readonly mails: MerchantMails,
  ) {}

  /** Disabled once, mailed once. @param now real time */
  async disable(tx: EntityManager, key: EndpointKey, reason: 'gone' | 'failing', now: Date): Promise<void> {
    const disabled = await this.queue.disable(tx, key, reason, now);
    if (disabled === null) return;
    const about = `${key.endpointId}:${now.getTime()}`;
    await this.mails.webhookDisabled(tx, { merchantId: key.merchantId, url: disabled.url, about }, reason);
  }
}
