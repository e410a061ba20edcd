import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { Access } from '../http/access.ts';
import { CurrentActor, merchantOf, tenantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { CURSOR_KEY, idPageRequest, ListQuery, pageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import type { Page } from '../kernel/pages.ts';
import { PutVariantBody, RestockRequestBody, RestockRequestView, VariantsQuery, VariantView } from './catalogue.dto.ts';
import { RestockService } from './restock.service.ts';
import { STAFF } from './codes.ts';
import { VariantsService } from './variants.service.ts';

@Controller('v1/variants')
export class VariantsController {
  constructor(
    private readonly variants: VariantsService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ merchant: 'catalogue:read', staff: STAFF })
  @Returns(200, VariantView, { list: true })
  list(@Query() query: VariantsQuery, @CurrentActor() actor: Actor): Promise<Page<VariantView>> {
    return this.variants.list(
      query.q ?? null,
      pageRequest(query, [CURSOR_KEY.instant, CURSOR_KEY.text]),
      actor.kind === 'staff',
    );
  }

  @Get(':sku')
  @Access({ merchant: 'catalogue:read', staff: STAFF })
  @Returns(200, VariantView)
  get(@Param('sku') sku: string, @CurrentActor() actor: Actor): Promise<VariantView> {
    return this.variants.get(sku, actor.kind === 'staff');
  }

  @Put(':sku')
  @Access({ staff: ['admin'] })
  @Returns(200, VariantView)
  put(@Param('sku') sku: string, @Body() body: PutVariantBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.variants.put(tx, sku, body));
  }
}

@Controller('v1/restock-requests')
export class RestockRequestsController {
  constructor(
    private readonly restock: RestockService,
    private readonly commands: Commands,
  ) {}

  @Post()
  @Access({ merchant: 'catalogue:read' })
  @Returns(201, RestockRequestView)
  ask(@Body() body: RestockRequestBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.restock.ask(tx, merchantOf(call.actor), body));
  }

  @Get()
  @Access({ merchant: 'catalogue:read', staff: STAFF })
  @Returns(200, RestockRequestView, { list: true })
  list(@Query() query: ListQuery, @CurrentActor() actor: Actor): Promise<Page<RestockRequestView>> {
    return this.restock.list(tenantOf(actor), idPageRequest(query));
  }
}
