import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../http/access.ts';
import { CurrentActor, tenantOf, type Actor } from '../../http/actor.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { idPageRequest, ListQuery } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { NotFound } from '../../kernel/errors.ts';
import { idIn, type IdPrefix } from '../../kernel/ids.ts';
import type { Page } from '../../kernel/pages.ts';
import { callerOf } from '../caller.ts';
import { claimView, messageView, stepView } from './claim.views.ts';
import {
  ClaimBody,
  ClaimQuery,
  ClaimRulingBody,
  ClaimStepView,
  ClaimSupplementBody,
  ClaimTextBody,
  ClaimView,
  ClaimMessageView,
} from './claims.dto.ts';
import { ClaimsService, type Claimed } from './claims.service.ts';
import { Granting } from './granting.ts';
import { Talking, type Supplement } from './talking.ts';

/** What merchants claim of what went wrong with an order, and what became of it. */
@ApiTags('claims')
@Controller('v1/claims')
export class ClaimsController {
  constructor(
    private readonly claims: ClaimsService,
    private readonly talking: Talking,
    private readonly granting: Granting,
    private readonly commands: Commands,
  ) {}

  @Post()
  @Access({ merchant: 'claims:write', staff: ['support'] })
  @ApiOperation({ summary: 'Opens a claim; decided at once where the order’s policy can.' })
  @Returns(201, ClaimView)
  open(@Body() body: ClaimBody, @CurrentCall() call: Call): Promise<Answer> {
    const claimed = claimedOf(body);
    return this.commands.run(call, async (tx) => claimView(await this.claims.open(tx, claimed, callerOf(call.actor))));
  }

  @Get()
  @Access({ merchant: 'claims:read', staff: ['support', 'finance', 'warehouse'] })
  @Returns(200, ClaimView, { list: true })
  async list(@Query() query: ClaimQuery, @CurrentActor() actor: Actor): Promise<Page<ClaimView>> {
    const { status, type, order, reply_due_before: replyDueBefore } = query;
    const orderId = order === undefined ? undefined : (idIn('ord', order) ?? undefined);
    const filter = { merchantId: tenantOf(actor), status, type, orderId, replyDueBefore };
    const found = await this.claims.list(filter, idPageRequest(query));
    return { ...found, data: found.data.map(claimView) };
  }

  @Get(':id')
  @Access({ merchant: 'claims:read', staff: ['support', 'finance', 'warehouse'] })
  @Returns(200, ClaimView)
  async get(@Param('id', IdPipe('clm')) id: string, @CurrentActor() actor: Actor): Promise<ClaimView> {
    return claimView(await this.claims.get(tenantOf(actor), id));
  }

  @Get(':id/timeline')
  @Access({ merchant: 'claims:read', staff: ['support', 'finance', 'warehouse'] })
  @ApiOperation({ summary: 'Every fact, decision and cent of the claim, oldest first, with who or what caused it.' })
  @Returns(200, ClaimStepView, { list: true })
  async timeline(
    @Param('id', IdPipe('clm')) id: string,
    @Query() query: ListQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<ClaimStepView>> {
    const found = await this.claims.timeline(tenantOf(actor), id, idPageRequest(query));
    return { ...found, data: found.data.map(stepView) };
  }

  @Patch(':id')
  @Access({ merchant: 'claims:write', staff: ['support'] })
  @ApiOperation({ summary: 'Says what was not said when the claim was opened; it is decided again.' })
  @Returns(200, ClaimView)
  supplement(
    @Param('id', IdPipe('clm')) id: string,
    @Body() body: ClaimSupplementBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.commands.run(call, async (tx) =>
      claimView(await this.talking.supplement(tx, id, saidIn(body), callerOf(call.actor))),
    );
  }

  @Post(':id/messages')
  @Access({ merchant: 'claims:write', staff: ['support', 'finance'] })
  @ApiOperation({ summary: 'A message; the merchant’s is answered within the policy’s time.' })
  @Returns(201, ClaimMessageView)
  say(
    @Param('id', IdPipe('clm')) id: string,
    @Body() { text }: ClaimTextBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.commands.run(call, async (tx) =>
      messageView(await this.talking.say(tx, id, text, callerOf(call.actor))),
    );
  }

  @Post(':id/withdrawal')
  @Access({ merchant: 'claims:write', staff: ['support'] })
  @ApiOperation({ summary: 'Takes an open claim back.' })
  @Returns(200, ClaimView)
  withdraw(@Param('id', IdPipe('clm')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, async (tx) => claimView(await this.talking.withdraw(tx, id, callerOf(call.actor))));
  }

  @Post(':id/appeal')
  @Access({ merchant: 'claims:write', staff: ['support'] })
  @ApiOperation({ summary: 'A denial goes to a person, once.' })
  @Returns(200, ClaimView)
  appeal(
    @Param('id', IdPipe('clm')) id: string,
    @Body() { text }: ClaimTextBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.commands.run(call, async (tx) =>
      claimView(await this.talking.appeal(tx, id, text, callerOf(call.actor))),
    );
  }

  @Post(':id/decision')
  @Access({ staff: ['support', 'finance'] })
  @ApiOperation({ summary: 'A person decides an open claim, within what was paid, and says why.' })
  @Returns(200, ClaimView)
  decide(
    @Param('id', IdPipe('clm')) id: string,
    @Body() body: ClaimRulingBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const ruled = { outcome: body.outcome, amount: body.amount ?? null, note: body.note };
    return this.commands.run(call, async (tx) =>
      claimView(await this.granting.decide(tx, id, ruled, callerOf(call.actor))),
    );
  }
}

/** null is left out, as everywhere in bodies. */
function saidIn(body: ClaimSupplementBody): Supplement {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined));
}

function claimedOf(body: ClaimBody): Claimed {
  return {
    orderId: known('ord', 'order', body.order),
    packageId: body.package === undefined ? null : known('pkg', 'package', body.package),
    type: body.type,
    items: (body.items ?? []).map(({ line, quantity, severity }) => ({ line, quantity, severity: severity ?? null })),
    description: body.description ?? null,
    said: {
      preferred_remedy: body.preferred_remedy ?? null,
      fault: body.fault ?? null,
      misuse: body.misuse ?? false,
      minor_variation: body.minor_variation ?? false,
      order_label_found: body.order_label_found ?? null,
    },
    charge: body.charge ?? null,
  };
}

/** An id of another kind is answered as an unknown one. */
function known(prefix: IdPrefix, what: string, text: string): string {
  const id = idIn(prefix, text);
  if (id === null) throw new NotFound(what);
  return id;
}
