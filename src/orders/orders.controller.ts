import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../http/access.ts';
import { CurrentActor, merchantOf, tenantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, Idempotency, type Call } from '../http/call.ts';
import type { Company } from '../http/company.ts';
import { Commands } from '../http/commands.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { PlacesOrders } from '../http/limits.ts';
import { CURSOR_KEY, idPageRequest, ListQuery, pageRequest } from '../http/lists.ts';
import { LargeBody } from '../http/raw.ts';
import { Returns } from '../http/returns.ts';
import type { Page } from '../kernel/pages.ts';
import { Batches } from './batches.ts';
import { BatchBody, BatchView, OrderQuery, OrderView, PlaceOrderBody, TimelineEntryView } from './orders.dto.ts';
import { OrdersService } from './orders.service.ts';
import type { Asked } from './placing.ts';

const BATCH_BYTES = 1024 * 1024;

@ApiTags('orders')
@Controller('v1/orders')
export class OrdersController {
  private readonly company: Company<Asked>;

  constructor(
    private readonly orders: OrdersService,
    private readonly batches: Batches,
    private readonly commands: Commands,
  ) {
    this.company = commands.company((tx, asked) => this.orders.placeAll(tx, asked));
  }

  /** Places an order: priced, stock reserved, paid from the wallet, split into packages, all or nothing. */
  @Post()
  @Access({ merchant: 'orders:write' })
  @Idempotency('required')
  @PlacesOrders()
  @Returns(201, OrderView)
  place(@Body() body: PlaceOrderBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.company.run(call, { merchantId: merchantOf(call.actor), body });
  }

  /** Places up to 100 orders, each by itself, in order. */
  @Post('batch')
  @Access({ merchant: 'orders:write' })
  @Idempotency('required')
  @PlacesOrders()
  @LargeBody(BATCH_BYTES)
  @Returns(200, BatchView)
  batch(@Body() body: BatchBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.batches.place(tx, merchantOf(call.actor), body.orders, call));
  }

  @Get()
  @Access({ merchant: 'orders:read', staff: ['support', 'warehouse', 'finance'] })
  @Returns(200, OrderView, { list: true })
  list(@Query() query: OrderQuery, @CurrentActor() actor: Actor): Promise<Page<OrderView>> {
    const { status, reference, created_after: createdAfter, created_before: createdBefore } = query;
    return this.orders.list(
      { merchantId: tenantOf(actor), status, reference, createdAfter, createdBefore },
      idPageRequest(query),
    );
  }

  @Get(':id')
  @Access({ merchant: 'orders:read', staff: ['support', 'warehouse', 'finance'] })
  @Returns(200, OrderView)
  get(@Param('id', IdPipe('ord')) id: string, @CurrentActor() actor: Actor): Promise<OrderView> {
    return this.orders.get(tenantOf(actor), id);
  }

  /** Every fact, decision and cent of the order, oldest first. */
  @Get(':id/timeline')
  @Access({ merchant: 'orders:read', staff: ['support', 'warehouse', 'finance'] })
  @Returns(200, TimelineEntryView, { list: true })
  timeline(
    @Param('id', IdPipe('ord')) id: string,
    @Query() query: ListQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<TimelineEntryView>> {
    return this.orders.timeline(tenantOf(actor), id, pageRequest(query, [CURSOR_KEY.instant, CURSOR_KEY.number]));
  }
}
