import { Module } from '@nestjs/common';
import { FulfilmentModule } from '../fulfilment/fulfilment.module.ts';
import { OrdersModule } from '../orders/orders.module.ts';
import { WalletModule } from '../wallet/wallet.module.ts';
import { EventsController } from './events.controller.ts';
import { FeedService } from './feed.service.ts';
import { FeedWatch } from './feed-watch.ts';
import { MerchantMails } from './mails/merchant-mails.ts';
import { NotificationsCron } from './notifications.cron.ts';
import { WebhookListeners } from './notifications.listeners.ts';
import { Snapshots } from './snapshots.ts';
import { DeliveriesController, EndpointsController } from './webhooks.controller.ts';
import { Courier } from './webhooks/courier.ts';
import { DeliveriesService } from './webhooks/deliveries.service.ts';
import { EndpointMails } from './webhooks/endpoint-mails.ts';
import { EndpointsService } from './webhooks/endpoints.service.ts';
import { QueueStore } from './webhooks/queue.store.ts';
import { WebhookSender } from './webhooks/sender.ts';
import { Targets } from './webhooks/targets.ts';

/** What merchants hear without asking: webhooks and mails; and the feed in which nothing is ever missing. */
@Module({
  imports: [FulfilmentModule, OrdersModule, WalletModule],
  controllers: [EndpointsController, DeliveriesController, EventsController],
  providers: [
    ...[Snapshots, FeedService, FeedWatch, MerchantMails],
    ...[EndpointsService, DeliveriesService, QueueStore, Targets, Courier, EndpointMails, WebhookSender],
    ...[WebhookListeners, NotificationsCron],
  ],
})
export class NotificationsModule {}
