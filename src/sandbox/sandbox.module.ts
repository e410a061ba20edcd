import { Module } from '@nestjs/common';
import { FulfilmentModule } from '../fulfilment/fulfilment.module.ts';
import { TrackingModule } from '../tracking/tracking.module.ts';
import { SandboxController } from './sandbox.controller.ts';
import { Stories } from './stories.ts';
import { TimeTravel } from './time-travel.ts';

@Module({
  imports: [FulfilmentModule, TrackingModule],
  controllers: [SandboxController],
  providers: [TimeTravel, Stories],
})
export class SandboxModule {}
