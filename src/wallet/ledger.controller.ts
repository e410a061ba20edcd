import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { Access } from '../http/access.ts';
import { staffOf } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, Idempotency, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { TakesTime } from '../http/deadline.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { idPageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { idIn, idOut } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Page } from '../kernel/pages.ts';
import { AdjustmentsService } from './adjustments.service.ts';
import { LedgerReports } from './ledger/reports.ts';
import { LedgerVerification } from './ledger/verification.ts';
import {
  AdjustmentBody,
  AdjustmentsQuery,
  AdjustmentView,
  ApprovalBody,
  JournalView,
  TrialBalanceQuery,
  TrialBalanceView,
  VerificationView,
} from './wallet.dto.ts';

/** Finance's calls, across merchants. */
@Controller('v1')
export class LedgerController {
  constructor(
    private readonly db: DataSource,
    private readonly adjustments: AdjustmentsService,
    private readonly reports: LedgerReports,
    private readonly verification: LedgerVerification,
    private readonly commands: Commands,
  ) {}

  @Post('adjustments')
  @Access({ staff: ['finance'] })
  @Idempotency('required')
  @Returns(201, AdjustmentView)
  adjust(@Body() { merchant, amount, reason }: AdjustmentBody, @CurrentCall() call: Call): Promise<Answer> {
    const merchantId = idIn('mer', merchant);
    if (merchantId === null) throw new NotFound('merchant');
    const asked = { merchantId, amount: Money.fromJson(amount), reason, userId: staffOf(call.actor).userId };
    return this.commands.run(call, (tx) => this.adjustments.ask(tx, asked));
  }

  @Get('adjustments')
  @Access({ staff: ['finance'] })
  @Returns(200, AdjustmentView, { list: true })
  list(@Query() query: AdjustmentsQuery): Promise<Page<AdjustmentView>> {
    const merchantId = query.merchant === undefined ? null : idIn('mer', query.merchant);
    return this.adjustments.list(asHouse(this.db), { merchantId, status: query.status }, idPageRequest(query));
  }

  @Get('adjustments/:id')
  @Access({ staff: ['finance'] })
  @Returns(200, AdjustmentView)
  get(@Param('id', IdPipe('jnl', 'adjustment')) id: string): Promise<AdjustmentView> {
    return this.adjustments.get(asHouse(this.db), id);
  }

  /** A second person's word on an adjustment above the limit. */
  @Post('adjustments/:id/approval')
  @Access({ staff: ['finance'] })
  @Returns(200, AdjustmentView)
  decide(
    @Param('id', IdPipe('jnl', 'adjustment')) id: string,
    @Body() body: ApprovalBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const decision = { approved: body.approved, userId: staffOf(call.actor).userId };
    return this.commands.run(call, (tx) => this.adjustments.decide(tx, id, decision));
  }

  @TakesTime()
  @Get('ledger/trial-balance')
  @Access({ staff: ['finance'] })
  @Returns(200, TrialBalanceView)
  trialBalance(@Query() { currency }: TrialBalanceQuery): Promise<TrialBalanceView> {
    return this.reports.trialBalance(currency);
  }

  /** Recomputes every book from its first posting. */
  @TakesTime()
  @Get('ledger/verification')
  @Access({ staff: ['finance'] })
  @Returns(200, VerificationView)
  async verify(): Promise<VerificationView> {
    const { checked, books, faults } = await this.verification.run();
    return { checked, books, faults: faults.map((fault) => ({ ...fault, book: idOut('mer', fault.book) })) };
  }

  @Get('journals/:id')
  @Access({ staff: ['finance', 'support'] })
  @Returns(200, JournalView)
  journal(@Param('id', IdPipe('jnl')) id: string): Promise<JournalView> {
    return this.reports.journal(id);
  }
}
