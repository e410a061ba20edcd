import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OnEvent, OnEventsLater, type DomainEvent } from '../../events/on-event.ts';
import { Timers } from '../../events/timers.ts';
import type { InvoiceKind } from './invoice.store.ts';
import { InvoicesService } from './invoices.service.ts';
import { MonthlyStatements } from './monthly.service.ts';

/** Transactions that are documented, and how. */
const DOCUMENTS: Readonly<Record<string, InvoiceKind>> = {
  order_charge: 'invoice',
  membership_fee: 'invoice',
  fee: 'invoice',
  refund: 'credit_note',
};

/** What makes documents: money that moves for something sold, and the end of each month. */
@Injectable()
export class DocumentsListeners implements OnModuleInit {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly monthly: MonthlyStatements,
    private readonly timers: Timers,
  ) {}

  onModuleInit(): void {
    this.timers.register({
      name: 'wallet: monthly statements',
      nextDue: () => this.monthly.nextDue(),
      run: (_, now) => this.monthly.makeDue(now),
    });
  }

  @OnEvent('merchant.registered')
  async begin(tx: EntityManager, { payload }: DomainEvent<'merchant.registered'>): Promise<void> {
    await this.monthly.begin(tx, payload.merchantId, new Date(payload.at));
  }

  @OnEventsLater('wallet.debited', 'wallet.credited')
  async document(
    tx: EntityManager,
    moved: readonly DomainEvent<'wallet.debited' | 'wallet.credited'>[],
  ): Promise<void> {
    const [{ merchantId } = { merchantId: '' }] = moved;
    const documented = moved.flatMap(({ payload: { journalId, type } }) => {
      const kind = DOCUMENTS[type];
      return kind === undefined ? [] : [{ merchantId, journalId, kind }];
    });
    await this.invoices.make(tx, merchantId, documented);
  }
}
