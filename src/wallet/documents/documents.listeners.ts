import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, type DomainEvent } from '../../events/on-event.ts';
import type { InvoiceKind } from './invoice.store.ts';
import { InvoicesService } from './invoices.service.ts';

/** Transactions that are documented, and how. */
const DOCUMENTS: Readonly<Record<string, InvoiceKind>> = {
  order_charge: 'invoice',
  membership_fee: 'invoice',
  fee: 'invoice',
  refund: 'credit_note',
};

/** Money that moves for something sold makes its document. */
@Injectable()
export class DocumentsListeners {
  constructor(private readonly invoices: InvoicesService) {}

  @OnEvent('wallet.debited', 'wallet.credited')
  async document(tx: EntityManager, { payload }: DomainEvent<'wallet.debited' | 'wallet.credited'>): Promise<void> {
    const kind = DOCUMENTS[payload.type];
    if (kind !== undefined) await this.invoices.make(tx, payload.merchantId, payload.journalId, kind);
  }
}
