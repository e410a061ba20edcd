import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asMerchant } from '../../database/scope.ts';
import { Access } from '../../http/access.ts';
import { CurrentActor, merchantOf, type Actor } from '../../http/actor.ts';
import { ListQuery, pageRequest } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { MonthlyStatementView } from './monthly.dto.ts';
import { listMonthly, MONTHLY_CURSOR, monthlyView } from './monthly.store.ts';

@Controller('v1/wallet/statements')
export class MonthlyStatementsController {
  constructor(private readonly db: DataSource) {}

  @Get()
  @Access({ merchant: 'wallet:read' })
  @ApiOperation({ summary: 'The monthly statements that were made and mailed, newest first.' })
  @Returns(200, MonthlyStatementView, { list: true })
  async list(@Query() query: ListQuery, @CurrentActor() actor: Actor): Promise<Page<MonthlyStatementView>> {
    const request = pageRequest(query, MONTHLY_CURSOR);
    const found = await listMonthly(asMerchant(this.db, merchantOf(actor)), merchantOf(actor), request);
    return page(found, request.limit, monthlyView, ({ month, currency }) => [month, currency]);
  }
}
