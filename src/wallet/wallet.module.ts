import { Global, Module } from '@nestjs/common';
import { ClosingWallets } from '../http/closing-wallets.ts';
import { AdjustmentsService } from './adjustments.service.ts';
import { AlertsService } from './alerts.service.ts';
import { PartyBook } from './documents/parties.ts';
import { LedgerController } from './ledger.controller.ts';
import { AutomaticTopUps } from './card-payments/automatic.ts';
import { PaymentDesk } from './card-payments/payment-desk.ts';
import { PaymentFacts } from './card-payments/payment-facts.ts';
import { PaymentsController } from './card-payments/payments.controller.ts';
import { ProviderFees } from './card-payments/provider-fees.ts';
import { Reversals } from './card-payments/reversals.ts';
import { Shortfalls } from './card-payments/shortfalls.ts';
import { StripePayments } from './card-payments/stripe.ts';
import { HouseVerbs } from './ledger/house-verbs.ts';
import { NightlyVerification } from './ledger/nightly.ts';
import { RollUps } from './ledger/roll-ups.ts';
import { BankImports } from './reconciliation/bank-imports.ts';
import { ClearingAccounts } from './reconciliation/clearing.ts';
import { ProviderLines } from './reconciliation/provider-lines.ts';
import { ReconciliationController } from './reconciliation/reconciliation.controller.ts';
import { Reconciliation } from './reconciliation/reconciliation.ts';
import { LedgerReports } from './ledger/reports.ts';
import { Telling } from './ledger/telling.ts';
import { LedgerVerification } from './ledger/verification.ts';
import { Blockers } from './payouts/blockers.ts';
import { Closing } from './payouts/closing.ts';
import { PayoutsController } from './payouts/payouts.controller.ts';
import { PayoutsListeners } from './payouts/payouts.listeners.ts';
import { PayoutsService } from './payouts/payouts.service.ts';
import { ShownBalances } from './shown-balances.ts';
import { StatementService } from './statement.service.ts';
import { TopUpsService } from './top-ups.service.ts';
import { TopUpsController, WalletController } from './wallet.controller.ts';
import { WalletExports } from './wallet.exports.ts';
import { WalletListeners } from './wallet.listeners.ts';
import { WalletService } from './wallet.service.ts';

/** The merchants' e-wallets: a double-entry ledger (wallet.md), what is paid in, and what merchants and finance read. Fills the http floor's port ClosingWallets. */
@Global()
@Module({
  controllers: [
    WalletController,
    TopUpsController,
    PayoutsController,
    PaymentsController,
    ReconciliationController,
    LedgerController,
  ],
  providers: [
    Telling,
    HouseVerbs,
    Shortfalls,
    ProviderFees,
    WalletService,
    ShownBalances,
    StatementService,
    PartyBook,
    TopUpsService,
    StripePayments,
    PaymentDesk,
    PaymentFacts,
    Reversals,
    AutomaticTopUps,
    ProviderLines,
    ClearingAccounts,
    BankImports,
    Reconciliation,
    RollUps,
    NightlyVerification,
    AdjustmentsService,
    Blockers,
    PayoutsService,
    PayoutsListeners,
    Closing,
    { provide: ClosingWallets, useExisting: Closing },
    AlertsService,
    WalletListeners,
    WalletExports,
    LedgerReports,
    LedgerVerification,
  ],
  exports: [WalletService, StatementService, PartyBook, TopUpsService, PayoutsService, ClosingWallets],
})
export class WalletModule {}
