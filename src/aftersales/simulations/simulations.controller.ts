import { Readable } from 'node:stream';
import { Body, Controller, Get, Headers, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { Access } from '../../http/access.ts';
import { staffOf } from '../../http/actor.ts';
import { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { idPageRequest, ListQuery, pageRequest } from '../../http/lists.ts';
import { MerchantContacts } from '../../http/merchant-contacts.ts';
import { Returns } from '../../http/returns.ts';
import { invalidField } from '../../kernel/errors.ts';
import { idIn } from '../../kernel/ids.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { changesAfter, listSimulations, type ChangeRow } from './simulation.store.ts';
import { changesCsv, changeView, simulationView } from './simulation.views.ts';
import { ChangeView, SimulationBody, SimulationView, WholeSimulationView } from './simulations.dto.ts';
import { SimulationsService } from './simulations.service.ts';

const WRITERS = { staff: ['support', 'finance'] } as const;
/** So long the caller waits for the report; then it looks again. */
const PATIENCE_MS = 20_000;
const SHOWN = 100;
const CSV_PART = 500;

/** Policies tried on past cases: what would have changed, and what it would have cost. */
@ApiTags('policies')
@Controller('v1/policies/:id/simulations')
export class SimulationsController {
  constructor(
    private readonly db: DataSource,
    private readonly simulations: SimulationsService,
    private readonly commands: Commands,
    private readonly contacts: MerchantContacts,
  ) {}

  @Post()
  @Access(WRITERS)
  @ApiOperation({
    summary: 'Runs the draft (or a version) over the cases of a period. A long run is answered while it goes on.',
  })
  @Returns(201, WholeSimulationView)
  async run(@Param('id') policyId: string, @Body() body: SimulationBody, @CurrentCall() call: Call): Promise<Answer> {
    const { userId: byUser } = staffOf(call.actor);
    const wish = {
      ...{ policyId, version: body.version ?? null, from: new Date(body.from), to: new Date(body.to), byUser },
      ...{ currency: body.currency ?? null, merchantId: merchantOf(body) },
    };
    const begun = await this.commands.run(call, async (tx) => {
      if (wish.merchantId !== null) await this.contacts.contact(tx, wish.merchantId); // or there is none
      return { id: (await this.simulations.begin(tx, wish)).id };
    });
    if (begun.status >= 400) return begun;
    const { id } = JSON.parse(begun.text) as { id: string };
    await this.simulations.settled(id, PATIENCE_MS);
    return new Answer(begun.status, JSON.stringify(await this.whole(policyId, id)), begun.replayed);
  }

  @Get()
  @Access(WRITERS)
  @Returns(200, SimulationView, { list: true })
  async list(@Param('id') policyId: string, @Query() query: ListQuery): Promise<Page<SimulationView>> {
    const request = idPageRequest(query);
    return page(
      await listSimulations(asHouse(this.db), policyId, request),
      request.limit,
      (it) => simulationView(it, this.simulations.statusOf(it)),
      ({ id }) => [id],
    );
  }

  @Get(':simulation')
  @Access(WRITERS)
  @ApiOperation({ summary: 'How far it is, or its report; with Accept: text/csv every changed case as a table.' })
  @ApiProduces('application/json', 'text/csv')
  @Returns(200, WholeSimulationView)
  async get(
    @Param('id') policyId: string,
    @Param('simulation', IdPipe('sim')) id: string,
    @Headers('accept') accept: string | undefined,
  ): Promise<WholeSimulationView | StreamableFile> {
    if (accept?.includes('text/csv') !== true) return this.whole(policyId, id);
    await this.simulations.get(policyId, id);
    return new StreamableFile(Readable.from(changesCsv(this.parts(id))), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="simulation-${policyId}.csv"`,
    });
  }

  @Get(':simulation/changes')
  @Access(WRITERS)
  @ApiOperation({ summary: 'Every case that would have ended otherwise.' })
  @Returns(200, ChangeView, { list: true })
  async changes(
    @Param('id') policyId: string,
    @Param('simulation', IdPipe('sim')) id: string,
    @Query() query: ListQuery,
  ): Promise<Page<ChangeView>> {
    const { limit, after } = pageRequest(query);
    const from = after?.[0] ?? '0';
    if (!/^\d{1,9}$/.test(from)) throw invalidField('/cursor', 'cursor', 'This is no cursor of this list.');
    await this.simulations.get(policyId, id);
    const found = await changesAfter(asHouse(this.db), id, Number.parseInt(from, 10), limit + 1);
    return page(found, limit, changeView, ({ n }) => [String(n)]);
  }

  private async whole(policyId: string, id: string): Promise<WholeSimulationView> {
    const it = await this.simulations.get(policyId, id);
    const changes = await changesAfter(asHouse(this.db), id, 0, SHOWN);
    return Object.assign(simulationView(it, this.simulations.statusOf(it)), { changes: changes.map(changeView) });
  }

  private async *parts(id: string): AsyncGenerator<ChangeRow[], void, undefined> {
    for (let n = 0; ;) {
      const part = await changesAfter(asHouse(this.db), id, n, CSV_PART);
      if (part.length === 0) return;
      n = part.at(-1)?.n ?? n;
      yield part;
    }
  }
}

function merchantOf({ merchant }: SimulationBody): string | null {
  return merchant === undefined ? null : idIn('mer', merchant);
}
