import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { asMerchant } from '../../src/database/scope.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { scansOf } from '../support/scans.ts';
import { World, type Merchant } from '../support/world.ts';

/** What is asked for lies behind so many others. */
const [RARE, OTHERS] = [30, 3_000] as const;
/** Money came every minute of an hour. */
const BEGAN = '2026-01-01T00:00:00Z';
const ENDPOINT = '01a00000-0000-7000-8000-000000000001';

let test: TestApp;
let world: World;
let merchant: Merchant;
let merchantId: string;

beforeAll(async () => {
  test = await startApp({ ROLE: 'api' });
  world = await World.open(test);
  merchant = await world.merchant();
  merchantId = idIn('mer', merchant.id) ?? '';
  const owner = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  await owner.connect();
  const id = `('01a00000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid`;
  const all = `generate_series(1, ${RARE + OTHERS}) AS n`;
  await owner.query(`
    SET session_replication_role = replica;
    INSERT INTO audit_entry (merchant_id, at, actor_kind, call, request_id, subject)
      SELECT CASE WHEN n <= ${RARE} THEN '${merchantId}' ELSE uuidv7() END, now(), 'merchant', 'x', 'x', 'api_key' FROM ${all};
    INSERT INTO store_order (merchant_id, id, store_id, external_id, name, status, reason, lines, order_id, store_updated_at, received_at)
      SELECT '${merchantId}', ${id}, '${ENDPOINT}', n, n, CASE WHEN n <= ${RARE} THEN 'held' ELSE 'placed' END, 'x', '[]', ${id}, now(), now() FROM ${all};
    INSERT INTO store_order (merchant_id, id, store_id, external_id, name, status, reason, lines, store_updated_at, received_at)
      SELECT uuidv7(), ${id}, '${ENDPOINT}', n, n, 'held', 'x', '[]', now(), now() FROM ${all};
    INSERT INTO webhook_endpoint (merchant_id, id, url, events, status, created_at)
      VALUES ('${merchantId}', '${ENDPOINT}', 'https://shop.example', '{*}', 'enabled', now());
    INSERT INTO event_view (merchant_id, id, type, aggregate, sequence, created_at, data)
      SELECT '${merchantId}', ${id}, 'order.paid', ${id}, n, now(), '{}' FROM ${all};
    INSERT INTO webhook_delivery (merchant_id, id, endpoint_id, event_id, aggregate, sequence, status, next_at, give_up_at, created_at)
      SELECT '${merchantId}', ${id}, '${ENDPOINT}', ${id}, ${id}, n, CASE WHEN n <= ${RARE} THEN 'failed' ELSE 'delivered' END, now(), now(), now() FROM ${all};`);
  await owner.query(`
    SET session_replication_role = origin;
    SELECT wallet_top_up(ROW('${merchantId}', uuidv7(), NULL, 'top_up', 'top_up:' || n, NULL, 'top_up', uuidv7()::text, NULL, 'USD', '[]', NULL,
      '${BEGAN}'::timestamptz + n * interval '1 minute')::ledger_request, 100::bigint, 12, NULL, NULL, NULL, NULL)
    FROM generate_series(1, 60) AS n`);
  for (const table of ['audit_entry', 'store_order', 'event_view', 'webhook_delivery'])
    await owner.query(`VACUUM ANALYZE ${table}`);
  await owner.end();
});
afterAll(() => test.close());

it.each([
  ['audit', 'audit_entry'],
  ['store-orders?status=held', 'store_order'],
  ['webhook-deliveries?status=failed', 'webhook_delivery'],
])('finds a merchant’s %s without reading what lies before them', async (list, table) => {
  const scope = asMerchant(test.db.source, merchantId);
  const { scans } = await scansOf(merchant.caller, `/v1/${list}`, { table, scope });
  for (const { inVain } of scans) expect(inVain).toBe(0);
});

it('reads the house’s audit log in its order', async () => {
  const of = { table: 'audit_entry', scope: test.db };
  const { scans } = await scansOf(world.admin, '/v1/audit', of);
  for (const { inVain } of scans) expect(inVain).toBe(0);
});

it.each(['to=2026-01-01T00:25:00Z', 'from=2026-01-01T00:20:00Z&to=2026-01-01T00:40:00Z'])(
  'reads the transactions of a time, %s, and none of another',
  async (time) => {
    const of = { table: 'ledger_journal j', scope: asMerchant(test.db.source, merchantId) };
    const { scans } = await scansOf(merchant.caller, `/v1/wallet/transactions?${time}`, of);
    for (const { inVain } of scans) expect(inVain).toBe(0);
  },
);
