import { Global, Module } from '@nestjs/common';
import { PlanLimits } from '../http/plan-limits.ts';
import { WalletModule } from '../wallet/wallet.module.ts';
import { Choosing } from './billing/choosing.ts';
import { Renewals } from './billing/renewals.ts';
import { MembershipTelling } from './billing/telling.ts';
import { MembershipController, MembershipsController, PlansController } from './memberships.controller.ts';
import { MembershipsCron } from './memberships.cron.ts';
import { MembershipsExports } from './memberships.exports.ts';
import { MembershipsListeners } from './memberships.listeners.ts';
import { MembershipsService } from './memberships.service.ts';
import { PriceNotices } from './price-notices.ts';
import { PlansService } from './plans.service.ts';

/** Plans, who is on which, and what is collected for them. Fills the http floor's port PlanLimits as well. */
@Global()
@Module({
  imports: [WalletModule],
  controllers: [PlansController, MembershipController, MembershipsController],
  providers: [
    PlansService,
    MembershipTelling,
    Renewals,
    Choosing,
    MembershipsService,
    MembershipsCron,
    MembershipsListeners,
    MembershipsExports,
    PriceNotices,
    { provide: PlanLimits, useExisting: MembershipsService },
  ],
  exports: [MembershipsService, PlanLimits],
})
export class MembershipsModule {}
