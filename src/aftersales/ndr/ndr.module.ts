import { Module } from '@nestjs/common';
import { FulfilmentModule } from '../../fulfilment/fulfilment.module.ts';
import { OrdersModule } from '../../orders/orders.module.ts';
import { FailedDeliveries } from './failed-deliveries.ts';
import { DeliveryInstructionDoors, NdrController } from './ndr.controller.ts';
import { NdrCron } from './ndr.cron.ts';
import { NdrListeners } from './ndr.listeners.ts';

@Module({
  imports: [FulfilmentModule, OrdersModule],
  controllers: [DeliveryInstructionDoors, NdrController],
  providers: [FailedDeliveries, NdrListeners, NdrCron],
})
export class NdrModule {}
