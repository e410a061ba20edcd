import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { AccessCheck, AccessGuard } from './access.ts';
import { AnswerInterceptor } from './answer.ts';
import { AuditController } from './audit.controller.ts';
import { AuditExports } from './audit.exports.ts';
import { Commands } from './commands.ts';
import { FormGuard } from './form.guard.ts';
import { HealthController } from './health.controller.ts';
import { KeptAnswers } from './kept-answers.ts';
import { LimitGuard } from './limits.ts';
import { Metrics, MetricsController } from './metrics.ts';
import { ProblemFilter } from './problems.ts';
import { Readiness } from './readiness.ts';
import { Secrets } from './secrets.ts';
import { SharedCounts } from './shared-counts.ts';
import { StrangerLimit } from './stranger-limit.ts';
import { StrictPipe } from './validation.ts';

@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [AuditController, HealthController, MetricsController],
  providers: [
    AccessCheck,
    Commands,
    KeptAnswers,
    AuditExports,
    Metrics,
    Readiness,
    Secrets,
    SharedCounts,
    StrangerLimit,
    ProblemFilter,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: LimitGuard },
    { provide: APP_GUARD, useClass: FormGuard },
    { provide: APP_PIPE, useClass: StrictPipe },
    { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
    { provide: APP_FILTER, useExisting: ProblemFilter },
  ],
  exports: [Commands, KeptAnswers, Readiness, Secrets, ProblemFilter, Metrics],
})
export class HttpModule {}
