import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { FulfilmentModule } from '../fulfilment/fulfilment.module.ts';
import { Folding } from './folding.ts';
import { Inbox } from './inbox.ts';
import { PackageEventsController, TrackingController, TrackingPageController } from './tracking.controller.ts';
import { TrackingListeners } from './tracking.listeners.ts';
import { TrackingService } from './tracking.service.ts';
import { TrackingStore } from './tracking.store.ts';

@Module({
  imports: [CatalogueModule, FulfilmentModule],
  controllers: [TrackingController, PackageEventsController, TrackingPageController],
  providers: [TrackingService, TrackingStore, Inbox, Folding, TrackingListeners],
  exports: [TrackingService],
})
export class TrackingModule {}
