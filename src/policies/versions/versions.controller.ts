import { Body, Controller, Delete, Get, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { Access } from '../../http/access.ts';
import { CurrentActor, Forbidden, staffOf, type Actor } from '../../http/actor.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { ListQuery, pageRequest } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { invalidField, NotFound } from '../../kernel/errors.ts';
import { page, type Page } from '../../kernel/pages.ts';
import type { Decision } from '../deciding/facts.policy.ts';
import { factsOf } from '../facts.check.ts';
import { DecisionView, FactsBody, PolicyView } from '../policies.dto.ts';
import { PoliciesService } from '../policies.service.ts';
import { languageOf, shownAs, spokenOf } from '../shown.ts';
import { policyPage } from '../policies.page.ts';
import { draftView, policyView, versionView } from '../policies.views.ts';
import { DraftsService, type Wish } from './drafts.service.ts';
import { clauseDifferences, differences } from './differences.policy.ts';
import { DiffQuery, DiffView, DraftBody, DraftView, NewPolicyBody, PublishBody, VersionView } from './versions.dto.ts';
import type { TermsBody } from './versions.dto.ts';

type RequestHeaders = Readonly<Record<string, string | undefined>>;

const EVERYBODY = { merchant: 'claims:read', staff: ['warehouse', 'support', 'finance'] } as const;
const WRITERS = { staff: ['support', 'finance'] } as const;
const VERSION = /^[1-9]\d{0,8}$/;

/** Policies over time: what was published, what differs, and what staff write next. */
@ApiTags('policies')
@Controller('v1/policies')
export class PolicyVersionsController {
  constructor(
    private readonly db: DataSource,
    private readonly policies: PoliciesService,
    private readonly drafts: DraftsService,
    private readonly commands: Commands,
  ) {}

  @Post()
  @Access(WRITERS)
  @ApiOperation({ summary: 'Begins a policy as a draft: a copy of another one, with what it shall say otherwise.' })
  @Returns(201, DraftView)
  begin(@Body() body: NewPolicyBody, @CurrentCall() call: Call): Promise<Answer> {
    const { id, based_on, ...terms } = body;
    return this.commands.run(call, async (tx) => {
      const draft = await this.drafts.begin(tx, id, based_on, wishOf(terms, call.actor));
      return draftView(draft, await this.drafts.before(tx, draft), 'en');
    });
  }

  @Put(':id/draft')
  @Access(WRITERS)
  @ApiOperation({
    summary: 'Changes the draft, or begins one; what is not named stays. A contradictory one is refused.',
  })
  @Returns(200, DraftView)
  write(@Param('id') id: string, @Body() body: DraftBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, async (tx) => {
      const draft = await this.drafts.write(tx, id, wishOf(body, call.actor));
      return draftView(draft, await this.drafts.before(tx, draft), 'en');
    });
  }

  @Get(':id/draft')
  @Access(WRITERS)
  @ApiOperation({ summary: 'The draft: JSON, or the page that it would be with Accept: text/html.' })
  @Returns(200, DraftView)
  async draft(
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView | string> {
    const draft = await this.drafts.get(asHouse(this.db), id);
    const language = spokenOf(draft.terms, languageOf(headers['accept-language']));
    return shownAs(headers['accept'], reply, {
      language,
      json: async () => draftView(draft, await this.drafts.before(asHouse(this.db), draft), language),
      page: () => policyPage({ terms: draft.terms, version: null, at: draft.updatedAt }, language),
    });
  }

  @Delete(':id/draft')
  @Access(WRITERS)
  @Returns(204, null)
  drop(@Param('id') id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.drafts.drop(tx, id));
  }

  @Post(':id/draft/decide')
  @Access(WRITERS)
  @ApiOperation({ summary: 'What the draft would decide; nothing is stored and no money moves.' })
  @Returns(200, DecisionView)
  async decide(
    @Param('id') id: string,
    @Body() body: FactsBody,
    @Headers() headers: RequestHeaders,
  ): Promise<Decision> {
    const { terms } = await this.drafts.get(asHouse(this.db), id);
    return this.policies.decide(terms, factsOf(body), languageOf(headers['accept-language']));
  }

  @Post(':id/publish')
  @Access(WRITERS)
  @ApiOperation({ summary: 'Makes the draft the next version. New orders get it; placed ones keep theirs.' })
  @Returns(200, PolicyView)
  publish(@Param('id') id: string, @Body() body: PublishBody, @CurrentCall() call: Call): Promise<Answer> {
    const { userId } = staffOf(call.actor);
    return this.commands.run(call, async (tx) =>
      policyView(await this.drafts.publish(tx, id, userId, body.note ?? null), 'en'),
    );
  }

  @Get(':id/versions')
  @Access(EVERYBODY)
  @ApiOperation({ summary: 'The history: every version, newest first.' })
  @Returns(200, VersionView, { list: true })
  async history(
    @Param('id') id: string,
    @Query() query: ListQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<VersionView>> {
    const request = pageRequest(query);
    if (request.after !== null && !VERSION.test(request.after[0] ?? '')) {
      throw invalidField('/cursor', 'cursor', 'This is no cursor of this list.');
    }
    const found = await this.policies.history(id, request);
    if (found.length === 0 && request.after === null) throw new NotFound('policy');
    const isStaff = actor.kind === 'staff';
    return page(
      found,
      request.limit,
      (version) => versionView(version, isStaff),
      ({ version }) => [String(version)],
    );
  }

  @Get(':id/diff')
  @Access(EVERYBODY)
  @ApiOperation({ summary: 'What differs between two versions, or a version and the draft: parameters and rules.' })
  @Returns(200, DiffView)
  async diff(
    @Param('id') id: string,
    @Query() query: DiffQuery,
    @Headers() headers: RequestHeaders,
    @CurrentActor() actor: Actor,
  ): Promise<DiffView> {
    if (actor.kind !== 'staff') await this.refuseDrafts(id, query);
    const [before, after] = await this.drafts.compared(id, query);
    const language = languageOf(headers['accept-language']);
    return {
      ...{ id, from: before.name, to: after.name, changes: differences(before.terms, after.terms) },
      clauses: clauseDifferences(before.terms, after.terms, language).map(({ key, ...words }) => ({
        id: `${id}/${key}`,
        ...words,
      })),
    };
  }

  /** A draft is for the operator's own people; of a policy that is nothing else merchants know nothing. */
  private async refuseDrafts(id: string, { from, to }: DiffQuery): Promise<void> {
    if (from === 'draft' || to === 'draft') throw new Forbidden('A draft is for the operator’s own people.');
    const published = await this.policies.history(id, { limit: 1, after: null });
    if (published.length === 0) throw new NotFound('policy');
  }
}

/** @throws InvalidFields parameters both under `terms` and beside it */
function wishOf({ terms, ...beside }: TermsBody & { id?: string }, actor: Actor): Wish {
  const { userId: byUser } = staffOf(actor);
  if (terms === undefined) return { change: { ...beside }, pointer: '', byUser };
  const [other] = Object.keys(beside).filter((name) => name !== 'id');
  if (other !== undefined) {
    throw invalidField(`/${other}`, 'not_allowed', 'The parameters stand either under `terms` or by themselves.');
  }
  return { change: terms as Record<string, unknown>, pointer: '/terms', byUser };
}
