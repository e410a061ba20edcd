import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.ts';
import { ListQuery, pageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { NotFound } from '../kernel/errors.ts';
import { page, type Page } from '../kernel/pages.ts';
import { clauseOf, sectionsOf } from './deciding/clauses.policy.ts';
import type { Decision } from './deciding/facts.policy.ts';
import type { Language } from './deciding/terms.policy.ts';
import { factsOf } from './facts.check.ts';
import { DecisionView, FactsBody, PolicySummaryView, PolicyView } from './policies.dto.ts';
import { policyPage } from './policies.page.ts';
import { PoliciesService, type PolicyVersion } from './policies.service.ts';
import { preferred } from './preferred.ts';
import { TERMS_SCHEMA } from './terms.schema.ts';

/** A view's fields, without its class. */
type Plain<View> = { [Field in keyof View]: View[Field] };

/** All of them: a single one would stand in OpenAPI as required. */
type RequestHeaders = Readonly<Record<string, string | undefined>>;

const EVERYBODY = { merchant: 'claims:read', staff: ['warehouse', 'support', 'finance'] } as const;

/** What merchants may read and ask of the policies. Nothing here changes anything. */
@ApiTags('policies')
@Controller('v1/policies')
export class PoliciesController {
  constructor(private readonly policies: PoliciesService) {}

  @Get()
  @Access(EVERYBODY)
  @Returns(200, PolicySummaryView, { list: true })
  async list(@Query() query: ListQuery, @Headers() headers: RequestHeaders): Promise<Page<PolicySummaryView>> {
    const { limit, after } = pageRequest(query);
    const start = after?.[0] ?? '';
    const found = (await this.policies.list()).filter(({ id }) => id > start);
    return page(
      found,
      limit,
      (version) => summaryOf(version, languageOf(headers['accept-language'])),
      ({ id }) => [id],
    );
  }

  @Get('schema')
  @Access(EVERYBODY)
  @ApiOperation({ summary: 'The JSON Schema that every policy’s terms keep to.' })
  schema(): object {
    return TERMS_SCHEMA;
  }

  @Get(':id')
  @Access(EVERYBODY)
  @ApiOperation({ summary: 'The version in force: JSON, or the page with Accept: text/html (Accept-Language en, fr).' })
  @Returns(200, PolicyView)
  async inForce(
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyView | string> {
    return this.show(await this.find(id), headers, reply);
  }

  @Get(':id/versions/:version')
  @Access(EVERYBODY)
  @Returns(200, PolicyView)
  async version(
    @Param('id') id: string,
    @Param('version') version: string,
    @Headers() headers: RequestHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyView | string> {
    if (!/^[1-9]\d{0,8}$/.test(version)) throw new NotFound('policy');
    return this.show(await this.policies.load(id, Number.parseInt(version, 10)), headers, reply);
  }

  @Post(':id/decide')
  @Access(EVERYBODY)
  @ApiOperation({ summary: 'What the policy in force would decide; nothing is stored and no money moves.' })
  @Returns(200, DecisionView)
  async decide(
    @Param('id') id: string,
    @Body() body: FactsBody,
    @Headers() headers: RequestHeaders,
  ): Promise<Decision> {
    const { terms } = await this.find(id);
    return this.policies.decide(terms, factsOf(body), languageOf(headers['accept-language']));
  }

  private async find(id: string): Promise<PolicyVersion> {
    const found = (await this.policies.list()).find((version) => version.id === id);
    if (found === undefined) throw new NotFound('policy');
    return found;
  }

  private show(
    version: PolicyVersion,
    headers: Record<string, string | undefined>,
    reply: FastifyReply,
  ): PolicyView | string {
    const language = languageOf(headers['accept-language']);
    void reply.header('Vary', 'Accept, Accept-Language');
    if (preferred(headers['accept'], ['application/json', 'text/html']) === 'application/json')
      return viewOf(version, language);
    void reply.header('Content-Type', 'text/html; charset=utf-8');
    return policyPage(version, language);
  }
}

function languageOf(accepted: string | undefined): Language {
  return preferred(accepted, ['en', 'fr'] as const);
}

function summaryOf({ id, version, terms, publishedAt }: PolicyVersion, asked: Language): Plain<PolicySummaryView> {
  return {
    id,
    version,
    title: terms.title[asked] ?? terms.title.en,
    summary: terms.summary[asked] ?? terms.summary.en,
    languages: terms.languages,
    published_at: publishedAt.toISOString(),
  };
}

function viewOf(version: PolicyVersion, language: Language): Plain<PolicyView> {
  const { terms } = version;
  const sections = sectionsOf(terms).map(({ name, keys }) => ({
    name,
    clauses: keys.map((key) => clauseOf(terms, key, language)),
  }));
  return { ...summaryOf(version, language), terms, sections };
}
