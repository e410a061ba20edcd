import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Config } from '../config.ts';
import { Access } from '../http/access.ts';
import { CurrentActor, merchantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { TakesTime } from '../http/deadline.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { CURSOR_KEY, idPageRequest, ListQuery, pageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { page, type Page } from '../kernel/pages.ts';
import { Targets } from '../outside/targets.ts';
import { Intake } from './intake.ts';
import {
  SkuMappingBody,
  mappingView,
  SkuMappingView,
  NewStoreBody,
  StoreChangeBody,
  storeView,
  StoreView,
} from './stores.dto.ts';
import { StoresService } from './stores.service.ts';

/** A merchant's Shopify or WooCommerce store, connected without a line of code: its webhooks in, tracking numbers back. */
@ApiTags('stores')
@Controller('v1/stores')
export class StoresController {
  constructor(
    private readonly stores: StoresService,
    private readonly intake: Intake,
    private readonly targets: Targets,
    private readonly config: Config,
    private readonly commands: Commands,
  ) {}

  /** Secrets are kept sealed and never shown again. */
  @TakesTime()
  @Post()
  @Access({ merchant: 'account:write' })
  @Returns(201, StoreView)
  async create(@Body() body: NewStoreBody, @CurrentCall() call: Call): Promise<Answer> {
    const merchantId = merchantOf(call.actor);
    const url = await this.targets.check(body.url);
    const { kind, name, webhook_secret: webhookSecret, access_token: accessToken = null } = body;
    return this.commands.run(call, async (tx) =>
      storeView(
        await this.stores.create(tx, merchantId, { kind, name, url, webhookSecret, accessToken }),
        this.config.publicUrl,
      ),
    );
  }

  @Get()
  @Access({ merchant: 'account:read' })
  @Returns(200, StoreView, { list: true })
  async list(@Query() query: ListQuery, @CurrentActor() actor: Actor): Promise<Page<StoreView>> {
    const request = idPageRequest(query);
    const found = await this.stores.list(merchantOf(actor), request);
    return page(
      found,
      request.limit,
      (store) => storeView(store, this.config.publicUrl),
      ({ id }) => [id],
    );
  }

  @Get(':id')
  @Access({ merchant: 'account:read' })
  @Returns(200, StoreView)
  async get(@Param('id', IdPipe('sto')) id: string, @CurrentActor() actor: Actor): Promise<StoreView> {
    return storeView(await this.stores.get(merchantOf(actor), id), this.config.publicUrl);
  }

  @Patch(':id')
  @Access({ merchant: 'account:write' })
  @Returns(200, StoreView)
  async change(
    @Param('id', IdPipe('sto')) id: string,
    @Body() body: StoreChangeBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const merchantId = merchantOf(call.actor);
    const { name, url, webhook_secret: webhookSecret, access_token: accessToken } = body;
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(url === undefined ? {} : { url: await this.targets.check(url) }),
      ...(webhookSecret === undefined ? {} : { webhookSecret }),
      ...(accessToken === undefined ? {} : { accessToken }),
    };
    return this.commands.run(call, async (tx) =>
      storeView(await this.stores.change(tx, merchantId, id, change), this.config.publicUrl),
    );
  }

  /** Its webhooks are unknown from now on; orders that were placed go on. */
  @Delete(':id')
  @Access({ merchant: 'account:write' })
  @Returns(204, null)
  remove(@Param('id', IdPipe('sto')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.stores.remove(tx, merchantOf(call.actor), id));
  }

  @Get(':id/skus')
  @Access({ merchant: 'account:read' })
  @Returns(200, SkuMappingView, { list: true })
  async skus(
    @Param('id', IdPipe('sto')) id: string,
    @Query() query: ListQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<SkuMappingView>> {
    const request = pageRequest(query, [CURSOR_KEY.text]);
    const store = await this.stores.get(merchantOf(actor), id);
    return page(await this.stores.mappings(store, request), request.limit, mappingView, ({ storeSku }) => [storeSku]);
  }

  /** Orders that were held for this SKU are placed now. */
  @Put(':id/skus/:sku')
  @Access({ merchant: 'account:write' })
  @Returns(200, SkuMappingView)
  map(
    @Param('id', IdPipe('sto')) id: string,
    @Param('sku') storeSku: string,
    @Body() { sku, quantity = 1 }: SkuMappingBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.commands.run(call, async (tx) => {
      const store = await this.stores.get(merchantOf(call.actor), id, tx);
      return mappingView(await this.intake.map(tx, store, { storeSku, sku, quantity }));
    });
  }

  @Delete(':id/skus/:sku')
  @Access({ merchant: 'account:write' })
  @Returns(204, null)
  unmap(
    @Param('id', IdPipe('sto')) id: string,
    @Param('sku') storeSku: string,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.commands.run(call, async (tx) => {
      await this.stores.unmapSku(tx, await this.stores.get(merchantOf(call.actor), id, tx), storeSku);
    });
  }
}
