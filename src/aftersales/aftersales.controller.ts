import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { FulfilmentService, packageView } from '../fulfilment/fulfilment.service.ts';
import { Access } from '../http/access.ts';
import { CurrentActor, staffOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { Returns } from '../http/returns.ts';
import { NotFound } from '../kernel/errors.ts';
import { idIn } from '../kernel/ids.ts';
import { OrdersService } from '../orders/orders.service.ts';
import {
  AddressBody,
  AddressChangeView,
  CancellationBody,
  CancellationView,
  DecidedPackageView,
  decisionViews,
  InterceptionAnswerBody,
  ReceiptBody,
  ReviewBody,
  StandingView,
  standingView,
} from './aftersales.dto.ts';
import { AftersalesService, type Standing } from './aftersales.service.ts';
import { callerOf } from './caller.ts';
import { Arriving } from './returns/arriving.ts';
import { ReturnViews } from './returns/return.views.ts';

/** What can be asked about an order after it was placed. */
@ApiTags('orders')
@Controller('v1/orders')
export class OrderDoors {
  constructor(
    private readonly aftersales: AftersalesService,
    private readonly orders: OrdersService,
    private readonly commands: Commands,
  ) {}

  @Post(':id/cancellation')
  @Access({ merchant: 'orders:write', staff: ['support'] })
  @ApiOperation({ summary: 'Cancels packages as the order’s policy lets them be: each by itself, with its decision.' })
  @Returns(200, CancellationView)
  cancel(
    @Param('id', IdPipe('ord')) id: string,
    @Body() body: CancellationBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const asked = { packageIds: body.packages?.map(packageId) ?? null, reason: body.reason ?? null };
    return this.commands.run(call, async (tx) => {
      const caller = callerOf(call.actor);
      const decisions = await this.aftersales.cancel(tx, id, asked, caller);
      return { decisions: decisionViews(decisions), order: await this.orders.view(tx, caller.merchantId, id) };
    });
  }

  @Patch(':id')
  @Access({ merchant: 'orders:write', staff: ['support'] })
  @ApiOperation({
    summary: 'Another address, while the order’s policy lets it change.',
    description: 'The order’s own address changes: lines that were placed with one of their own keep it.',
  })
  @Returns(200, AddressChangeView)
  changeAddress(
    @Param('id', IdPipe('ord')) id: string,
    @Body() body: AddressBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.commands.run(call, async (tx) => {
      const caller = callerOf(call.actor);
      const decisions = await this.aftersales.changeAddress(tx, id, body.ship_to, caller);
      return Object.assign({}, await this.orders.view(tx, caller.merchantId, id), {
        decisions: decisionViews(decisions),
      });
    });
  }
}

/** What is decided about a package, and the warehouse's words that decide it. */
@ApiTags('packages')
@Controller('v1/packages')
export class PackageDoors {
  constructor(
    private readonly aftersales: AftersalesService,
    private readonly arriving: Arriving,
    private readonly returnViews: ReturnViews,
    private readonly fulfilment: FulfilmentService,
    private readonly commands: Commands,
  ) {}

  @Get(':id/decision')
  @Access({ merchant: 'packages:read', staff: ['warehouse', 'support', 'finance'] })
  @ApiOperation({ summary: 'The after-sales decision that holds for it as of now, explained, with its refund clock.' })
  @Returns(200, StandingView)
  async decision(@Param('id', IdPipe('pkg')) id: string, @CurrentActor() actor: Actor): Promise<StandingView> {
    return standingView(await this.aftersales.decisionOf(id, callerOf(actor)));
  }

  @Post(':id/decision')
  @Access({ staff: ['support', 'finance'] })
  @ApiOperation({ summary: 'A person decides what the policy has left to one, and says why.' })
  @Returns(200, StandingView)
  review(@Param('id', IdPipe('pkg')) id: string, @Body() body: ReviewBody, @CurrentCall() call: Call): Promise<Answer> {
    const said = { outcome: body.outcome, amount: body.amount ?? null, note: body.note };
    return this.commands.run(call, async (tx) =>
      standingView(await this.aftersales.review(tx, id, said, callerOf(call.actor))),
    );
  }

  @Post(':id/interception')
  @Access({ staff: ['warehouse'] })
  @ApiOperation({ summary: 'The answer to a request to stop it; the answer decides.' })
  @Returns(200, DecidedPackageView)
  interception(
    @Param('id', IdPipe('pkg')) id: string,
    @Body() body: InterceptionAnswerBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.commands.run(call, async (tx) =>
      decided(await this.aftersales.answerInterception(tx, id, body.stopped, callerOf(call.actor))),
    );
  }

  @Post(':id/receipt')
  @Access({ staff: ['warehouse'] })
  @ApiOperation({
    summary: 'A parcel came back: what the warehouse saw of it. A return that is awaited for it is received.',
  })
  @Returns(200, DecidedPackageView)
  receipt(
    @Param('id', IdPipe('pkg')) id: string,
    @Body() body: ReceiptBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const { unopened, condition, note } = body;
    const arrival = { unopened, originalLabel: body.original_label, condition, note: note ?? null };
    return this.commands.run(call, async (tx) => {
      const returned = { ...arrival, evidence: [], items: null };
      const taken = await this.arriving.receiveByPackage(tx, id, returned, staffOf(call.actor).userId);
      if (taken === null) return decided(await this.aftersales.receive(tx, id, arrival, callerOf(call.actor)));
      const { decision } = await this.returnViews.of(tx, taken);
      return Object.assign({}, packageView(await this.fulfilment.get(tx, null, id)), { decision });
    });
  }
}

/** An id of another kind is answered as an unknown one. */
function packageId(text: string): string {
  const id = idIn('pkg', text);
  if (id === null) throw new NotFound('package');
  return id;
}

function decided({ parcel, verdict }: Standing): object {
  return Object.assign({}, packageView(parcel), { decision: verdict.decision });
}
