import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asMerchant } from '../../database/scope.ts';
import { Exports } from '../../exports/exports.service.ts';
import { idPageRequest, pageRequest } from '../../http/lists.ts';
import { page } from '../../kernel/pages.ts';
import { invoiceView } from './invoice.views.ts';
import { InvoicesService } from './invoices.service.ts';
import { listMonthly, MONTHLY_CURSOR, monthlyView } from './monthly.store.ts';

const EVERY = { kind: null, orderId: null, from: null, to: null };

/** Invoices, credit notes and monthly statements, for exports. */
@Injectable()
export class DocumentsExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly exports: Exports,
    private readonly invoices: InvoicesService,
  ) {}

  onModuleInit(): void {
    this.exports.register('invoices', ['invoice'], async (merchantId, query) => {
      const request = idPageRequest(query);
      const found = await this.invoices.list({ merchantId, ...EVERY }, request);
      return page(found, request.limit, invoiceView, ({ id }) => [id]);
    });
    this.exports.register('statements', ['monthly_statement'], async (merchantId, query) => {
      const request = pageRequest(query, MONTHLY_CURSOR);
      const found = await listMonthly(asMerchant(this.db, merchantId), merchantId, request);
      return page(found, request.limit, monthlyView, ({ month, currency }) => [month, currency]);
    });
  }
}
