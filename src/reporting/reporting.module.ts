import { Module } from '@nestjs/common';
import { ReadModel } from './read-model.ts';
import { ReportingController } from './reporting.controller.ts';
import { ReportingListeners } from './reporting.listeners.ts';
import { ReportingService } from './reporting.service.ts';

/** Figures for merchants and staff, from a read model that events keep. */
@Module({
  controllers: [ReportingController],
  providers: [ReadModel, ReportingListeners, ReportingService],
})
export class ReportingModule {}
