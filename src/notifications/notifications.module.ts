import { Global, Module } from '@nestjs/common';
import { FulfilmentModule } from '../fulfilment/fulfilment.module.ts';
import { WebhookDocs } from '../http/webhook-docs.ts';
import { LetterReaders } from '../mail/letter-readers.ts';
import { OrdersModule } from '../orders/orders.module.ts';
import { WalletModule } from '../wallet/wallet.module.ts';
import { EventDocs } from './docs/webhook-docs.service.ts';
import { EventsController } from './events.controller.ts';
import { FeedService } from './feed.service.ts';
import { FeedWatch } from './feed-watch.ts';
import { ConfirmationsController, PreferencesController } from './mails.controller.ts';
import { LetterContents } from './mails/contents.ts';
import { Digests } from './mails/digests.ts';
import { MerchantMails } from './mails/merchant-mails.ts';
import { Postbox } from './mails/postbox.ts';
import { PreferencesService } from './mails/preferences.service.ts';
import { DigestsCron, NotificationsCron } from './notifications.cron.ts';
import { NotificationsExports } from './notifications.exports.ts';
import { MailListeners, WebhookListeners } from './notifications.listeners.ts';
import { Reads } from './reads.ts';
import { Snapshots } from './snapshots.ts';
import { DeliveriesController, EndpointsController } from './webhooks.controller.ts';
import { Courier } from './webhooks/courier.ts';
import { DeliveriesService } from './webhooks/deliveries.service.ts';
import { EndpointMails } from './webhooks/endpoint-mails.ts';
import { EndpointsService } from './webhooks/endpoints.service.ts';
import { QueueStore } from './webhooks/queue.store.ts';
import { WebhookSender } from './webhooks/sender.ts';
import { Turns } from './webhooks/turns.ts';

/** What merchants hear without asking: webhooks and mails; and the feed in which nothing is ever missing. */
@Global()
@Module({
  imports: [FulfilmentModule, OrdersModule, WalletModule],
  controllers: [
    EndpointsController,
    DeliveriesController,
    EventsController,
    PreferencesController,
    ConfirmationsController,
  ],
  providers: [
    ...[Reads, Snapshots, FeedService, FeedWatch],
    ...[MerchantMails, LetterContents, Postbox, PreferencesService, Digests],
    ...[EndpointsService, DeliveriesService, QueueStore, Turns, Courier, EndpointMails, WebhookSender],
    { provide: WebhookDocs, useClass: EventDocs },
    { provide: LetterReaders, useExisting: PreferencesService },
    ...[WebhookListeners, MailListeners, NotificationsCron, DigestsCron, NotificationsExports],
  ],
  exports: [LetterReaders],
})
export class NotificationsModule {}
