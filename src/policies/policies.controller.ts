import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.ts';
import { ListQuery, pageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { NotFound } from '../kernel/errors.ts';
import { page, type Page } from '../kernel/pages.ts';
import type { Decision } from './deciding/facts.policy.ts';
import { factsOf } from './facts.check.ts';
import { DecisionView, FactsBody, PolicySummaryView, PolicyView } from './policies.dto.ts';
import { policiesPage, policyPage, type PolicyPage } from './policies.page.ts';
import { PoliciesService, type PolicyVersion } from './policies.service.ts';
import { policyView, summaryView } from './policies.views.ts';
import { languageOf, shownAs, spokenOf } from './shown.ts';
import { TERMS_SCHEMA } from './terms.schema.ts';

/** All of them: a single one would stand in OpenAPI as required. */
type RequestHeaders = Readonly<Record<string, string | undefined>>;

const EVERYBODY = { merchant: 'claims:read', staff: ['warehouse', 'support', 'finance'] } as const;

/** What merchants may read and ask of the policies in force. Nothing here changes anything. */
@ApiTags('policies')
@Controller('v1/policies')
export class PoliciesController {
  constructor(private readonly policies: PoliciesService) {}

  @Get()
  @Access(EVERYBODY)
  @ApiOperation({
    summary: 'The policies in force: JSON, or the page with Accept: text/html (Accept-Language en, fr).',
  })
  @ApiProduces('application/json', 'text/html')
  @Returns(200, PolicySummaryView, { list: true })
  async list(
    @Query() query: ListQuery,
    @Headers() headers: RequestHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<PolicySummaryView> | string> {
    const { limit, after } = pageRequest(query);
    const start = after?.[0] ?? '';
    const found = (await this.policies.list()).filter(({ id }) => id > start);
    const language = languageOf(headers['accept-language']);
    const shown = page(
      found,
      limit,
      (version) => version,
      ({ id }) => [id],
    );
    return shownAs(headers['accept'], reply, {
      language,
      json: () => ({ ...shown, data: shown.data.map((version) => summaryView(version, language)) }),
      page: () => policiesPage(shown.data.map(onPage), language, shown.next_cursor),
    });
  }

  @Get('schema')
  @Access(EVERYBODY)
  @ApiOperation({ summary: 'The JSON Schema that every policy’s terms keep to.' })
  @ApiOkResponse({ description: 'A JSON Schema.', schema: { type: 'object' } })
  schema(): object {
    return TERMS_SCHEMA;
  }

  @Get(':id')
  @Access(EVERYBODY)
  @ApiOperation({ summary: 'The version in force: JSON, or the page with Accept: text/html (Accept-Language en, fr).' })
  @ApiProduces('application/json', 'text/html')
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
  @ApiProduces('application/json', 'text/html')
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
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Decision> {
    const { terms } = await this.find(id);
    const language = spokenOf(terms, languageOf(headers['accept-language']));
    void reply.header('Content-Language', language);
    return this.policies.decide(terms, factsOf(body), language);
  }

  private async find(id: string): Promise<PolicyVersion> {
    const found = (await this.policies.list()).find((version) => version.id === id);
    if (found === undefined) throw new NotFound('policy');
    return found;
  }

  private show(version: PolicyVersion, headers: RequestHeaders, reply: FastifyReply): Promise<PolicyView | string> {
    const language = spokenOf(version.terms, languageOf(headers['accept-language']));
    return shownAs(headers['accept'], reply, {
      language,
      json: () => policyView(version, language),
      page: () => policyPage(onPage(version), language),
    });
  }
}

const onPage = ({ terms, version, publishedAt }: PolicyVersion): PolicyPage => ({ terms, version, at: publishedAt });
