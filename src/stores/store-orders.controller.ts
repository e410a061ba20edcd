import { Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { Access } from '../http/access.ts';
import { CurrentActor, merchantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { idPageRequest } from '../http/lists.ts';
import { KeepRaw, RawBody } from '../http/raw.ts';
import { Returns } from '../http/returns.ts';
import { NotFound } from '../kernel/errors.ts';
import { idIn } from '../kernel/ids.ts';
import { page, type Page } from '../kernel/pages.ts';
import { Dispatching } from './dispatching.ts';
import { dispatchesOf } from './dispatches.store.ts';
import { Intake } from './intake.ts';
import { StoreMessages, type StoreMessage } from './store-messages.ts';
import { findStoreOrder, listStoreOrders } from './store-orders.store.ts';
import {
  dispatchView,
  StoreAnswerView,
  StoreOrderDetailView,
  StoreOrdersQuery,
  storeOrderView,
  StoreOrderView,
} from './stores.dto.ts';

const MESSAGE_BYTES = 1024 * 1024;

@ApiTags('stores')
@Controller('v1/stores')
export class StoreMessagesController {
  constructor(private readonly messages: StoreMessages) {}

  /**
   * A store's own webhook, proven by its signature. Shopify: orders/create, orders/updated, orders/paid,
   * orders/cancelled, customers/redact, customers/data_request, shop/redact. WooCommerce: order.created, order.updated,
   * order.restored, order.deleted.
   */
  @Post(':id/webhook')
  @Access({ public: true })
  @KeepRaw(MESSAGE_BYTES)
  @Returns(200, StoreAnswerView)
  async receive(
    @Param('id') id: string,
    @Headers() headers: StoreMessage['headers'],
    @RawBody() body: Buffer,
  ): Promise<StoreAnswerView> {
    const record = await this.messages.receive(idIn('sto', id), { headers, body });
    if (record === null) return { status: 'noted', store_order: null };
    return { status: record.status, store_order: storeOrderView(record) };
  }
}

/** What stores sent, and what became of it. */
@ApiTags('stores')
@Controller('v1/store-orders')
export class StoreOrdersController {
  constructor(
    private readonly db: DataSource,
    private readonly intake: Intake,
    private readonly dispatching: Dispatching,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ merchant: 'orders:read' })
  @Returns(200, StoreOrderView, { list: true })
  async list(@Query() query: StoreOrdersQuery, @CurrentActor() actor: Actor): Promise<Page<StoreOrderView>> {
    const request = idPageRequest(query);
    const storeId = query.store === undefined ? null : idIn('sto', query.store);
    const filter = { storeId, status: query.status ?? null };
    const found = await listStoreOrders(asMerchant(this.db, merchantOf(actor)), merchantOf(actor), filter, request);
    return page(found, request.limit, storeOrderView, ({ id }) => [id]);
  }

  @Get(':id')
  @Access({ merchant: 'orders:read' })
  @Returns(200, StoreOrderDetailView)
  async get(@Param('id', IdPipe('sor')) id: string, @CurrentActor() actor: Actor): Promise<StoreOrderDetailView> {
    const record = await findStoreOrder(asMerchant(this.db, merchantOf(actor)), merchantOf(actor), id);
    if (record === null) throw new NotFound('order of a store');
    const dispatches = await dispatchesOf(asMerchant(this.db, merchantOf(actor)), record.merchantId, record.id);
    return Object.assign(storeOrderView(record), { dispatches: dispatches.map(dispatchView) });
  }

  /** Places a held order now, also where the store says that it is not paid yet. */
  @Post(':id/release')
  @Access({ merchant: 'orders:write' })
  @Returns(200, StoreOrderView)
  release(@Param('id', IdPipe('sor')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, async (tx) =>
      storeOrderView(await this.intake.release(tx, merchantOf(call.actor), id)),
    );
  }

  /** Tells the store again of a parcel that it could not be told of for three days. */
  @Post('dispatches/:package/retry')
  @Access({ merchant: 'orders:write' })
  @Returns(204, null)
  tellAgain(
    @Param('package', IdPipe('pkg', 'dispatch that has failed')) id: string,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.commands.run(call, (tx) => this.dispatching.again(tx, merchantOf(call.actor), id));
  }
}
