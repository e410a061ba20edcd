import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { asHouse } from '../../database/scope.ts';
import { Access } from '../../http/access.ts';
import { Choice, Id, InstantField, QueryInstant, Text } from '../../http/fields.ts';
import { CURSOR_KEY, ListQuery, pageRequest } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { plusWorkingDays } from '../../kernel/calendar.ts';
import { instant, instantOrNull } from '../../kernel/clock.ts';
import { idOut } from '../../kernel/ids.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { PoliciesService } from '../../policies/policies.service.ts';
import { findDecisions, type DecisionRecord } from '../decision.store.ts';
import { waiting, WAITING_KINDS, type Waiting, type WaitingKind } from './waiting.store.ts';

class ReviewQuery extends ListQuery {
  @Choice(WAITING_KINDS, { optional: true })
  kind?: WaitingKind;

  @QueryInstant({ optional: true, description: 'Those that have waited since before it.' })
  since_before?: string;
}

class ReviewView {
  @Choice(WAITING_KINDS, {
    description:
      'claim: left to a person, or appealed; message: a merchant’s that is not answered; return_request: waits for approval; return: goods that were received; the others: of a package.',
  })
  kind: WaitingKind;
  @Id('mer') merchant: string;
  @Id('ord') order: string;
  @Id('pkg') package: string;
  @Text({ description: 'What waits: clm_…, ret_… or pkg_…' }) subject: string;
  @Text({ description: 'Why: the clause that left it to a person.' }) why: string;
  @Text({ description: 'The call that answers it.', example: 'POST /v1/claims/clm_…/decision' }) answer: string;
  @Id('dec') decision_id: string;
  @InstantField() since: string;
  @InstantField({ nullable: true, description: 'By when the policy promises the answer.' }) due_at: string | null;
}

/** Everything after a sale that waits for a person, what has waited longest first. */
@ApiTags('claims')
@Controller('v1/reviews')
export class ReviewsController {
  constructor(
    private readonly db: DataSource,
    private readonly policies: PoliciesService,
    private readonly catalogue: CatalogueService,
  ) {}

  @Get()
  @Access({ staff: ['support', 'finance'] })
  @ApiOperation({ summary: 'What waits for a person: claims, returns and packages, what has waited longest first.' })
  @Returns(200, ReviewView, { list: true })
  async list(@Query() { kind, since_before: sinceBefore, ...query }: ReviewQuery): Promise<Page<ReviewView>> {
    const house = asHouse(this.db);
    const request = pageRequest(query, [CURSOR_KEY.instant, CURSOR_KEY.id, CURSOR_KEY.text]);
    const found = await waiting(house, { kind, sinceBefore }, request);
    const decisions = await findDecisions(
      house,
      found.map(({ merchantId, decisionId: id }) => ({ merchantId, id })),
    );
    const due = new Map<Waiting, Date | null>();
    for (const one of found) due.set(one, await this.dueOf(one, decisions.get(one.decisionId)));
    const view = (one: Waiting): ReviewView => reviewView(one, decisions.get(one.decisionId), due.get(one) ?? null);
    return page(found, request.limit, view, ({ since, subjectId, kind: k }) => [instant(since), subjectId, k]);
  }

  /** Goods that came back are dealt with in the policy's working days (policies.md, `process_within_working_days`). */
  private async dueOf({ kind, since, dueAt }: Waiting, decision: DecisionRecord | undefined): Promise<Date | null> {
    if (kind !== 'return' || decision === undefined) return dueAt;
    const { terms } = await this.policies.load(decision.policy.id, decision.policy.version);
    const { process_within_working_days: days } = terms.returns;
    return days === null ? null : plusWorkingDays(since, days, await this.catalogue.settings());
  }
}

function reviewView(one: Waiting, decision: DecisionRecord | undefined, dueAt: Date | null): ReviewView {
  const { kind, merchantId, orderId, packageId } = one;
  const { subject, answer } = doorOf(one);
  const why = decision?.decision.clauses[0]?.text ?? '';
  return {
    ...{ kind, merchant: idOut('mer', merchantId), order: idOut('ord', orderId), package: idOut('pkg', packageId) },
    ...{ subject, answer, why: WHY[kind] ?? why, decision_id: idOut('dec', one.decisionId) },
    ...{ since: instant(one.since), due_at: instantOrNull(dueAt) },
  };
}

const WHY: Readonly<Partial<Record<WaitingKind, string>>> = {
  message: 'The merchant has written and is not answered yet.',
  delivered_after_refund: 'It was delivered after it was paid back: kept, or taken back?',
};

function doorOf({ kind, subjectId }: Waiting): { subject: string; answer: string } {
  const door = (prefix: 'clm' | 'ret' | 'pkg', path: string, call: string): { subject: string; answer: string } => {
    const subject = idOut(prefix, subjectId);
    return { subject, answer: `POST /v1/${path}/${subject}/${call}` };
  };
  switch (kind) {
    case 'claim':
      return door('clm', 'claims', 'decision');
    case 'message':
      return door('clm', 'claims', 'messages');
    case 'return_request':
      return door('ret', 'returns', 'approval');
    case 'return':
      return door('ret', 'returns', 'decision');
    default:
      return door('pkg', 'packages', 'decision');
  }
}
