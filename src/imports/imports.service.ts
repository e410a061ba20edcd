import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { DataSource, type EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../database/filters.ts';
import { asHouse, asMerchant } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Actor } from '../http/actor.ts';
import { likePatterns } from '../http/personal.ts';
import { unstorableOf } from '../http/problems.ts';
import { Clock, plusDays } from '../kernel/clock.ts';
import { DomainError, InvalidFields, NotFound, type FieldError } from '../kernel/errors.ts';
import { noFormula } from '../kernel/formulas.ts';
import { HOUSE_ID, newId } from '../kernel/ids.ts';
import type { PageRequest } from '../kernel/pages.ts';
import { readCsv, type Column, type CsvFile, type CsvRow } from './csv.ts';

export type { Column, CsvRow } from './csv.ts';
export { ColumnsMissing, CsvUnreadable, TooManyRows } from './csv.ts';

const MAX_ROWS = 5_000;
const KEPT_DAYS = 30;

/** What became of one row. */
export interface Outcome {
  /** `unchanged`: it was there before, word for word. `set_aside`: kept for a person. */
  status: 'imported' | 'unchanged' | 'set_aside';
  /** What it made or met: an order, a top-up, a package; as the API writes its id. */
  subject?: string;
  detail?: string;
}

export interface RowResult {
  row: number;
  status: Outcome['status'] | 'failed';
  subject: string | null;
  detail: string | null;
  errors: FieldError[];
}

export interface ImportRecord {
  merchantId: string;
  id: string;
  kind: string;
  dryRun: boolean;
  createdAt: Date;
  headings: string[];
  delimiter: string;
  results: RowResult[];
  /** The rows that failed, as they came. */
  failed: { row: number; raw: readonly string[] }[];
}

export interface Given<C extends string> {
  kind: string;
  dryRun: boolean;
  csv: Buffer;
  columns: Readonly<Record<C, Column>>;
  /** Rows that answer alike are one change, such as the lines of an order; left out: each is by itself. */
  together?: (row: CsvRow<C>) => string;
}

/** The rows of one change, one at least. */
export type Rows<C extends string> = readonly [CsvRow<C>, ...CsvRow<C>[]];

/** Undoes a row of a dry run and carries its outcome out. */
class DryRun extends Error {
  constructor(readonly outcome: Outcome) {
    super('A dry run changes nothing.');
  }
}

