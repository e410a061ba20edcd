import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { Lanes } from './lanes.ts';
import { Outbox } from './outbox.ts';
import { Relay } from './relay.ts';
import { Ticks } from './ticks.ts';
import { Timers } from './timers.ts';

@Global()
@Module({
  imports: [DiscoveryModule, ScheduleModule.forRoot()],
  providers: [Outbox, Lanes, Relay, Timers, Ticks],
  exports: [Outbox, Relay, Timers],
})
export class EventsModule {}
