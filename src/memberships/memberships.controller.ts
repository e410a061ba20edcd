import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { Access } from '../http/access.ts';
import { CurrentActor, merchantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { idPageRequest, ListQuery, pageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import type { Page } from '../kernel/pages.ts';
import {
  ChoosePlanBody,
  ChosenView,
  MembershipsQuery,
  MembershipView,
  MerchantMembershipView,
  NextChargePreviewView,
  PaidPeriodView,
  PlanView,
  PutPlanBody,
} from './memberships.dto.ts';
import { MembershipsService } from './memberships.service.ts';
import { PlansService } from './plans.service.ts';

const STAFF = ['support', 'finance'] as const;

@Controller('v1/plans')
export class PlansController {
  constructor(
    private readonly plans: PlansService,
    private readonly memberships: MembershipsService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ merchant: 'account:read', staff: STAFF })
  @Returns(200, PlanView, { list: true, description: 'By code.' })
  list(@Query() query: ListQuery): Promise<Page<PlanView>> {
    return this.plans.list(pageRequest(query));
  }

  @Get(':code')
  @Access({ merchant: 'account:read', staff: STAFF })
  @Returns(200, PlanView)
  get(@Param('code') code: string): Promise<PlanView> {
    return this.plans.read(code);
  }

  /** Creates a plan or replaces what it says. Discounts and limits count at once, a price from the next period on. */
  @Put(':code')
  @Access({ staff: ['admin'] })
  @Returns(200, PlanView)
  put(@Param('code') code: string, @Body() body: PutPlanBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.memberships.putPlan(tx, code, body));
  }
}

/** The caller's own membership. */
@Controller('v1/membership')
export class MembershipController {
  constructor(
    private readonly memberships: MembershipsService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ merchant: 'account:read' })
  @Returns(200, MembershipView)
  get(@CurrentActor() actor: Actor): Promise<MembershipView> {
    return this.memberships.get(merchantOf(actor));
  }

  /**
   * Chooses a plan. A dearer one is charged at once and begins a new period; a cheaper one begins at the end of what is
   * paid, and nothing is paid back for what is left.
   */
  @Post()
  @Access({ merchant: 'account:write' })
  @Returns(200, ChosenView)
  choose(@Body() { plan }: ChoosePlanBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.memberships.choose(tx, merchantOf(call.actor), plan));
  }

  /** Takes a scheduled change back; the plan goes on. */
  @Delete('scheduled-change')
  @Access({ merchant: 'account:write' })
  @Returns(204, null)
  withdraw(@CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.memberships.withdraw(tx, merchantOf(call.actor)));
  }

  /** The next charge: date, amount, and what happens if the wallet is short. */
  @Get('next-charge')
  @Access({ merchant: 'account:read' })
  @Returns(200, NextChargePreviewView)
  preview(@CurrentActor() actor: Actor): Promise<NextChargePreviewView> {
    return this.memberships.preview(merchantOf(actor));
  }

  /** Every period that was paid, tried or let go, newest first. */
  @Get('periods')
  @Access({ merchant: 'account:read' })
  @Returns(200, PaidPeriodView, { list: true })
  periods(@Query() query: ListQuery, @CurrentActor() actor: Actor): Promise<Page<PaidPeriodView>> {
    return this.memberships.periods(merchantOf(actor), idPageRequest(query));
  }
}

/** Who is on a paid plan. */
@Controller('v1/memberships')
export class MembershipsController {
  constructor(private readonly memberships: MembershipsService) {}

  @Get()
  @Access({ staff: STAFF })
  @Returns(200, MerchantMembershipView, { list: true })
  list(@Query() query: MembershipsQuery): Promise<Page<MerchantMembershipView>> {
    return this.memberships.list(query, idPageRequest(query));
  }
}
