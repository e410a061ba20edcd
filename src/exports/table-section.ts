import type { DataSource } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { rows } from '../database/sql.ts';
import { pageRequest } from '../http/lists.ts';
import { instant } from '../kernel/clock.ts';
import { idOut, type IdPrefix } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { page } from '../kernel/pages.ts';
import type { Section } from './exports.service.ts';

/** A column as it is stored, a UUID that is shown as an id of the API, or minor units with the column of their currency. */
export type Shown = string | { id: string; prefix: IdPrefix } | { minor: string; currency: string };

interface Described {
  table: string;
  /** What tells one row from another beside the merchant, in the order of the file, with its type: `{ id: 'uuid' }`. */
  key: Readonly<Record<string, string>>;
  /** By the name that the file gives it; what is not named stays here. */
  columns: Readonly<Record<string, Shown>>;
  /** A condition of the index that serves it. */
  where?: string;
}

type Row = Readonly<Record<string, unknown>>;

/** A table of a module's own that no list of the API shows, row by row. */
export function tableSection(db: DataSource, { table, key, columns, where = 'true' }: Described): Section {
  const keys = Object.keys(key);
  const after = Object.values(key).map((type, i) => `$${i + 3}::${type}`);
  const read = [...new Set(Object.values(columns).flatMap(sourcesOf))];
  const cursor = keys.map((name) => `${name}::text AS "key.${name}"`);
  const all = `SELECT ${[...read, ...cursor].join(', ')} FROM ${table} WHERE merchant_id = $1 AND ${where}`;
  const order = `ORDER BY ${keys.join(', ')} LIMIT $2`;
  // two texts, so that the index alone finds where a page begins
  const [first, next] = [`${all} ${order}`, `${all} AND (${keys.join(', ')}) > (${after.join(', ')}) ${order}`];
  return async (merchantId, query) => {
    const request = pageRequest(
      query,
      keys.map(() => /^[^\0]{1,300}$/),
    );
    const from = request.after ?? [];
    const found = await rows<Row>(asMerchant(db, merchantId), from.length === 0 ? first : next, [
      merchantId,
      request.limit + 1,
      ...from,
    ]);
    return page(
      found,
      request.limit,
      (row) => Object.fromEntries(Object.entries(columns).map(([name, shown]) => [name, valueOf(row, shown)])),
      (row) => keys.map((name) => String(row[`key.${name}`])),
    );
  };
}

function sourcesOf(shown: Shown): string[] {
  if (typeof shown === 'string') return [shown];
  return 'id' in shown ? [shown.id] : [shown.minor, shown.currency];
}

function valueOf(row: Row, shown: Shown): unknown {
  if (typeof shown === 'string') return plain(row[shown]);
  const value = row['id' in shown ? shown.id : shown.minor];
  if (typeof value !== 'string') return null;
  return 'id' in shown ? idOut(shown.prefix, value) : Money.ofMinor(value, String(row[shown.currency])).toJSON();
}

const plain = (value: unknown): unknown => (value instanceof Date ? instant(value) : (value ?? null));
