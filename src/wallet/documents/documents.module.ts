import { Module } from '@nestjs/common';
import { WalletModule } from '../wallet.module.ts';
import { DocumentsListeners } from './documents.listeners.ts';
import { InvoicesController } from './invoices.controller.ts';
import { InvoicesService } from './invoices.service.ts';

/** The wallet's papers that are made by themselves: invoices and credit notes. */
@Module({
  imports: [WalletModule],
  controllers: [InvoicesController],
  providers: [InvoicesService, DocumentsListeners],
})
export class DocumentsModule {}
