import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventName } from '../../events/catalog.ts';
import type { DomainEvent } from '../../events/on-event.ts';
import { HOUSE_ID, newId } from '../../kernel/ids.ts';
import { OrdersService } from '../../orders/orders.service.ts';
import { LetterContents } from './contents.ts';
import { LETTER_OF } from './letter-kinds.ts';
import { Postbox, type Posting } from './postbox.ts';

/** Letters to merchants: one for each event that is worth one, and some that are asked for. */
@Injectable()
export class MerchantMails {
  constructor(
    private readonly orders: OrdersService,
    private readonly contents: LetterContents,
    private readonly postbox: Postbox,
  ) {}

  /** @param events of one merchant */
  async tell(tx: EntityManager, events: readonly DomainEvent<EventName>[]): Promise<void> {
    const postings: Posting[] = [];
    for (const event of events) {
      const { merchantId, id: about } = event;
      const kind = LETTER_OF[event.name];
      if (kind === undefined || merchantId === HOUSE_ID) continue;
      const contents = await this.contents.of(tx, kind, event);
      if (contents !== null) postings.push({ merchantId, kind, about, contents });
    }
    await this.postbox.post(tx, postings);
  }

  /** The confirmation of an order, as the order stands. @returns the address @throws NotFound */
  async confirmAgain(tx: EntityManager, merchantId: string, orderId: string): Promise<string> {
    const { order } = await this.orders.load(tx, merchantId, orderId);
    const kind = order.status === 'awaiting_funds' ? 'order_waiting' : 'order_confirmed';
    const contents = await this.contents.order(tx, kind, merchantId, orderId);
    return this.postbox.postToMerchant(tx, { merchantId, kind, about: newId(), contents });
  }

  async webhookDisabled(
    tx: EntityManager,
    { merchantId, url, about }: { merchantId: string; url: string; about: string },
    reason: 'gone' | 'failing',
  ): Promise<void> {
    const contents = { values: { [reason]: url }, facts: [] };
    await this.postbox.post(tx, [{ merchantId, kind: 'webhook_disabled', about, contents }]);
  }
}
