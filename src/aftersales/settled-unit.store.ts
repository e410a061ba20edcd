import type { EntityManager } from 'typeorm';
import { rows, type Db } from '../database/sql.ts';
import type { PackageRecord } from '../fulfilment/fulfilment.service.ts';
import type { Units } from './units.policy.ts';

/**
 * How many units of each line a package holds that no claim has settled, and no return has taken or asks for. What the
 * buyer does not have yet no return can take.
 */
export async function unitsLeft(db: Db, parcel: PackageRecord): Promise<Map<number, number>> {
  const settled = await rows<{ line: number; units: number }>(
    db,
    `SELECT line, sum(units)::int AS units FROM (
       SELECT line, 1 AS units FROM settled_unit WHERE merchant_id = $1 AND package_id = $2
       UNION ALL SELECT i.line, i.quantity FROM goods_return r, jsonb_to_recordset(r.items) AS i (line int, quantity int)
         WHERE r.merchant_id = $1 AND r.package_id = $2 AND r.status NOT IN ('denied', 'expired', 'rejected')
           AND ($3 OR r.status IN ('received', 'refunded'))) taken
     GROUP BY line`,
    [parcel.merchantId, parcel.id, parcel.status === 'delivered'],
  );
  const left = unitsIn(parcel);
  for (const { line, units } of settled) left.set(line, Math.max(0, (left.get(line) ?? 0) - units));
  return left;
}

/** How many units of each line a package holds. */
export function unitsIn({ items }: PackageRecord): Map<number, number> {
  const units = new Map<number, number>();
  for (const { line, quantity } of items) units.set(line, (units.get(line) ?? 0) + quantity);
  return units;
}

/** The units of a package that are not left: the fact `settled`. */
export function unitsSettled(parcel: PackageRecord, left: ReadonlyMap<number, number>): Units[] {
  return [...unitsIn(parcel)].flatMap(([line, held]) => {
    const quantity = held - (left.get(line) ?? 0);
    return quantity > 0 ? [{ line, quantity }] : [];
  });
}

/**
 * Counts units of a package as settled, each once for ever: the earliest that are left.
 * @param cause `claim:<id>` or `return:<id>`
 * @param units at most those that are left
 */
export async function settleUnits(
  tx: EntityManager,
  parcel: PackageRecord,
  cause: string,
  units: readonly Units[],
): Promise<void> {
  const held = unitsIn(parcel);
  const wanted = units.filter(({ quantity }) => quantity > 0);
  await rows(
    tx,
    `INSERT INTO settled_unit (merchant_id, package_id, line, unit, cause)
     SELECT $1, $2, w.line, u.unit, $3
     FROM unnest($4::int[], $5::int[], $6::int[]) AS w (line, quantity, held)
     CROSS JOIN LATERAL (
       SELECT n AS unit FROM generate_series(1, w.held) n
       WHERE NOT EXISTS (SELECT 1 FROM settled_unit s
         WHERE s.merchant_id = $1 AND s.package_id = $2 AND s.line = w.line AND s.unit = n)
       ORDER BY n LIMIT w.quantity) u`,
    [
      ...[parcel.merchantId, parcel.id, cause],
      wanted.map(({ line }) => line),
      wanted.map(({ quantity }) => quantity),
      wanted.map(({ line }) => held.get(line) ?? 0),
    ],
  );
}
