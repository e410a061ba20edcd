import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Scope } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import { OnEvent, type DomainEvent } from '../events/on-event.ts';
import { Timers } from '../events/timers.ts';
import { AlertsService } from './alerts.service.ts';
import { AutomaticTopUps } from './card-payments/automatic.ts';
import { PaymentDesk } from './card-payments/payment-desk.ts';
import { NightlyVerification } from './ledger/nightly.ts';
import { ClearingAccounts } from './reconciliation/clearing.ts';
import { TopUpsService } from './top-ups.service.ts';
import { WalletService } from './wallet.service.ts';

const LAPSED_A_RUN = 200;

interface ExpiredLot {
  merchant_id: string;
  currency: string;
  number: number;
}

/** The wallet's doors for events and time. */
@Injectable()
export class WalletListeners implements OnModuleInit {
  constructor(
    private readonly alerts: AlertsService,
    private readonly topUps: TopUpsService,
    private readonly desk: PaymentDesk,
    private readonly nightly: NightlyVerification,
    private readonly clearing: ClearingAccounts,
    private readonly automatic: AutomaticTopUps,
    private readonly wallet: WalletService,
    private readonly timers: Timers,
  ) {}

  onModuleInit(): void {
    this.timers.register(this.topUps.expiry);
    this.timers.register(this.desk.questions);
    this.timers.register(this.nightly.timer);
    this.timers.register(this.clearing.timer);
    this.timers.register({ name: 'wallet.lapse', nextDue, run: (db, now) => this.lapse(db, now) });
  }

  @OnEvent('merchant.registered')
  async welcome(tx: EntityManager, { payload }: DomainEvent<'merchant.registered'>): Promise<void> {
    await this.alerts.welcome(tx, payload.merchantId, payload.currency);
    await this.wallet.openBook(tx, payload.merchantId, new Date(payload.at));
  }

  @OnEvent('wallet.low_balance')
  async topUp(tx: EntityManager, { payload }: DomainEvent<'wallet.low_balance'>): Promise<void> {
    await this.automatic.consider(tx, payload.merchantId);
  }

  /** Nothing is charged to it any more. */
  @OnEvent('merchant.closed')
  async forgetCard(tx: EntityManager, { payload }: DomainEvent<'merchant.closed'>): Promise<void> {
    await rows(tx, 'DELETE FROM saved_card WHERE merchant_id = $1', [payload.merchantId]);
  }

  /** Promotional credit goes at its expiry, as a journal that the merchant sees. */
  private async lapse(db: Scope, now: Date): Promise<number> {
    const due = await rows<ExpiredLot>(
      db,
      'SELECT merchant_id, currency, number FROM ledger_account WHERE open AND expires_at <= $1 ORDER BY expires_at, merchant_id LIMIT $2',
      [now, LAPSED_A_RUN],
    );
    for (const { merchant_id: merchantId, currency, number } of due) {
      await inTransaction(db, (tx) => this.wallet.lapse(tx, { merchantId, currency, number, at: now }));
    }
    return due.length;
  }
}

async function nextDue(db: Scope): Promise<Date | null> {
  const next = await one<{ due: Date | null }>(
    db,
    'SELECT min(expires_at) AS due FROM ledger_account WHERE open AND expires_at IS NOT NULL',
  );
  return next?.due ?? null;
}
