import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Exports } from '../exports/exports.service.ts';
import { idPageRequest } from '../http/lists.ts';
import { page } from '../kernel/pages.ts';
import { claimView } from './claims/claim.views.ts';
import { ClaimsService } from './claims/claims.service.ts';
import { listReturns } from './returns/return.store.ts';
import { ReturnViews } from './returns/return.views.ts';

/** Claims and returns, for exports. */
@Injectable()
export class AftersalesExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly exports: Exports,
    private readonly claims: ClaimsService,
    private readonly returns: ReturnViews,
  ) {}

  onModuleInit(): void {
    this.exports.register('claims', async (merchantId, query) => {
      const found = await this.claims.list({ merchantId }, idPageRequest(query));
      return { ...found, data: found.data.map(claimView) };
    });
    this.exports.register('returns', async (merchantId, query) => {
      const request = idPageRequest(query);
      const found = page(
        await listReturns(this.db, { merchantId }, request),
        request.limit,
        (record) => record,
        ({ id }) => [id],
      );
      return { ...found, data: await Promise.all(found.data.map((record) => this.returns.of(this.db, record))) };
    });
  }
}
