import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { FulfilmentModule } from '../fulfilment/fulfilment.module.ts';
import { MembershipsModule } from '../memberships/memberships.module.ts';
import { PoliciesModule } from '../policies/policies.module.ts';
import { PricingModule } from '../pricing/pricing.module.ts';
import { WalletModule } from '../wallet/wallet.module.ts';
import { Batches } from './batches.ts';
import { ErasuresController } from './erasures.controller.ts';
import { Erasures } from './erasures.ts';
import { OrdersController } from './orders.controller.ts';
import { OrdersCron } from './orders.cron.ts';
import { OrdersExports } from './orders.exports.ts';
import { OrdersListeners } from './orders.listeners.ts';
import { OrdersService } from './orders.service.ts';
import { Placing } from './placing.ts';
import { SendingAgain } from './sending-again.ts';

@Module({
  imports: [
    AccountsModule,
    CatalogueModule,
    FulfilmentModule,
    MembershipsModule,
    PoliciesModule,
    PricingModule,
    WalletModule,
  ],
  controllers: [OrdersController, ErasuresController],
  providers: [OrdersService, Placing, SendingAgain, Batches, Erasures, OrdersListeners, OrdersExports, OrdersCron],
  exports: [OrdersService, Erasures],
})
export class OrdersModule {}
