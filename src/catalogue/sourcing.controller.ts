import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../http/access.ts';
import { CurrentActor, merchantOf, staffOf, tenantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { idPageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import type { Page } from '../kernel/pages.ts';
import { STAFF } from './codes.ts';
import { SourcingAnswerBody, SourcingBody, SourcingQuery, SourcingView } from './sourcing.dto.ts';
import { SourcingService } from './sourcing.service.ts';

const READERS = { merchant: 'catalogue:read', staff: STAFF } as const;

@ApiTags('catalogue')
@Controller('v1/sourcing-requests')
export class SourcingController {
  constructor(
    private readonly sourcing: SourcingService,
    private readonly commands: Commands,
  ) {}

  @Post()
  @Access({ merchant: 'catalogue:read' })
  @ApiOperation({ summary: 'Asks for goods that the catalogue does not have.' })
  @Returns(201, SourcingView)
  ask(@Body() body: SourcingBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.sourcing.ask(tx, merchantOf(call.actor), body));
  }

  @Get()
  @Access(READERS)
  @Returns(200, SourcingView, { list: true })
  list(@Query() query: SourcingQuery, @CurrentActor() actor: Actor): Promise<Page<SourcingView>> {
    return this.sourcing.list({ merchantId: tenantOf(actor), status: query.status }, idPageRequest(query));
  }

  @Get(':id')
  @Access(READERS)
  @Returns(200, SourcingView)
  get(@Param('id', IdPipe('srq')) id: string, @CurrentActor() actor: Actor): Promise<SourcingView> {
    return this.sourcing.get(tenantOf(actor), id);
  }

  @Post(':id/answer')
  @Access({ staff: ['support'] })
  @ApiOperation({ summary: 'The variant that it has become, or a no with its reason.' })
  @Returns(200, SourcingView)
  answer(
    @Param('id', IdPipe('srq')) id: string,
    @Body() body: SourcingAnswerBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.commands.run(call, (tx) => this.sourcing.answer(tx, id, body, staffOf(call.actor).userId));
  }
}
