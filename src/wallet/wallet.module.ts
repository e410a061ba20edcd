import { Module } from '@nestjs/common';
import { AdjustmentsService } from './adjustments.service.ts';
import { AlertsService } from './alerts.service.ts';
import { LedgerController } from './ledger.controller.ts';
import { LedgerReports } from './ledger/reports.ts';
import { Telling } from './ledger/telling.ts';
import { LedgerVerification } from './ledger/verification.ts';
import { Blockers } from './payouts/blockers.ts';
import { PayoutsController } from './payouts/payouts.controller.ts';
import { PayoutsService } from './payouts/payouts.service.ts';
import { StatementService } from './statement.service.ts';
import { TopUpsService } from './top-ups.service.ts';
import { TopUpsController, WalletController } from './wallet.controller.ts';
import { WalletListeners } from './wallet.listeners.ts';
import { WalletService } from './wallet.service.ts';

/** The merchants' e-wallets: a double-entry ledger (wallet.md), what is paid in, and what merchants and finance read. */
@Module({
  controllers: [WalletController, TopUpsController, PayoutsController, LedgerController],
  providers: [
    Telling,
    WalletService,
    StatementService,
    TopUpsService,
    AdjustmentsService,
    Blockers,
    PayoutsService,
    AlertsService,
    WalletListeners,
    LedgerReports,
    LedgerVerification,
  ],
  exports: [WalletService, StatementService, TopUpsService, PayoutsService],
})
export class WalletModule {}
