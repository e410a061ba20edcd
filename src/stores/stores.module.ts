import { Global, Module } from '@nestjs/common';
import { AftersalesModule } from '../aftersales/aftersales.module.ts';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { FulfilmentModule } from '../fulfilment/fulfilment.module.ts';
import { OrdersModule } from '../orders/orders.module.ts';
import { HeldDrafts } from '../http/held-drafts.ts';
import { StoreDrafts } from './drafts.ts';
import { Dispatching } from './dispatching.ts';
import { Intake } from './intake.ts';
import { OrderImportsController } from './order-imports.controller.ts';
import { OrderImports } from './order-imports.ts';
import { StoreApi } from './store-api.ts';
import { StoreMessages } from './store-messages.ts';
import { StoreMessagesController, StoreOrdersController } from './store-orders.controller.ts';
import { StoresController } from './stores.controller.ts';
import { StoresCron } from './stores.cron.ts';
import { StoresExports } from './stores.exports.ts';
import { StoresListeners } from './stores.listeners.ts';
import { StoresService } from './stores.service.ts';

/** Merchants' stores that speak to us in their own words: webhooks of Shopify and WooCommerce, files of orders. Fills the http floor's port HeldDrafts. */
@Global()
@Module({
  imports: [AftersalesModule, CatalogueModule, FulfilmentModule, OrdersModule],
  controllers: [StoresController, StoreMessagesController, StoreOrdersController, OrderImportsController],
  providers: [
    ...[StoresService, Intake, StoreMessages, StoreApi, Dispatching, OrderImports],
    ...[StoresListeners, StoresCron, StoresExports],
    { provide: HeldDrafts, useClass: StoreDrafts },
  ],
  exports: [HeldDrafts],
})
export class StoresModule {}
