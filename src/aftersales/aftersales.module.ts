import { Module } from '@nestjs/common';
import { FulfilmentModule } from '../fulfilment/fulfilment.module.ts';
import { OrdersModule } from '../orders/orders.module.ts';
import { PoliciesModule } from '../policies/policies.module.ts';
import { TrackingModule } from '../tracking/tracking.module.ts';
import { WalletModule } from '../wallet/wallet.module.ts';
import { OrderDoors, PackageDoors } from './aftersales.controller.ts';
import { AftersalesCron } from './aftersales.cron.ts';
import { AftersalesListeners } from './aftersales.listeners.ts';
import { AftersalesService } from './aftersales.service.ts';
import { Deciding } from './deciding.ts';
import { Settling } from './settling.ts';
import { Stopping } from './stopping.ts';

@Module({
  imports: [FulfilmentModule, OrdersModule, PoliciesModule, TrackingModule, WalletModule],
  controllers: [OrderDoors, PackageDoors],
  providers: [AftersalesService, Deciding, Settling, Stopping, AftersalesListeners, AftersalesCron],
  exports: [AftersalesService],
})
export class AftersalesModule {}
