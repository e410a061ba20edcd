import { rows } from '../../src/database/sql.ts';
import { idIn } from '../../src/kernel/ids.ts';
import type { TestApp } from './app.ts';
import type { Merchant } from './world.ts';

/** A transaction each: in one, every change of the book looks through the versions that those before it left. */
const AT_ONCE = 250;

/** What finance gave and took, of every size below `most` minor units: so many entries of a merchant's, one after the other. */
export async function correctMany(
  { db, clock }: TestApp,
  { id }: Merchant,
  count: number,
  most: number,
): Promise<void> {
  for (let first = 1; first <= count; first += AT_ONCE) {
    await rows(
      db,
      `SELECT wallet_adjust(ROW($1::uuid, uuidv7(), NULL, 'adjustment', 'correction:' || n, NULL, 'merchant', $1::text, NULL, 'USD',
         jsonb_build_array(jsonb_build_object('text', 'Correction ' || n, 'minor', amount::text)), NULL, $2::timestamptz)::ledger_request, amount)
       FROM (SELECT n, CASE WHEN n % 2 = 0 THEN 1 ELSE -1 END * (n * n * 37 % $5 + 1)::bigint AS amount
         FROM generate_series($3::bigint, $4::bigint) n ORDER BY n) made`,
      [idIn('mer', id), clock.now(), first, Math.min(count, first + AT_ONCE - 1), most],
    );
  }
}
