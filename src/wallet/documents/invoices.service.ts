import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asCaller } from '../../database/scope.ts';
import { atOnce } from '../../database/sql.ts';
import { Clock } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import type { PageRequest } from '../../kernel/pages.ts';
import { linesOf } from '../ledger/verbs.ts';
import {
  findInvoice,
  journalOf,
  listInvoices,
  storeInvoice,
  type InvoiceFilter,
  type InvoiceKind,
  type InvoiceRecord,
  type JournalRow,
} from './invoice.store.ts';
import { languageFor, PartyBook, type Parties } from './parties.ts';

/** A journal, and what it is documented by. */
export interface Documentation {
  merchantId: string;
  journalId: string;
  kind: InvoiceKind;
}

/** An invoice for each charge (an order, a period of membership, a fee), a credit note for each refund. */
@Injectable()
export class InvoicesService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly parties: PartyBook,
  ) {}

  /** Makes the documents of a merchant's journals, each once, with the merchant's next numbers. */
  async make(tx: EntityManager, merchantId: string, documented: readonly Documentation[]): Promise<void> {
    if (documented.length === 0) return;
    const [parties, journals] = await atOnce(tx, [
      () => this.parties.of(tx, merchantId),
      () =>
        atOnce(
          tx,
          documented.map(
            ({ journalId }) =>
              () =>
                journalOf(tx, merchantId, journalId),
          ),
        ),
    ]);
    for (const [i, it] of documented.entries()) {
      const journal = journals[i] ?? null;
      if (journal === null) throw new NotFound('journal');
      this.store(tx, it, journal, { ...parties, merchant: { ...parties.merchant, email: null } });
    }
  }

  /** @param merchantId null: staff @throws NotFound */
  async get(merchantId: string | null, id: string): Promise<InvoiceRecord> {
    const found = await findInvoice(asCaller(this.db, merchantId), merchantId, id);
    if (found === null) throw new NotFound('invoice');
    return found;
  }

  list(filter: InvoiceFilter, request: PageRequest): Promise<InvoiceRecord[]> {
    return listInvoices(asCaller(this.db, filter.merchantId), filter, request);
  }

  /** Its lines are what the journal explains. */
  private store(
    tx: EntityManager,
    { merchantId, journalId, kind }: Documentation,
    journal: JournalRow,
    parties: Parties,
  ): void {
    const { currency, cause_type, cause_id, amount_minor, details, charge_id: chargeId } = journal;
    // A charge says what left the wallet, below zero; an invoice what was sold.
    const sign = kind === 'invoice' ? -1n : 1n;
    const turned = (amount: Money): Money => Money.ofMinor(amount.minor * sign, currency);
    storeInvoice(tx, {
      ...{ merchantId, id: newId(), kind, journalId, chargeId, cause: { type: cause_type, id: cause_id } },
      total: turned(Money.ofMinor(amount_minor, currency)),
      lines: linesOf(details, currency).map(({ text, amount }) => ({ text, amount: turned(amount) })),
      ...{ parties, language: languageFor(parties), issuedAt: this.clock.now() },
    });
  }
}
