import { Readable } from 'node:stream';
import { Body, Controller, Get, Headers, Param, Post, Put, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asCaller, asMerchant } from '../database/scope.ts';
import { Access } from '../http/access.ts';
import { CurrentActor, merchantOf, tenantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, Idempotency, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { TakesTime } from '../http/deadline.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { CURSOR_KEY, idPageRequest, pageRequest } from '../http/lists.ts';
import { preferred } from '../http/preferred.ts';
import { Returns } from '../http/returns.ts';
import { LANGUAGES } from '../kernel/languages.ts';
import { Money } from '../kernel/money.ts';
import type { Page } from '../kernel/pages.ts';
import { AlertsService } from './alerts.service.ts';
import { PaymentDesk, type CheckoutAsked } from './card-payments/payment-desk.ts';
import { languageFor, PartyBook } from './documents/parties.ts';
import { statementCsv } from './documents/statement.csv.ts';
import { statementPdf } from './documents/statement.document.ts';
import { statementJson } from './documents/statement.json.ts';
import { ShownBalances } from './shown-balances.ts';
import { StatementService, type StatementOutline } from './statement.service.ts';
import { topUpView } from './top-up.store.ts';
import { TopUpsService } from './top-ups.service.ts';
import {
  AlertsBody,
  AlertsView,
  ConfirmTopUpBody,
  StatementQuery,
  StatementView,
  TopUpBody,
  TopUpsQuery,
  TopUpView,
  TransactionsQuery,
  TransactionView,
  WalletView,
} from './wallet.dto.ts';

@Controller('v1/wallet')
export class WalletController {
  constructor(
    private readonly db: DataSource,
    private readonly shown: ShownBalances,
    private readonly statements: StatementService,
    private readonly parties: PartyBook,
    private readonly alerts: AlertsService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ merchant: 'wallet:read' })
  @Returns(200, WalletView)
  async balances(@CurrentActor() actor: Actor): Promise<WalletView> {
    const balances = await this.shown.of(merchantOf(actor));
    return {
      balances: balances.map(({ currency, available, held, promotional }) => ({
        currency,
        available: available.toJSON(),
        held: held.toJSON(),
        promotional: promotional.toJSON(),
      })),
    };
  }

  @Get('transactions')
  @Access({ merchant: 'wallet:read' })
  @Returns(200, TransactionView, { list: true })
  transactions(@Query() query: TransactionsQuery, @CurrentActor() actor: Actor): Promise<Page<TransactionView>> {
    return this.statements.transactions(merchantOf(actor), query, pageRequest(query, [CURSOR_KEY.number]));
  }

  @TakesTime()
  @Get('statement')
  @Access({ merchant: 'wallet:read' })
  @ApiOperation({
    summary: 'JSON, a table with Accept: text/csv, or on paper with application/pdf (Accept-Language en, fr).',
  })
  @ApiProduces('application/json', 'text/csv', 'application/pdf')
  @Returns(200, StatementView)
  async statement(
    @Query() query: StatementQuery,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @CurrentActor() actor: Actor,
  ): Promise<StreamableFile> {
    const merchantId = merchantOf(actor);
    const form = preferred(headers['accept'], ['application/json', 'text/csv', 'application/pdf']);
    const outline = await this.statements.outline(merchantId, query);
    const lines = this.statements.lines(outline);
    if (form === 'application/json')
      return new StreamableFile(Readable.from(statementJson(outline, lines)), {
        type: 'application/json; charset=utf-8',
      });
    if (form === 'text/csv') return download(statementCsv(outline, lines), 'text/csv; charset=utf-8', outline, 'csv');
    const parties = await this.parties.of(asMerchant(this.db, merchantId), merchantId);
    const language = preferred(headers['accept-language'], [languageFor(parties), ...LANGUAGES]);
    return download(statementPdf({ outline, parties, language, lines }), 'application/pdf', outline, 'pdf');
  }

  @Get('alerts')
  @Access({ merchant: 'wallet:read' })
  @Returns(200, AlertsView)
  alertsOf(@CurrentActor() actor: Actor): Promise<AlertsView> {
    return this.alerts.get(asMerchant(this.db, merchantOf(actor)), merchantOf(actor));
  }

  @Put('alerts')
  @Access({ merchant: 'wallet:write' })
  @Returns(200, AlertsView)
  setAlerts(@Body() body: AlertsBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.alerts.set(tx, merchantOf(call.actor), body));
  }
}

/** Sent as it is made. */
function download(
  parts: AsyncIterable<string | Buffer>,
  type: string,
  { currency }: StatementOutline,
  ending: string,
): StreamableFile {
  const disposition = `attachment; filename="statement-${currency}.${ending}"`;
  return new StreamableFile(Readable.from(parts), { type, disposition });
}

@Controller('v1/top-ups')
export class TopUpsController {
  constructor(
    private readonly db: DataSource,
    private readonly topUps: TopUpsService,
    private readonly desk: PaymentDesk,
    private readonly commands: Commands,
  ) {}

  @TakesTime()
  @Post()
  @Access({ merchant: 'wallet:write' })
  @Idempotency('required')
  @Returns(201, TopUpView)
  ask(@Body() body: TopUpBody, @CurrentCall() call: Call): Promise<Answer> {
    const asked = { merchantId: merchantOf(call.actor), amount: Money.fromJson(body.amount) };
    if (body.method !== 'bank_transfer')
      return this.byProvider(call, { ...asked, method: body.method, saveCard: body.save_card === true });
    return this.commands.run(call, async (tx) =>
      topUpView(await this.topUps.open(tx, asked.merchantId, { amount: asked.amount, method: 'bank_transfer' })),
    );
  }

  /** The provider is asked for its page before the transaction that answers; a replay asks nobody. */
  private async byProvider(call: Call, asked: Omit<CheckoutAsked, 'key'>): Promise<Answer> {
    const kept = await this.commands.kept(call);
    if (kept !== null) return kept;
    const key = call.idempotencyKey ?? '';
    const made = await this.desk.checkout({ ...asked, key }).catch((error: unknown) => error);
    return this.commands.run(call, (tx) => {
      if (typeof made !== 'string') throw made;
      return this.topUps.get(tx, asked.merchantId, made);
    });
  }

  @Get()
  @Access({ merchant: 'wallet:read', staff: ['finance', 'support'] })
  @Returns(200, TopUpView, { list: true })
  list(@Query() query: TopUpsQuery, @CurrentActor() actor: Actor): Promise<Page<TopUpView>> {
    return this.topUps.list(asCaller(this.db, tenantOf(actor)), tenantOf(actor), idPageRequest(query), query.status);
  }

  @Get(':id')
  @Access({ merchant: 'wallet:read', staff: ['finance', 'support'] })
  @Returns(200, TopUpView)
  get(@Param('id', IdPipe('top')) id: string, @CurrentActor() actor: Actor): Promise<TopUpView> {
    return this.topUps.get(asCaller(this.db, tenantOf(actor)), tenantOf(actor), id);
  }

  @Post(':id/confirmation')
  @Access({ staff: ['finance'] })
  @Returns(200, TopUpView)
  confirm(
    @Param('id', IdPipe('top')) id: string,
    @Body() body: ConfirmTopUpBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const came = { amount: Money.fromJson(body.amount), bankReference: body.bank_reference };
    const seenBy = body.another_payment === true ? 'another_payment' : 'hand';
    return this.commands.run(call, (tx) => this.topUps.confirm(tx, id, { ...came, seenBy }));
  }
}
