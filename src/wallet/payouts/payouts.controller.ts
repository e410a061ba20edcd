import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asCaller } from '../../database/scope.ts';
import { Access } from '../../http/access.ts';
import { CurrentActor, merchantOf, staffOf, tenantOf, type Actor } from '../../http/actor.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, Idempotency, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { idPageRequest } from '../../http/lists.ts';
import { AtMost } from '../../http/limits.ts';
import { Returns } from '../../http/returns.ts';
import { Money } from '../../kernel/money.ts';
import type { Page } from '../../kernel/pages.ts';
import { PayoutBody, PayoutPaidBody, PayoutRejectionBody, PayoutsQuery, PayoutView } from './payouts.dto.ts';
import { PayoutsService } from './payouts.service.ts';

const PAYOUTS_A_MINUTE = 10;

@Controller('v1/payouts')
export class PayoutsController {
  constructor(
    private readonly db: DataSource,
    private readonly payouts: PayoutsService,
    private readonly commands: Commands,
  ) {}

  /** Cash only. 409 `payout_blocked` lists what blocks it, with the date each ends. */
  @Post()
  @Access({ merchant: 'wallet:write' })
  @Idempotency('required')
  @AtMost(PAYOUTS_A_MINUTE, 'payouts')
  @Returns(201, PayoutView)
  request(@Body() { amount, destination }: PayoutBody, @CurrentCall() call: Call): Promise<Answer> {
    const asked = { merchantId: merchantOf(call.actor), amount: Money.fromJson(amount), destination };
    return this.commands.run(call, (tx) => this.payouts.request(tx, asked));
  }

  @Get()
  @Access({ merchant: 'wallet:read', staff: ['finance', 'support'] })
  @Returns(200, PayoutView, { list: true })
  list(@Query() query: PayoutsQuery, @CurrentActor() actor: Actor): Promise<Page<PayoutView>> {
    return this.payouts.list(asCaller(this.db, tenantOf(actor)), tenantOf(actor), idPageRequest(query), query.status);
  }

  @Get(':id')
  @Access({ merchant: 'wallet:read', staff: ['finance', 'support'] })
  @Returns(200, PayoutView)
  get(@Param('id', IdPipe('pay')) id: string, @CurrentActor() actor: Actor): Promise<PayoutView> {
    return this.payouts.get(asCaller(this.db, tenantOf(actor)), tenantOf(actor), id);
  }

  @Post(':id/approval')
  @Access({ staff: ['finance'] })
  @Returns(200, PayoutView)
  approve(@Param('id', IdPipe('pay')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.payouts.approve(tx, id, staffOf(call.actor).userId));
  }

  @Post(':id/paid')
  @Access({ staff: ['finance'] })
  @Returns(200, PayoutView)
  pay(
    @Param('id', IdPipe('pay')) id: string,
    @Body() body: PayoutPaidBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const by = { userId: staffOf(call.actor).userId, bankReference: body.bank_reference ?? null };
    return this.commands.run(call, (tx) => this.payouts.pay(tx, id, by));
  }

  @Post(':id/rejection')
  @Access({ staff: ['finance'] })
  @Returns(200, PayoutView)
  reject(
    @Param('id', IdPipe('pay')) id: string,
    @Body() body: PayoutRejectionBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const by = { userId: staffOf(call.actor).userId, reason: body.reason ?? null };
    return this.commands.run(call, (tx) => this.payouts.reject(tx, id, by));
  }
}
