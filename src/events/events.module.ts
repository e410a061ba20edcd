import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { EventLog } from './event-log.ts';
import { EventViews } from './event-views.ts';
import { Lanes } from './lanes.ts';
import { Listeners } from './listeners.ts';
import { Outbox } from './outbox.ts';
import { Publishing } from './publishing.ts';
import { Relay } from './relay.ts';
import { Retries } from './retries.ts';
import { Ticks } from './ticks.ts';
import { Timers } from './timers.ts';

@Global()
@Module({
  imports: [DiscoveryModule, ScheduleModule.forRoot()],
  providers: [Outbox, EventLog, EventViews, Lanes, Listeners, Publishing, Retries, Relay, Timers, Ticks],
  exports: [Outbox, EventLog, EventViews, Relay, Timers],
})
export class EventsModule {}
