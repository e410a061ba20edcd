import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../../database/sql.ts';
import { instant, instantOrNull } from '../../kernel/clock.ts';
import { idOut } from '../../kernel/ids.ts';
import type { Language } from '../../kernel/languages.ts';
import { Money } from '../../kernel/money.ts';
import type { PageRequest } from '../../kernel/pages.ts';
import type { StatementOutline } from '../statement.service.ts';
import type { DOCUMENT_STATUSES, FORMS, StatementDocumentView } from './statement-documents.dto.ts';

export type Form = (typeof FORMS)[number];

export interface DocumentRow {
  merchant_id: string;
  id: string;
  form: Form;
  language: Language;
  currency: string;
  from_at: Date | null;
  to_at: Date;
  opening_minor: string;
  closing_minor: string;
  first_number: string | null;
  last_number: string | null;
  lines_total: number;
  lines_done: number;
  status: (typeof DOCUMENT_STATUSES)[number];
  run: number;
  bytes: string | null;
  created_at: Date;
  finished_at: Date | null;
  kept_until: Date;
}

/** What a document shows, and how. */
export interface Frame {
  outline: StatementOutline;
  form: Form;
  language: Language;
}

/** @param made.freeAt real time */
export async function insertDocument(
  tx: EntityManager,
  { outline: it, form, language }: Frame,
  made: { id: string; at: Date; keptUntil: Date; freeAt: Date },
): Promise<DocumentRow> {
  const row = await one<DocumentRow>(
    tx,
    `INSERT INTO statement_document (merchant_id, id, form, language, currency, from_at, to_at, opening_minor, closing_minor,
       first_number, last_number, lines_total, created_at, kept_until, free_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING *`,
    [
      ...[it.merchantId, made.id, form, language, it.currency, it.start, it.to, it.opening.minor, it.closing.minor],
      ...[it.first, it.last, it.entries, made.at, made.keptUntil, made.freeAt],
    ],
  );
  if (row === null) throw new Error('The document was not stored.');
  return row;
}

export function findDocument(db: Db, merchantId: string, id: string): Promise<DocumentRow | null> {
  return one<DocumentRow>(db, 'SELECT * FROM statement_document WHERE merchant_id = $1 AND id = $2', [merchantId, id]);
}

