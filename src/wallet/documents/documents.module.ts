import { Module } from '@nestjs/common';
import { WalletModule } from '../wallet.module.ts';
import { DocumentsExports } from './documents.exports.ts';
import { DocumentsListeners } from './documents.listeners.ts';
import { InvoicesController } from './invoices.controller.ts';
import { InvoicesService } from './invoices.service.ts';
import { MonthlyStatements } from './monthly.service.ts';
import { MonthlyStatementsController } from './monthly.controller.ts';

/** The wallet's papers that are made by themselves: invoices, credit notes, monthly statements. */
@Module({
  imports: [WalletModule],
  controllers: [InvoicesController, MonthlyStatementsController],
  providers: [InvoicesService, MonthlyStatements, DocumentsListeners, DocumentsExports],
})
export class DocumentsModule {}
