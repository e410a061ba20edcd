import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventName } from '../events/catalog.ts';
import { OnEventLater, type DomainEvent } from '../events/on-event.ts';
import { EVENT_NAMES } from './event-subjects.ts';
import { LETTER_OF } from './mails/letter-kinds.ts';
import { MerchantMails } from './mails/merchant-mails.ts';
import { publishedOf, Snapshots } from './snapshots.ts';
import { DeliveriesService } from './webhooks/deliveries.service.ts';

/** Every event is kept as the API shows it, and goes to the endpoints that ask for it. */
@Injectable()
export class WebhookListeners {
  constructor(
    private readonly snapshots: Snapshots,
    private readonly deliveries: DeliveriesService,
  ) {}

  @OnEventLater(...EVENT_NAMES)
  async fanOut(tx: EntityManager, event: DomainEvent<EventName>): Promise<void> {
    await this.deliveries.fanOut(tx, await this.snapshots.take(tx, publishedOf(event)));
  }
}

/** Events that merchants are written of. */
@Injectable()
export class MailListeners {
  constructor(private readonly mails: MerchantMails) {}

  @OnEventLater(...(Object.keys(LETTER_OF) as EventName[]))
  async write(tx: EntityManager, event: DomainEvent<EventName>): Promise<void> {
    await this.mails.tell(tx, event);
  }
}