/** Newest first; one more than the page, where there is one. */
export function listDocuments(db: Db, merchantId: string, { limit, after }: PageRequest): Promise<DocumentRow[]> {
  return rows<DocumentRow>(
    db,
    `SELECT * FROM statement_document WHERE merchant_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [merchantId, after?.[0] ?? null, limit + 1],
  );
}

/** Those that are not done yet. */
export async function countWaiting(db: Db, merchantId: string): Promise<number> {
  const found = await one<{ n: number }>(
    db,
    `SELECT count(*)::int AS n FROM statement_document WHERE merchant_id = $1 AND status IN ('queued', 'running')`,
    [merchantId],
  );
  return found?.n ?? 0;
}

/** The part after `n`; null: that was the last one. */
export async function partAfter(
  db: Db,
  { merchant_id: merchantId, id }: DocumentRow,
  n: number,
): Promise<Buffer | null> {
  const found = await one<{ bytes: Buffer }>(
    db,
    'SELECT bytes FROM statement_document_part WHERE merchant_id = $1 AND document_id = $2 AND n = $3',
    [merchantId, id, n + 1],
  );
  return found?.bytes ?? null;
}

/**
 * The oldest one that waits, or whose worker has fallen silent, without what an earlier run had drawn.
 * @param now real time @param freeAt when it may be taken again, unless its worker says that it goes on
 */
export async function takeDocument(tx: EntityManager, now: Date, freeAt: Date): Promise<DocumentRow | null> {
  const taken = await one<DocumentRow>(
    tx,
    `UPDATE statement_document SET status = 'running', run = run + 1, lines_done = 0, free_at = $2
     WHERE (merchant_id, id) = (
       SELECT merchant_id, id FROM statement_document WHERE status IN ('queued', 'running') AND free_at <= $1
       ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *`,
    [now, freeAt],
  );
  if (taken !== null) await dropParts(tx, taken);
  return taken;
}

/** Adds a part and says how far the run is. @returns false: another run has begun, this one is over */
export async function addPart(
  tx: EntityManager,
  { merchant_id: merchantId, id, run }: DocumentRow,
  part: { n: number; bytes: Buffer; linesDone: number; freeAt: Date },
): Promise<boolean> {
  const added = await rows(
    tx,
    `WITH mine AS (UPDATE statement_document SET lines_done = $4, free_at = $5
       WHERE merchant_id = $1 AND id = $2 AND run = $3 AND status = 'running' RETURNING id)
     INSERT INTO statement_document_part (merchant_id, document_id, n, bytes) SELECT $1, id, $6, $7 FROM mine RETURNING n`,
    [merchantId, id, run, part.linesDone, part.freeAt, part.n, part.bytes],
  );
  return added.length === 1;
}

export async function finishDocument(
  tx: EntityManager,
  { merchant_id: merchantId, id, run }: DocumentRow,
  { bytes, at }: { bytes: number; at: Date },
): Promise<void> {
  await rows(
    tx,
    `UPDATE statement_document SET status = 'done', bytes = $4, finished_at = $5
     WHERE merchant_id = $1 AND id = $2 AND run = $3 AND status = 'running'`,
    [merchantId, id, run, bytes, at],
  );
}

/**
 * Gives it back to whoever comes, from an instant of real time on; or gives it up.
 * @param left.counts the run was one of those that may fail
 */
export async function leaveDocument(
  tx: EntityManager,
  document: DocumentRow,
  left: { status: 'queued' | 'failed'; counts: boolean; freeAt: Date; at: Date },
): Promise<void> {
  const { merchant_id: merchantId, id, run } = document;
  const mine = await rows(
    tx,
    `UPDATE statement_document SET status = $4, lines_done = 0, free_at = $5, finished_at = CASE WHEN $4 = 'failed' THEN $6::timestamptz END,
       run = run - CASE WHEN $7 THEN 0 ELSE 1 END
     WHERE merchant_id = $1 AND id = $2 AND run = $3 AND status = 'running' RETURNING id`,
    [merchantId, id, run, left.status, left.freeAt, left.at, left.counts],
  );
  if (mine.length > 0) await dropParts(tx, document);
}

export async function nextErasure(db: Db): Promise<Date | null> {
  return (await one<{ due: Date | null }>(db, 'SELECT min(kept_until) AS due FROM statement_document'))?.due ?? null;
}

/** Documents whose time is over. */
export function overdue(db: Db, now: Date, limit: number): Promise<DocumentRow[]> {
  return rows<DocumentRow>(
    db,
    'SELECT * FROM statement_document WHERE kept_until <= $1 ORDER BY kept_until, merchant_id, id LIMIT $2',
    [now, limit],
  );
}

export async function eraseDocument(tx: EntityManager, document: DocumentRow): Promise<void> {
  const key = [document.merchant_id, document.id];
  await rows(tx, 'SELECT id FROM statement_document WHERE merchant_id = $1 AND id = $2 FOR UPDATE', key);
  await dropParts(tx, document);
  await rows(tx, 'DELETE FROM statement_document WHERE merchant_id = $1 AND id = $2', key);
}

async function dropParts(tx: EntityManager, { merchant_id: merchantId, id }: DocumentRow): Promise<void> {
  await rows(tx, 'DELETE FROM statement_document_part WHERE merchant_id = $1 AND document_id = $2', [merchantId, id]);
}

/** The frame that it was asked for with. */
export function outlineOf(row: DocumentRow): StatementOutline {
  const { merchant_id: merchantId, currency } = row;
  return {
    ...{ merchantId, currency, start: row.from_at, to: row.to_at, entries: row.lines_total },
    opening: Money.ofMinor(row.opening_minor, currency),
    closing: Money.ofMinor(row.closing_minor, currency),
    ...{ first: row.first_number, last: row.last_number },
  };
}

export function documentView(row: DocumentRow): StatementDocumentView {
  const id = idOut('doc', row.id);
  const { opening, closing } = outlineOf(row);
  const isDone = row.status === 'done';
  return {
    ...{ id, status: row.status, format: row.form, language: row.language, currency: row.currency },
    ...{ from: instantOrNull(row.from_at), to: instant(row.to_at) },
    ...{ opening: opening.toJSON(), closing: closing.toJSON() },
    ...{ lines_done: row.lines_done, lines_total: row.lines_total },
    file: isDone ? `/v1/wallet/statement-documents/${id}/file` : null,
    size: row.bytes === null ? null : Number.parseInt(row.bytes, 10),
    ...{ created_at: instant(row.created_at), finished_at: instantOrNull(row.finished_at) },
    kept_until: instant(row.kept_until),
  };
}
