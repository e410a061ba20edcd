import type { EntityManager } from 'typeorm';
import { filtersOf, newestOf, whereOf } from '../../database/filters.ts';
import { one, rows, send, type Db } from '../../database/sql.ts';
import type { Language } from '../../kernel/languages.ts';
import { Money } from '../../kernel/money.ts';
import type { PageRequest } from '../../kernel/pages.ts';
import type { Cause, ExplanationLine } from '../ledger/verbs.ts';
import type { Parties } from './parties.ts';

export const INVOICE_KINDS = ['invoice', 'credit_note'] as const;
export type InvoiceKind = (typeof INVOICE_KINDS)[number];

/** What was sold, or given back of it. Written once. */
export interface InvoiceRecord {
  merchantId: string;
  id: string;
  /** Gapless in the merchant's series, which invoices and credit notes share. */
  number: bigint;
  kind: InvoiceKind;
  journalId: string;
  /** Of a credit note: the invoice, with its number. */
  corrects: { id: string; number: bigint } | null;
  cause: Cause;
  total: Money;
  lines: ExplanationLine[];
  parties: Parties;
  language: Language;
  issuedAt: Date;
}

/** What a document is made of. */
export interface Documented {
  merchantId: string;
  kind: InvoiceKind;
  journalId: string;
  cause: Cause;
  total: Money;
  lines: readonly ExplanationLine[];
  /** Of a refund: journal of the charge. */
  chargeId: string | null;
}

/** What a document says of the money that moved. */
export interface JournalRow {
  cause_type: string;
  cause_id: string;
  currency: string;
  amount_minor: string;
  details: string;
  charge_id: string | null;
}

/** A journal with the charge that it is about. */
export function journalOf(tx: EntityManager, merchantId: string, journalId: string): Promise<JournalRow | null> {
  return one<JournalRow>(
    tx,
    `SELECT j.cause_type, j.cause_id, j.currency, j.amount_minor, j.details, c.id AS charge_id
     FROM ledger_journal j LEFT JOIN ledger_journal c ON c.merchant_id = j.merchant_id AND c.number = j.about
     WHERE j.merchant_id = $1 AND j.id = $2`,
    [merchantId, journalId],
  );
}

/**
 * Numbers a document and stores it, in one go: the number is taken with the row that bears it. A journal that has its
 * document takes none.
 */
export function storeInvoice(
  tx: EntityManager,
  made: Documented & { id: string; parties: Parties; language: Language; issuedAt: Date },
): void {
  const { merchantId, id, kind, journalId, chargeId, cause, total, parties, language, issuedAt } = made;
  const lines = made.lines.map(({ text, amount }) => ({ text, minor: amount.minor.toString() }));
  send(
    tx,
    `WITH next AS (
       INSERT INTO invoice_series AS s (merchant_id, last)
       SELECT $1::uuid, 1 WHERE NOT EXISTS (SELECT 1 FROM invoice WHERE merchant_id = $1 AND journal_id = $4)
       ON CONFLICT (merchant_id) DO UPDATE SET last = s.last + 1 RETURNING last
     )
     INSERT INTO invoice (merchant_id, id, number, kind, journal_id, corrects, cause_type, cause_id, currency, total_minor, lines, parties, language, issued_at)
     SELECT $1, $2, last, $3, $4, (SELECT id FROM invoice WHERE merchant_id = $1 AND journal_id = $5), $6, $7, $8, $9, $10, $11, $12, $13
     FROM next`,
    [
      ...[merchantId, id, kind, journalId, chargeId, cause.type, cause.id, total.currency, total.minor.toString()],
      ...[JSON.stringify(lines), JSON.stringify(parties), language, issuedAt],
    ],
  );
}

interface Row {
  merchant_id: string;
  id: string;
  number: string;
  kind: InvoiceKind;
  journal_id: string;
  corrects: string | null;
  corrected_number: string | null;
  cause_type: string;
  cause_id: string;
  currency: string;
  total_minor: string;
  lines: { text: string; minor: string }[];
  parties: Parties;
  language: Language;
  issued_at: Date;
}

const SELECT = `SELECT i.*, c.number AS corrected_number FROM invoice i
  LEFT JOIN invoice c ON c.merchant_id = i.merchant_id AND c.id = i.corrects`;

/** @param merchantId null: staff */
export async function findInvoice(db: Db, merchantId: string | null, id: string): Promise<InvoiceRecord | null> {
  const row = await one<Row>(db, `${SELECT} WHERE i.id = $1 AND ($2::uuid IS NULL OR i.merchant_id = $2)`, [
    id,
    merchantId,
  ]);
  return row === null ? null : toRecord(row);
}

export interface InvoiceFilter {
  /** Null: staff, across merchants. */
  merchantId: string | null;
  kind: string | null;
  orderId: string | null;
  from: Date | null;
  to: Date | null;
}

/** Newest first; one more than the page, where there is one. */
export async function listInvoices(db: Db, filter: InvoiceFilter, request: PageRequest): Promise<InvoiceRecord[]> {
  const { clauses, params } = filtersOf(
    [],
    [
      ['i.merchant_id =', filter.merchantId],
      ['i.issued_at >=', filter.from],
      ['i.issued_at <=', filter.to],
    ],
  );
  if (filter.kind === 'invoice') clauses.push(`i.kind = 'invoice'`);
  if (filter.kind === 'credit_note') clauses.push(`i.kind = 'credit_note'`); // as its index has it
  if (filter.orderId !== null) {
    const order = `$${params.push(filter.orderId)}`;
    clauses.push(
      `((i.cause_type = 'order' AND i.cause_id = ${order}) OR (c.cause_type = 'order' AND c.cause_id = ${order}))`,
    );
  }
  const newest = newestOf('i', { merchantId: filter.merchantId, after: request.after }, params);
  const where = whereOf([...clauses, ...newest.clauses]);
  const found = await rows<Row>(
    db,
    `${SELECT} ${where} ORDER BY ${newest.order} LIMIT $${params.push(request.limit + 1)}`,
    params,
  );
  return found.map(toRecord);
}

function toRecord(row: Row): InvoiceRecord {
  const { currency, corrects, corrected_number: number } = row;
  return {
    ...{
      merchantId: row.merchant_id,
      id: row.id,
      number: BigInt(row.number),
      kind: row.kind,
      journalId: row.journal_id,
    },
    corrects: corrects === null || number === null ? null : { id: corrects, number: BigInt(number) },
    cause: { type: row.cause_type, id: row.cause_id },
    total: Money.ofMinor(row.total_minor, currency),
    lines: row.lines.map(({ text, minor }) => ({ text, amount: Money.ofMinor(minor, currency) })),
    ...{ parties: row.parties, language: row.language, issuedAt: row.issued_at },
  };
}
