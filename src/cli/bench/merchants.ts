import pg from 'pg';
import { DataSource } from 'typeorm';
import { newToken } from '../../accounts/accounts.service.ts';
import { Config } from '../../config.ts';
import { serviceOptions } from '../../database/data-source.ts';
import { MERCHANT_SCOPES } from '../../http/actor.ts';
import { Secrets } from '../../http/secrets.ts';
import { newId } from '../../kernel/ids.ts';

const CASH_MINOR = 100_000_000_000n;
/** Their books are open since then: a history of orders has its place behind the top-up. */
const SINCE = `clock_timestamp() - interval '160 days'`;

/** A merchant with money, and the key that its store uses. */
export interface Shop {
  id: string;
  key: string;
}

/**
 * So many merchants, each with a key and a top-up that is posted by the wallet's own verb: a sign-up over HTTP would
 * spend its time on password hashes.
 * @param secretKey SECRET_KEY of the service that will be asked
 */
export async function makeShops(url: string, secretKey: string, count: number): Promise<Shop[]> {
  const db = await new DataSource(serviceOptions(url, 2)).initialize();
  const secrets = new Secrets(db, new Config({ SECRET_KEY: secretKey }));
  await secrets.onModuleInit();
  const shops = Array.from({ length: count }, () => ({ id: newId(), key: newToken('wb_live_') }));
  await db.destroy();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const columns = [
      shops.map(({ id }) => id),
      shops.map(() => newId()),
      shops.map(({ key }) => secrets.hmac('api-key', key)),
      shops.map(({ key }) => key.slice(-4)),
    ];
    await client.query(
      `WITH made AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[]) AS m(id, key_id, hash, last_four)),
       merchants AS (INSERT INTO merchant (id, name, email, country, currency, status, plan, created_at)
         SELECT id, 'Shop', id || '@merchants.example', 'DE', 'USD', 'active', 'starter', ${SINCE} FROM made),
       routes AS (INSERT INTO api_key_route (hash, merchant_id, key_id) SELECT hash, id, key_id FROM made),
       profiles AS (INSERT INTO wallet_profile (merchant_id, home_currency) SELECT id, 'USD' FROM made)
       INSERT INTO api_key (merchant_id, id, family, hash, name, last_four, scopes, created_at)
         SELECT id, key_id, key_id, hash, 'sign-up', last_four, $5, clock_timestamp() FROM made`,
      [...columns, MERCHANT_SCOPES],
    );
    await client.query(
      `SELECT (wallet_top_up(ROW(id, journal_id, NULL, 'top_up', 'top_up:bench', NULL, 'top_up', 'bench', NULL, 'USD',
          jsonb_build_array(jsonb_build_object('text', 'Bank transfer', 'minor', $3::text)), NULL, ${SINCE})::ledger_request,
         $3::bigint, 12, NULL, NULL, NULL, NULL)).status
       FROM unnest($1::uuid[], $2::uuid[]) AS m(id, journal_id)`,
      [shops.map(({ id }) => id), shops.map(() => newId()), CASH_MINOR],
    );
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
  return shops;
}
