import { Body, Controller, Get, Headers, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../../http/access.ts';
import { staffOf } from '../../http/actor.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { TakesTime } from '../../http/deadline.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { RawBody, TakesCsv } from '../../http/raw.ts';
import { Returns } from '../../http/returns.ts';
import { IMPORT_BYTES, ImportQuery, importView, ImportView } from '../../imports/imports.dto.ts';
import { RollUps, rollUpCsv } from '../ledger/roll-ups.ts';
import { BankImports } from './bank-imports.ts';
import {
  BankImportQuery,
  BankLineView,
  ReconciliationQuery,
  ReconciliationView,
  ResolutionBody,
  RollUpQuery,
  RollUpView,
} from './reconciliation.dto.ts';
import { Reconciliation } from './reconciliation.ts';

const FINANCE = { staff: ['finance'] } as const;

@ApiTags('reconciliation')
@Controller('v1')
export class ReconciliationController {
  constructor(
    private readonly imports: BankImports,
    private readonly reconciliation: Reconciliation,
    private readonly rollUps: RollUps,
    private readonly commands: Commands,
  ) {}

  /**
   * A bank's statement as CSV, with the headings of many banks: a date, an amount (or credit and debit), a currency,
   * a reference. A top-up's exact amount under its reference is confirmed; partial, over, double and unknown ones wait
   * for a person. A payout of the payment provider is matched as the sum of its payments less their fees, whichever of
   * statement and report comes first. What is matched leaves its clearing account for the bank's. What was imported before
   * changes nothing.
   */
  @TakesTime()
  @Post('imports/bank')
  @Access(FINANCE)
  @TakesCsv(IMPORT_BYTES)
  @Returns(200, ImportView)
  async bank(@RawBody() csv: Buffer, @Query() query: BankImportQuery, @CurrentCall() call: Call): Promise<Answer> {
    const done = await this.imports.bank(call.actor, csv, query.dry_run === true, query.currency ?? null);
    return this.commands.run(call, () => Promise.resolve(importView(done)));
  }

  /**
   * Stripe's itemised balance or payout report as CSV: payments and their payouts are matched, fees that were not known
   * are booked, and what was turned into another currency. No merchant's money moves.
   */
  @TakesTime()
  @Post('imports/stripe')
  @Access(FINANCE)
  @TakesCsv(IMPORT_BYTES)
  @Returns(200, ImportView)
  async stripe(@RawBody() csv: Buffer, @Query() query: ImportQuery, @CurrentCall() call: Call): Promise<Answer> {
    const done = await this.imports.stripe(call.actor, csv, query.dry_run === true);
    return this.commands.run(call, () => Promise.resolve(importView(done)));
  }

  /** The clearing accounts against bank statements and provider reports. */
  @Get('reconciliation')
  @Access(FINANCE)
  @Returns(200, ReconciliationView)
  report(@Query() { currency }: ReconciliationQuery): Promise<ReconciliationView> {
    return this.reconciliation.report(currency ?? null);
  }

  /** Closes a line of a statement that a person has dealt with. */
  @Post('reconciliation/lines/:id/resolution')
  @Access(FINANCE)
  @Returns(200, BankLineView)
  resolve(
    @Param('id', IdPipe('bnk')) id: string,
    @Body() body: ResolutionBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const { userId } = staffOf(call.actor);
    return this.commands.run(call, (tx) => this.reconciliation.resolve(tx, id, body, userId));
  }

  /** Debits and credits of every account a day, over all books; a table with `Accept: text/csv`. */
  @TakesTime()
  @Get('ledger/daily')
  @Access(FINANCE)
  @Returns(200, RollUpView)
  async daily(
    @Query() query: RollUpQuery,
    @Headers('accept') accept: string | undefined,
  ): Promise<RollUpView | StreamableFile> {
    const rollUp = await this.rollUps.daily(query);
    if (accept?.includes('text/csv') !== true) return rollUp;
    return new StreamableFile(Buffer.from(rollUpCsv(rollUp)), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="ledger-${rollUp.currency}-${rollUp.from}-${rollUp.to}.csv"`,
    });
  }
}
