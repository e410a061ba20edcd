import { Body, Controller, Get, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { DataSource, type EntityManager } from 'typeorm';
import { asCaller } from '../../database/scope.ts';
import { Access } from '../../http/access.ts';
import { CurrentActor, staffOf, tenantOf, type Actor } from '../../http/actor.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { idPageRequest } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { NotFound } from '../../kernel/errors.ts';
import { idIn } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { callerOf } from '../caller.ts';
import { Arriving } from './arriving.ts';
import { ReturnPapers } from './return-papers.ts';
import { getReturn, listReturns, type ReturnKey, type ReturnRecord } from './return.store.ts';
import { ReturnViews } from './return.views.ts';
import { Returning } from './returning.ts';
import {
  ReturnApprovalBody,
  ReturnBody,
  ReturnDecisionBody,
  ReturnEnclosedBody,
  ReturnQuery,
  ReturnReceiptBody,
  ReturnTrackingBody,
  ReturnView,
} from './returns.dto.ts';

const READERS = { merchant: 'claims:read', staff: ['warehouse', 'support', 'finance'] } as const;

/** Goods that go back to the warehouse. */
@ApiTags('returns')
@Controller('v1/returns')
export class ReturnsController {
  constructor(
    private readonly db: DataSource,
    private readonly commands: Commands,
    private readonly returning: Returning,
    private readonly arriving: Arriving,
    private readonly views: ReturnViews,
    private readonly papers: ReturnPapers,
  ) {}

  @Post()
  @Access({ merchant: 'claims:write', staff: ['support'] })
  @ApiOperation({ summary: 'Asks whether goods may be sent back; the order’s policy answers.' })
  @Returns(201, ReturnView)
  ask(@Body() body: ReturnBody, @CurrentCall() call: Call): Promise<Answer> {
    const asked = {
      ...{ orderId: uuidOf('ord', body.order), type: body.type, items: body.items ?? [] },
      packageId: body.package === undefined ? null : uuidOf('pkg', body.package),
      ...{ fault: body.fault ?? null, preferredRemedy: body.preferred_remedy ?? null },
      description: body.description ?? null,
    };
    const { actor } = call;
    const caller = callerOf(actor);
    return this.answer(call, (tx) => this.returning.ask(tx, asked, caller));
  }

  @Get()
  @Access(READERS)
  @Returns(200, ReturnView, { list: true })
  async list(@Query() query: ReturnQuery, @CurrentActor() actor: Actor): Promise<Page<ReturnView>> {
    const request = idPageRequest(query);
    const orderId = query.order === undefined ? undefined : (idIn('ord', query.order) ?? undefined);
    const filter = { merchantId: tenantOf(actor), status: query.status, type: query.type, orderId };
    const found = page(
      await listReturns(asCaller(this.db, tenantOf(actor)), filter, request),
      request.limit,
      (record) => record,
      ({ id }) => [id],
    );
    const data: ReturnView[] = [];
    for (const record of found.data) data.push(await this.views.of(asCaller(this.db, tenantOf(actor)), record));
    return { ...found, data };
  }

  @Get(':id')
  @Access(READERS)
  @Returns(200, ReturnView)
  async get(@Param('id', IdPipe('ret')) id: string, @CurrentActor() actor: Actor): Promise<ReturnView> {
    return this.views.of(
      asCaller(this.db, tenantOf(actor)),
      await getReturn(asCaller(this.db, tenantOf(actor)), tenantOf(actor), id),
    );
  }

  @Get(':id/label.pdf')
  @Access(READERS)
  @ApiProduces('application/pdf')
  @Returns(200, null, { description: 'The label for the parcel with its return code, 10 x 15 cm.' })
  async label(@Param('id', IdPipe('ret')) id: string, @CurrentActor() actor: Actor): Promise<StreamableFile> {
    const bytes = await this.papers.label(
      asCaller(this.db, tenantOf(actor)),
      await getReturn(asCaller(this.db, tenantOf(actor)), tenantOf(actor), id),
    );
    return new StreamableFile(bytes, { type: 'application/pdf', disposition: 'inline; filename="return-label.pdf"' });
  }

  @Post(':id/tracking')
  @Access({ merchant: 'claims:write', staff: ['support'] })
  @ApiOperation({ summary: 'The buyer has sent the goods: with whom, under which number.' })
  @Returns(200, ReturnView)
  sent(
    @Param('id', IdPipe('ret')) id: string,
    @Body() body: ReturnTrackingBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const parcel = { courier: body.courier, trackingNumber: body.tracking_number };
    return this.answer(call, async (tx) =>
      this.arriving.track(tx, await keyOf(tx, id, call.actor), parcel, callerOf(call.actor)),
    );
  }

  @Post(':id/approval')
  @Access({ staff: ['support'] })
  @ApiOperation({ summary: 'Allows a return, which issues its code, or does not.' })
  @Returns(200, ReturnView)
  approve(
    @Param('id', IdPipe('ret')) id: string,
    @Body() body: ReturnApprovalBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const answer = { approved: body.approved, note: body.note ?? null, byUser: staffOf(call.actor).userId };
    return this.answer(call, async (tx) => this.returning.approve(tx, await keyOf(tx, id, call.actor), answer));
  }

  @Post(':code/receipt')
  @Access({ staff: ['warehouse'] })
  @ApiOperation({
    summary: 'The goods are there: what the warehouse saw decides. By return code, tracking number or id.',
  })
  @Returns(200, ReturnView)
  receive(@Param('code') code: string, @Body() body: ReturnReceiptBody, @CurrentCall() call: Call): Promise<Answer> {
    const arrival = {
      ...{ condition: body.condition, unopened: body.unopened, originalLabel: body.original_label ?? null },
      ...{ evidence: body.enclosed ?? [], items: body.items ?? null, note: body.note ?? null },
    };
    return this.answer(call, (tx) => this.arriving.receive(tx, code, arrival, staffOf(call.actor).userId));
  }

  @Post(':id/enclosed')
  @Access({ staff: ['support', 'warehouse'] })
  @ApiOperation({ summary: 'What the policy missed at the receipt lay in the parcel after all: it decides again.' })
  @Returns(200, ReturnView)
  enclosed(
    @Param('id', IdPipe('ret')) id: string,
    @Body() body: ReturnEnclosedBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const { userId } = staffOf(call.actor);
    return this.answer(call, async (tx) =>
      this.arriving.addEvidence(tx, await keyOf(tx, id, call.actor), body.kinds, userId),
    );
  }

  @Post(':id/decision')
  @Access({ staff: ['support'] })
  @ApiOperation({ summary: 'A person ends what the policy left to one.' })
  @Returns(200, ReturnView)
  decide(
    @Param('id', IdPipe('ret')) id: string,
    @Body() body: ReturnDecisionBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const amount = body.amount === undefined ? null : Money.fromJson(body.amount);
    const said = { outcome: body.outcome, amount, note: body.note, byUser: staffOf(call.actor).userId };
    return this.answer(call, async (tx) => this.arriving.decideByPerson(tx, await keyOf(tx, id, call.actor), said));
  }

  private answer(call: Call, work: (tx: EntityManager) => Promise<ReturnRecord>): Promise<Answer> {
    return this.commands.run(call, async (tx) => this.views.of(tx, await work(tx)));
  }
}

/** @throws NotFound unknown, or another merchant's */
async function keyOf(tx: EntityManager, id: string, actor: Actor): Promise<ReturnKey> {
  const { merchantId } = await getReturn(tx, tenantOf(actor), id);
  return { merchantId, returnId: id };
}

/** An id of another kind is answered as an unknown one. */
function uuidOf(prefix: 'ord' | 'pkg', text: string): string {
  const id = idIn(prefix, text);
  if (id === null) throw new NotFound(prefix === 'ord' ? 'order' : 'package');
  return id;
}