/** Files of rows: each row is a change by itself, so a bad one costs no other; what was sent twice changes nothing. */
@Injectable()
export class ImportsService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads a file and does each change in a transaction of its own, in the file's order. A dry run does the same and
   * undoes it, change by change.
   * @param work does one change; must change nothing where it was imported before. A DomainError fails its rows alone.
   * @throws CsvUnreadable, ColumnsMissing, TooManyRows before anything happens
   */
  async run<C extends string>(
    actor: Actor,
    { kind, dryRun, csv, columns, together }: Given<C>,
    work: (tx: EntityManager, rows: Rows<C>) => Promise<Outcome>,
  ): Promise<ImportRecord> {
    const file = readCsv(csv, columns, MAX_ROWS);
    const results: RowResult[] = [];
    for (const change of changesOf(file.rows, together)) results.push(...(await this.change(change, dryRun, work)));
    results.sort((a, b) => a.row - b.row);
    return this.keep(actor, { kind, dryRun }, file, results);
  }

  private async change<C extends string>(
    change: Rows<C>,
    dryRun: boolean,
    work: (tx: EntityManager, rows: Rows<C>) => Promise<Outcome>,
  ): Promise<RowResult[]> {
    try {
      const outcome = await this.twice(change, dryRun, work);
      return change.map(({ row }) => resultOf(row, outcome));
    } catch (error) {
      const errors = refusalsOf(error);
      const [first] = errors;
      if (first === undefined) throw error;
      const detail = error instanceof DomainError ? error.message : first.detail;
      return change.map(({ row }) => ({ row, status: 'failed', subject: null, detail, errors }));
    }
  }

  /** Where it conflicts it is done once more: the same file, sent twice at once, may have done it just now. */
  private async twice<C extends string>(
    change: Rows<C>,
    dryRun: boolean,
    work: (tx: EntityManager, rows: Rows<C>) => Promise<Outcome>,
  ): Promise<Outcome> {
    try {
      return await this.once(change, dryRun, work);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'conflict') throw error;
      return this.once(change, dryRun, work);
    }
  }

  private async once<C extends string>(
    change: Rows<C>,
    dryRun: boolean,
    work: (tx: EntityManager, rows: Rows<C>) => Promise<Outcome>,
  ): Promise<Outcome> {
    try {
      return await inTransaction(asHouse(this.db), async (tx) => {
        const done = await work(tx, change);
        if (dryRun) throw new DryRun(done);
        return done;
      });
    } catch (error) {
      if (error instanceof DryRun) return error.outcome;
      throw error;
    }
  }

  private async keep<C extends string>(
    actor: Actor,
    { kind, dryRun }: { kind: string; dryRun: boolean },
    file: CsvFile<C>,
    results: RowResult[],
  ): Promise<ImportRecord> {
    const bad = new Set(results.filter(({ status }) => status === 'failed').map(({ row }) => row));
    const record: ImportRecord = {
      merchantId: actor.kind === 'merchant' ? actor.merchantId : HOUSE_ID,
      ...{ id: newId(), kind, dryRun, createdAt: this.clock.now() },
      ...{ headings: file.headings, delimiter: file.delimiter, results },
      failed: file.rows.filter(({ row }) => bad.has(row)).map(({ row, raw }) => ({ row, raw })),
    };
    await rows(
      asHouse(this.db),
      `INSERT INTO import_run (merchant_id, id, kind, dry_run, created_at, headings, delimiter, results, failed)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        ...[record.merchantId, record.id, kind, dryRun, record.createdAt, record.headings, record.delimiter],
        ...[JSON.stringify(results), JSON.stringify(record.failed)],
      ],
    );
    return record;
  }

  /** Newest first. @param merchantId HOUSE_ID for the operator's own */
  list(merchantId: string, kind: string | null, { limit, after }: PageRequest): Promise<ImportRecord[]> {
    const { clauses, params } = filtersOf(
      [],
      [
        ['merchant_id =', merchantId],
        ['id <', after?.[0]],
        ['kind =', kind],
      ],
    );
    return rows<ImportRecord>(
      asMerchant(this.db, merchantId),
      `SELECT ${COLUMNS} FROM import_run ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`,
      params,
    );
  }

  /** Rows of files that came longer than 30 days ago are cleared; what became of them stays. @returns files */
  async forgetRows(now: Date): Promise<number> {
    const cleared = await rows(
      asHouse(this.db),
      `UPDATE import_run SET failed = '[]' WHERE created_at < $1 AND failed <> '[]' RETURNING id`,
      [plusDays(now, -KEPT_DAYS)],
    );
    return cleared.length;
  }

  /**
   * Rows that failed and name a buyer go, and what was said of them.
   * @param merchantId null: of every merchant
   * @param named each is enough: all of its words in one row
   */
  async forgetBuyer(
    tx: EntityManager,
    merchantId: string | null,
    named: readonly (readonly string[])[],
  ): Promise<void> {
    const found = await rows<Pick<ImportRecord, 'merchantId' | 'id' | 'results' | 'failed'>>(
      tx,
      `SELECT merchant_id AS "merchantId", id, results, failed FROM import_run
       WHERE ($1::uuid IS NULL OR merchant_id = $1) AND failed <> '[]' AND failed::text ILIKE ANY ($2::text[]) FOR UPDATE`,
      [merchantId, likePatterns(named.map(([first = '']) => first))],
    );
    for (const { merchantId: owner, id, results, failed } of found) {
      const gone = new Set(failed.filter(({ raw }) => isNamed(raw, named)).map(({ row }) => row));
      const left = failed.filter(({ row }) => !gone.has(row));
      const said = results.map((result) =>
        gone.has(result.row) ? { ...result, detail: null, errors: result.errors.map(withoutDetail) } : result,
      );
      await rows(tx, 'UPDATE import_run SET failed = $3, results = $4 WHERE merchant_id = $1 AND id = $2', [
        ...[owner, id, JSON.stringify(left), JSON.stringify(said)],
      ]);
    }
  }

  /** @throws NotFound */
  async get(merchantId: string, id: string): Promise<ImportRecord> {
    const found = await one<ImportRecord>(
      asMerchant(this.db, merchantId),
      `SELECT ${COLUMNS} FROM import_run WHERE merchant_id = $1 AND id = $2`,
      [merchantId, id],
    );
    if (found === null) throw new NotFound('import');
    return found;
  }
}

const COLUMNS = `merchant_id AS "merchantId", id, kind, dry_run AS "dryRun", created_at AS "createdAt", headings, delimiter, results, failed`;

function isNamed(raw: readonly string[], named: readonly (readonly string[])[]): boolean {
  const row = raw.join('\n').toLowerCase();
  return named.some((words) => words.every((word) => row.includes(word.toLowerCase())));
}

/** What it says may quote the row. */
const withoutDetail = ({ pointer, code }: FieldError): FieldError => ({ pointer, code, detail: code });

/** Why its rows fail and no others; none where it is no fault of the rows. */
function refusalsOf(error: unknown): FieldError[] {
  if (error instanceof InvalidFields && error.errors.length > 0) return [...error.errors];
  if (error instanceof DomainError && error.kind !== 'unavailable')
    return [{ pointer: '', code: error.code, detail: error.message }];
  const unstorable = unstorableOf(error);
  return unstorable === null ? [] : [unstorable];
}

/** In the order of their first rows. */
function changesOf<C extends string>(
  all: readonly CsvRow<C>[],
  together: ((row: CsvRow<C>) => string) | undefined,
): Rows<C>[] {
  if (together === undefined) return all.map((row) => [row]);
  const changes = new Map<string, [CsvRow<C>, ...CsvRow<C>[]]>();
  for (const row of all) {
    const change = changes.get(together(row));
    if (change === undefined) changes.set(together(row), [row]);
    else change.push(row);
  }
  return [...changes.values()];
}

const resultOf = (row: number, { status, subject, detail }: Outcome): RowResult => ({
  ...{ row, status, subject: subject ?? null, detail: detail ?? null, errors: [] },
});

/**
 * The rows that failed as the file had them, with a column that says why: mend them and send them again. Cells may be
 * other people's words, of a bank's statement or a buyer's: none runs as a formula, and readCsv takes that off again.
 */
export function failedCsv({ headings, delimiter, failed, results }: ImportRecord): string {
  const why = new Map(results.map(({ row, errors }) => [row, errors.map(({ detail }) => detail).join(' ')]));
  const kept = headings.map((heading, place) => ({ heading, place })).filter(({ heading }) => heading !== 'error');
  const lines = failed.map(({ row, raw }) => [...kept.map(({ place }) => raw[place] ?? ''), why.get(row) ?? '']);
  const table = [[...kept.map(({ heading }) => heading), 'error'], ...lines];
  return stringify(
    table.map((cells) => cells.map(noFormula)),
    { delimiter },
  );
}
