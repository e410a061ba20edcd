import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource, type EntityManager } from 'typeorm';
import { asCaller, asHouse } from '../../database/scope.ts';
import { Access } from '../../http/access.ts';
import { CurrentActor, tenantOf, type Actor } from '../../http/actor.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { idPageRequest } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { FailedDeliveries, type Sayer, type Standing } from './failed-deliveries.ts';
import { listWaiting } from './failed-delivery.store.ts';
import {
  DeliveryInstructionBody,
  FailedDeliveryView,
  failedDeliveryView,
  InstructedPackageView,
  instructedView,
  instructionOf,
  NdrQuery,
  ProofAnswerBody,
  ProofQuestionBody,
} from './ndr.dto.ts';

const ANSWERERS = { merchant: 'orders:write', staff: ['support'] } as const;

/** What a merchant says to a failed attempt, and what staff do with it. */
@ApiTags('packages')
@Controller('v1/packages')
export class DeliveryInstructionDoors {
  constructor(
    private readonly db: DataSource,
    private readonly failures: FailedDeliveries,
    private readonly commands: Commands,
  ) {}

  @Get(':id/delivery-instruction')
  @Access({ merchant: 'packages:read', staff: ['warehouse', 'support', 'finance'] })
  @ApiOperation({ summary: 'The package with its newest failed attempt and what was said to it.' })
  @Returns(200, InstructedPackageView)
  async of(@Param('id', IdPipe('pkg')) id: string, @CurrentActor() actor: Actor): Promise<InstructedPackageView> {
    return instructedView(await this.failures.of(asCaller(this.db, tenantOf(actor)), id, tenantOf(actor)));
  }

  @Post(':id/delivery-instruction')
  @Access(ANSWERERS)
  @ApiOperation({ summary: 'The answer to a failed attempt; it may be changed until the courier was told.' })
  @Returns(200, InstructedPackageView)
  instruct(
    @Param('id', IdPipe('pkg')) id: string,
    @Body() body: DeliveryInstructionBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.run(call, (tx, by) => this.failures.instruct(tx, id, instructionOf(body), by));
  }

  @Post(':id/delivery-instruction/passing-on')
  @Access({ staff: ['support'] })
  @ApiOperation({ summary: 'The courier was told.' })
  @Returns(200, InstructedPackageView)
  passOn(@Param('id', IdPipe('pkg')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.run(call, (tx, by) => this.failures.passOn(tx, id, by));
  }

  @Post(':id/proof-of-attempt')
  @Access(ANSWERERS)
  @ApiOperation({ summary: 'Asks the courier to show that somebody was at the door; once an attempt.' })
  @Returns(200, InstructedPackageView)
  askForProof(
    @Param('id', IdPipe('pkg')) id: string,
    @Body() body: ProofQuestionBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.run(call, (tx, by) => this.failures.askForProof(tx, id, body.note ?? null, by));
  }

  @Post(':id/proof-of-attempt/answer')
  @Access({ staff: ['support'] })
  @ApiOperation({ summary: 'What the courier could show.' })
  @Returns(200, InstructedPackageView)
  answerProof(
    @Param('id', IdPipe('pkg')) id: string,
    @Body() body: ProofAnswerBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const answer = { given: body.given, text: body.note ?? null };
    return this.run(call, (tx, by) => this.failures.answerProof(tx, id, answer, by));
  }

  private run(call: Call, act: (tx: EntityManager, by: Sayer) => Promise<Standing>): Promise<Answer> {
    const { actor } = call;
    const by = { merchantId: tenantOf(actor), userId: actor.kind === 'public' ? null : actor.userId };
    return this.commands.run(call, async (tx) => instructedView(await act(tx, by)));
  }
}

@ApiTags('packages')
@Controller('v1/ndr')
export class NdrController {
  constructor(private readonly db: DataSource) {}

  @Get()
  @Access({ staff: ['warehouse', 'support'] })
  @ApiOperation({ summary: 'Failed attempts that somebody waits for: the merchant, staff or the courier.' })
  @Returns(200, FailedDeliveryView, { list: true })
  async list(@Query() query: NdrQuery): Promise<Page<FailedDeliveryView>> {
    const request = idPageRequest(query);
    const found = await listWaiting(asHouse(this.db), query.waiting_for ?? null, request);
    return page(found, request.limit, failedDeliveryView, ({ id }) => [id]);
  }
}
