import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { Exports } from '../exports/exports.service.ts';
import { tableSection } from '../exports/table-section.ts';
import { idPageRequest } from '../http/lists.ts';
import { page } from '../kernel/pages.ts';
import { claimView } from './claims/claim.views.ts';
import { ClaimsService } from './claims/claims.service.ts';
import { listReturns } from './returns/return.store.ts';
import { ReturnViews } from './returns/return.views.ts';

/** Claims, returns, decisions and failed deliveries, for exports. */
@Injectable()
export class AftersalesExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly exports: Exports,
    private readonly claims: ClaimsService,
    private readonly returns: ReturnViews,
  ) {}

  onModuleInit(): void {
    this.exports.register(
      'claims',
      ['claim', 'claim_message', 'claim_evidence', 'reship'],
      async (merchantId, query) => {
        const found = await this.claims.list({ merchantId }, idPageRequest(query));
        return { ...found, data: found.data.map(claimView) };
      },
    );
    this.exports.register('returns', ['goods_return', 'return_evidence'], async (merchantId, query) => {
      const request = idPageRequest(query);
      const found = page(
        await listReturns(asMerchant(this.db, merchantId), { merchantId }, request),
        request.limit,
        (record) => record,
        ({ id }) => [id],
      );
      return {
        ...found,
        data: await Promise.all(found.data.map((record) => this.returns.of(asMerchant(this.db, merchantId), record))),
      };
    });
    this.exports.register(
      'claim_steps',
      ['claim_step'],
      tableSection(this.db, {
        ...{ table: 'claim_step', key: { claim_id: 'uuid', id: 'uuid' } },
        columns: {
          ...{ claim: { id: 'claim_id', prefix: 'clm' }, step: 'step', text: 'text', author: 'author' },
          ...{ amount: { minor: 'amount_minor', currency: 'currency' }, at: 'at' },
        },
      }),
    );
    this.exports.register(
      'decisions',
      ['decision'],
      tableSection(this.db, {
        ...{ table: 'decision', key: { id: 'uuid' } },
        columns: {
          ...{ id: { id: 'id', prefix: 'dec' }, order: { id: 'order_id', prefix: 'ord' } },
          ...{ package: { id: 'package_id', prefix: 'pkg' }, kind: 'kind', outcome: 'outcome', policy: 'policy_id' },
          ...{ policy_version: 'policy_version', facts: 'facts', decision: 'decision', note: 'note' },
          ...{ credited: { minor: 'credited_minor', currency: 'currency' }, at: 'decided_at' },
        },
      }),
    );
    this.exports.register(
      'failed_deliveries',
      ['failed_delivery'],
      tableSection(this.db, {
        ...{ table: 'failed_delivery', key: { id: 'uuid' } },
        columns: {
          ...{ package: { id: 'package_id', prefix: 'pkg' }, order: { id: 'order_id', prefix: 'ord' } },
          ...{ reason: 'reason', attempted_at: 'attempted_at', due_at: 'due_at', state: 'state', action: 'action' },
          ...{ on: 'on_date', ship_to: 'ship_to', note: 'note', instructed_at: 'instructed_at' },
          ...{ proof_question: 'proof_question', proof_answer: 'proof_answer', closed_at: 'closed_at' },
        },
      }),
    );
    this.exports.register(
      'address_requests',
      ['address_request'],
      tableSection(this.db, {
        ...{ table: 'address_request', key: { package_id: 'uuid' } },
        columns: { package: { id: 'package_id', prefix: 'pkg' }, ship_to: 'ship_to' },
      }),
    );
  }
}
