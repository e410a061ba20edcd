import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../http/access.ts';
import { CurrentActor, merchantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { idPageRequest, ListQuery } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { idIn } from '../kernel/ids.ts';
import type { Page } from '../kernel/pages.ts';
import { Targets } from '../outside/targets.ts';
import {
  DeliveryQuery,
  DeliveryView,
  EndpointChangeBody,
  EndpointView,
  NewEndpointBody,
  NewEndpointView,
  RangeBody,
  RangeView,
} from './notifications.dto.ts';
import { DeliveriesService } from './webhooks/deliveries.service.ts';
import { endpointView, EndpointsService } from './webhooks/endpoints.service.ts';

/** Where a merchant's events go, signed as Standard Webhooks says. */
@ApiTags('webhooks')
@Controller('v1/webhook-endpoints')
export class EndpointsController {
  constructor(
    private readonly endpoints: EndpointsService,
    private readonly deliveries: DeliveriesService,
    private readonly targets: Targets,
    private readonly commands: Commands,
  ) {}

  /** The secret is shown this once. */
  @Post()
  @Access({ merchant: 'webhooks:write' })
  @Returns(201, NewEndpointView)
  async create(@Body() body: NewEndpointBody, @CurrentCall() call: Call): Promise<Answer> {
    const merchantId = merchantOf(call.actor);
    const { events } = body;
    const url = await this.targets.check(body.url);
    return this.commands.run(call, (tx) => this.endpoints.create(tx, merchantId, { url, events }), { secret: true });
  }

  @Get()
  @Access({ merchant: 'webhooks:read' })
  @Returns(200, EndpointView, { list: true })
  list(@Query() query: ListQuery, @CurrentActor() actor: Actor): Promise<Page<EndpointView>> {
    return this.endpoints.list(merchantOf(actor), idPageRequest(query));
  }

  @Get(':id')
  @Access({ merchant: 'webhooks:read' })
  @Returns(200, EndpointView)
  async get(@Param('id', IdPipe('whe')) id: string, @CurrentActor() actor: Actor): Promise<EndpointView> {
    return endpointView(await this.endpoints.find(merchantOf(actor), id));
  }

  /** Enabling one that was disabled forgets its failures. */
  @Patch(':id')
  @Access({ merchant: 'webhooks:write' })
  @Returns(200, EndpointView)
  async change(
    @Param('id', IdPipe('whe')) id: string,
    @Body() { url, events, status }: EndpointChangeBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const merchantId = merchantOf(call.actor);
    const change = { ...(url === undefined ? {} : { url: await this.targets.check(url) }), events, status };
    return this.commands.run(call, (tx) => this.endpoints.change(tx, merchantId, id, change));
  }

  /** What was not delivered yet is not delivered any more. */
  @Delete(':id')
  @Access({ merchant: 'webhooks:write' })
  @Returns(204, null)
  remove(@Param('id', IdPipe('whe')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.endpoints.remove(tx, merchantOf(call.actor), id));
  }

  /** A new secret, shown this once; the one before goes on signing for 24 hours, beside the new one. */
  @Post(':id/rotate-secret')
  @Access({ merchant: 'webhooks:write' })
  @Returns(200, NewEndpointView)
  rotate(@Param('id', IdPipe('whe')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.endpoints.rotate(tx, merchantOf(call.actor), id), { secret: true });
  }

  /** Sends a `webhook.test` event; what came of it is in the delivery. Ten a minute. */
  @Post(':id/test')
  @Access({ merchant: 'webhooks:write' })
  @Returns(200, DeliveryView)
  test(@Param('id', IdPipe('whe')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.deliveries.test(tx, merchantOf(call.actor), id));
  }

  /** Sends what happened in a stretch of time again, also what happened while the endpoint was disabled. */
  @Post(':id/redelivery')
  @Access({ merchant: 'webhooks:write' })
  @Returns(200, RangeView)
  range(@Param('id', IdPipe('whe')) id: string, @Body() body: RangeBody, @CurrentCall() call: Call): Promise<Answer> {
    const [from, to] = [new Date(body.from), new Date(body.to)];
    return this.commands.run(call, async (tx): Promise<RangeView> => {
      return {
        events: await this.deliveries.range(tx, { merchantId: merchantOf(call.actor), endpointId: id }, from, to),
      };
    });
  }
}

/** What was sent, attempt by attempt, for 90 days. */
@ApiTags('webhooks')
@Controller('v1/webhook-deliveries')
export class DeliveriesController {
  constructor(
    private readonly deliveries: DeliveriesService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ merchant: 'webhooks:read' })
  @Returns(200, DeliveryView, { list: true })
  list(@Query() query: DeliveryQuery, @CurrentActor() actor: Actor): Promise<Page<DeliveryView>> {
    const endpointId = query.endpoint === undefined ? null : idIn('whe', query.endpoint);
    return this.deliveries.list(merchantOf(actor), { endpointId, status: query.status ?? null }, idPageRequest(query));
  }

  @Get(':id')
  @Access({ merchant: 'webhooks:read' })
  @Returns(200, DeliveryView)
  get(@Param('id', IdPipe('whd')) id: string, @CurrentActor() actor: Actor): Promise<DeliveryView> {
    return this.deliveries.find(merchantOf(actor), id);
  }

  /** Sends it again, whatever became of it. */
  @Post(':id/redelivery')
  @Access({ merchant: 'webhooks:write' })
  @Returns(200, DeliveryView)
  again(@Param('id', IdPipe('whd')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.deliveries.again(tx, merchantOf(call.actor), id));
  }
}
