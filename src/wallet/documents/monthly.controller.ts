import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access } from '../../http/access.ts';
import { CurrentActor, merchantOf, type Actor } from '../../http/actor.ts';
import { ListQuery, pageRequest } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { instant } from '../../kernel/clock.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { MonthlyStatementView } from './monthly.dto.ts';
import { listMonthly, type MonthlyRecord } from './monthly.store.ts';

const CURSOR = [/^\d{4}-\d{2}$/, /^[A-Z]{3}$/];

@Controller('v1/wallet/statements')
export class MonthlyStatementsController {
  constructor(private readonly db: DataSource) {}

  @Get()
  @Access({ merchant: 'wallet:read' })
  @ApiOperation({ summary: 'The monthly statements that were made and mailed, newest first.' })
  @Returns(200, MonthlyStatementView, { list: true })
  async list(@Query() query: ListQuery, @CurrentActor() actor: Actor): Promise<Page<MonthlyStatementView>> {
    const request = pageRequest(query, CURSOR);
    const found = await listMonthly(this.db, merchantOf(actor), request);
    return page(found, request.limit, viewOf, ({ month, currency }) => [month, currency]);
  }
}

function viewOf({ month, currency, from, to, opening, closing, entries, madeAt }: MonthlyRecord): MonthlyStatementView {
  return {
    ...{ month, currency, from: instant(from), to: instant(to), entries },
    ...{ opening: opening.toJSON(), closing: closing.toJSON(), made_at: instant(madeAt) },
  };
}
