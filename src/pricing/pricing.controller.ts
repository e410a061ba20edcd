import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { Access } from '../http/access.ts';
import { CurrentActor, merchantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { ListQuery, pageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import type { Page } from '../kernel/pages.ts';
import { QuoteBody, QuoteView } from './pricing.dto.ts';
import { DiscountCodeView, PriceTiersBody, PriceTiersView, PutDiscountCodeBody } from './promotions.dto.ts';
import { PromotionsService } from './promotions.service.ts';
import { QuotesService } from './quotes.service.ts';

const STAFF = ['support', 'finance'] as const;

@Controller('v1/quotes')
export class QuotesController {
  constructor(
    private readonly quotes: QuotesService,
    private readonly commands: Commands,
  ) {}

  @Post()
  @Access({ merchant: 'orders:write' })
  @Returns(201, QuoteView)
  make(@Body() body: QuoteBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.quotes.make(tx, merchantOf(call.actor), body));
  }

  @Get(':id')
  @Access({ merchant: 'orders:read' })
  @Returns(200, QuoteView)
  get(@Param('id', IdPipe('quo')) id: string, @CurrentActor() actor: Actor): Promise<QuoteView> {
    return this.quotes.get(merchantOf(actor), id);
  }
}

@Controller('v1/price-tiers')
export class PriceTiersController {
  constructor(
    private readonly promotions: PromotionsService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ staff: STAFF })
  @Returns(200, PriceTiersView)
  get(): Promise<PriceTiersView> {
    return this.promotions.readTiers();
  }

  /** Replaces all tiers. */
  @Put()
  @Access({ staff: ['admin'] })
  @Returns(200, PriceTiersView)
  put(@Body() body: PriceTiersBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.promotions.putTiers(tx, body));
  }
}

@Controller('v1/discount-codes')
export class DiscountCodesController {
  constructor(
    private readonly promotions: PromotionsService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ staff: STAFF })
  @Returns(200, DiscountCodeView, { list: true, description: 'By code.' })
  list(@Query() query: ListQuery): Promise<Page<DiscountCodeView>> {
    return this.promotions.listCodes(pageRequest(query));
  }

  @Get(':code')
  @Access({ staff: STAFF })
  @Returns(200, DiscountCodeView)
  get(@Param('code') code: string): Promise<DiscountCodeView> {
    return this.promotions.readCode(code);
  }

  @Put(':code')
  @Access({ staff: ['admin'] })
  @Returns(200, DiscountCodeView)
  put(@Param('code') code: string, @Body() body: PutDiscountCodeBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.promotions.putCode(tx, code, body));
  }
}
