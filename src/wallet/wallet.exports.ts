import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { Exports } from '../exports/exports.service.ts';
import { tableSection } from '../exports/table-section.ts';
import { CURSOR_KEY, idPageRequest, pageRequest } from '../http/lists.ts';
import { AlertsService } from './alerts.service.ts';
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
    private readonly alerts: AlertsService,
  ) {}

  onModuleInit(): void {
    this.exports.register('transactions', ['adjustment'], (merchantId, query) =>
      this.statements.transactions(merchantId, {}, pageRequest(query, [CURSOR_KEY.number])),
    );
    this.exports.register('top_ups', ['top_up'], (merchantId, query) =>
      this.topUps.list(asMerchant(this.db, merchantId), merchantId, idPageRequest(query), undefined),
    );
    this.exports.register('payouts', ['payout'], (merchantId, query) =>
      this.payouts.list(asMerchant(this.db, merchantId), merchantId, idPageRequest(query), undefined),
    );
    this.exports.register('wallet_alerts', ['wallet_profile', 'saved_card'], async (merchantId) => ({
      data: [await this.alerts.get(asMerchant(this.db, merchantId), merchantId)],
      next_cursor: null,
    }));
    const topUp = { id: 'top_up_id', prefix: 'top' } as const;
    this.exports.register(
      'top_up_refunds',
      ['top_up_refund'],
      tableSection(this.db, {
        ...{ table: 'top_up_refund', key: { id: 'text' } },
        columns: { id: 'id', top_up: topUp, amount_minor: 'amount_minor', failed: 'failed' },
      }),
    );
    this.exports.register(
      'top_up_disputes',
      ['top_up_dispute'],
      tableSection(this.db, {
        ...{ table: 'top_up_dispute', key: { id: 'text' } },
        columns: {
          ...{ id: 'id', top_up: topUp, state: 'state', amount_minor: 'amount_minor', opened_at: 'opened_at' },
          ended_at: 'ended_at',
        },
      }),
    );
  }
}
