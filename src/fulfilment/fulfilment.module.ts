import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.ts';
import { Addresses } from './addresses.ts';
import { CourierWords } from './courier-words.ts';
import {
  InterceptionsController,
  ManifestsController,
  PackagesController,
  PickingQueueController,
} from './fulfilment.controller.ts';
import { FulfilmentExports } from './fulfilment.exports.ts';
import { FulfilmentCron } from './fulfilment.cron.ts';
import { FulfilmentService } from './fulfilment.service.ts';
import { LabelDesk } from './labels/label-desk.ts';
import { PackageStore } from './package.store.ts';
import { Papers } from './papers.ts';
import { Promises } from './promises.ts';
import { Bench } from './warehouse/bench.ts';
import { Departures } from './warehouse/departures.ts';
import { Interceptions } from './warehouse/interceptions.ts';
import { Receipts } from './warehouse/receipts.ts';

@Module({
  imports: [CatalogueModule],
  controllers: [PackagesController, ManifestsController, InterceptionsController, PickingQueueController],
  providers: [
    FulfilmentService,
    FulfilmentCron,
    Promises,
    PackageStore,
    CourierWords,
    Papers,
    Bench,
    Departures,
    Interceptions,
    Receipts,
    Addresses,
    LabelDesk,
    FulfilmentExports,
  ],
  exports: [FulfilmentService],
})
export class FulfilmentModule {}
