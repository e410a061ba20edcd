import { Global, Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { FulfilmentModule } from '../fulfilment/fulfilment.module.ts';
import { TrackingSources } from '../http/tracking-sources.ts';
import { CourierProof } from './courier-proof.ts';
import { DeskController } from './desk/desk.controller.ts';
import { DeskStore } from './desk/desk.store.ts';
import { Mappings } from './desk/mappings.ts';
import { Rereader } from './desk/rereading.ts';
import { Folding } from './folding.ts';
import { TrackingImports } from './imports/tracking-imports.ts';
import { TrackingImportsController } from './imports/tracking-imports.controller.ts';
import { Inbox } from './inbox.ts';
import { NumbersController } from './numbers/numbers.controller.ts';
import { PackageEventsController, TrackingController, TrackingPageController } from './tracking.controller.ts';
import { PollStore } from './polling/poll.store.ts';
import { PollingCron } from './polling/polling.cron.ts';
import { Polling } from './polling/polling.ts';
import { RawMessagesCron } from './raw-messages.cron.ts';
import { CANONICAL } from './matching.policy.ts';
import { SOURCES } from './sources.translate.ts';
import { TrackingExports } from './tracking.exports.ts';
import { TrackingListeners } from './tracking.listeners.ts';
import { TrackingService } from './tracking.service.ts';
import { TrackingStore } from './tracking.store.ts';

/** Fills the http floor's port TrackingSources as well, for the catalogue below. */
@Global()
@Module({
  imports: [CatalogueModule, FulfilmentModule],
  controllers: [
    DeskController,
    NumbersController,
    TrackingImportsController,
    TrackingController,
    PackageEventsController,
    TrackingPageController,
  ],
  providers: [
    TrackingService,
    TrackingStore,
    Inbox,
    Folding,
    CourierProof,
    TrackingListeners,
    DeskStore,
    Mappings,
    Rereader,
    PollStore,
    Polling,
    PollingCron,
    RawMessagesCron,
    TrackingImports,
    TrackingExports,
    { provide: TrackingSources, useValue: { names: [...SOURCES, CANONICAL].sort() } },
  ],
  exports: [TrackingService, TrackingSources],
})
export class TrackingModule {}
