import { Module } from '@nestjs/common';
import { StatementDrawing } from '../statement-documents/drawing.ts';
import { StatementDocumentsController } from '../statement-documents/statement-documents.controller.ts';
import { StatementDocuments } from '../statement-documents/statement-documents.service.ts';
import { WalletModule } from '../wallet.module.ts';
import { DocumentsExports } from './documents.exports.ts';
import { DocumentsListeners } from './documents.listeners.ts';
import { InvoicesController } from './invoices.controller.ts';
import { InvoicesService } from './invoices.service.ts';
import { MonthlyStatements } from './monthly.service.ts';
import { MonthlyStatementsController } from './monthly.controller.ts';

/** The wallet's papers: invoices, credit notes and monthly statements by themselves, long statements when asked for. */
@Module({
  imports: [WalletModule],
  controllers: [InvoicesController, MonthlyStatementsController, StatementDocumentsController],
  providers: [
    InvoicesService,
    MonthlyStatements,
    StatementDrawing,
    StatementDocuments,
    DocumentsListeners,
    DocumentsExports,
  ],
})
export class DocumentsModule {}
