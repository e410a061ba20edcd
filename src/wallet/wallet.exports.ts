import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Exports } from '../exports/exports.service.ts';
import { CURSOR_KEY, idPageRequest, pageRequest } from '../http/lists.ts';
import { PayoutsService } from './payouts/payouts.service.ts';
import { StatementService } from './statement.service.ts';
import { TopUpsService } from './top-ups.service.ts';

/** The merchant's money, for exports. */
@Injectable()
export class WalletExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly exports: Exports,
    private readonly statements: StatementService,
    private readonly topUps: TopUpsService,
    private readonly payouts: PayoutsService,
  ) {}

  onModuleInit(): void {
    this.exports.register('transactions', (merchantId, query) =>
      this.statements.transactions(merchantId, {}, pageRequest(query, [CURSOR_KEY.number])),
    );
    this.exports.register('top_ups', (merchantId, query) =>
      this.topUps.list(this.db, merchantId, idPageRequest(query), undefined),
    );
    this.exports.register('payouts', (merchantId, query) =>
      this.payouts.list(this.db, merchantId, idPageRequest(query), undefined),
    );
  }
}
