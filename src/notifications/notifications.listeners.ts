import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventName } from '../events/catalog.ts';
import { OnEvent, OnEventsLater, type DomainEvent } from '../events/on-event.ts';
import { EVENT_NAMES } from './event-subjects.ts';
import { forgetAnswers } from './forgetting.store.ts';
import { LETTER_OF } from './mails/letter-kinds.ts';
import { MerchantMails } from './mails/merchant-mails.ts';
import { publishedOf } from './snapshots.ts';
import { DeliveriesService } from './webhooks/deliveries.service.ts';

/** Every event is kept as the API shows it, and goes to the endpoints that ask for it. */
@Injectable()
export class WebhookListeners {
  constructor(private readonly deliveries: DeliveriesService) {}

  @OnEvent('order.erased')
  async forgetBuyer(tx: EntityManager, { payload }: DomainEvent<'order.erased'>): Promise<void> {
    await forgetAnswers(tx, payload.merchantId, payload.orderId);
  }

  @OnEventsLater(...EVENT_NAMES)
  async fanOut(tx: EntityManager, events: readonly DomainEvent<EventName>[]): Promise<void> {
    const [{ merchantId } = { merchantId: '' }] = events;
    await this.deliveries.fanOut(tx, merchantId, events.map(publishedOf));
  }
}

/** Events that merchants are written of. */
@Injectable()
export class MailListeners {
  constructor(private readonly mails: MerchantMails) {}

  @OnEventsLater(...(Object.keys(LETTER_OF) as EventName[]))
  async write(tx: EntityManager, events: readonly DomainEvent<EventName>[]): Promise<void> {
    await this.mails.tell(tx, events);
  }
}
