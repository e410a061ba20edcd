import Fastify from 'fastify';
import pg from 'pg';
import { readConfig } from '../../config.ts';

/**
 * The HTTP limit: what Fastify and pg alone can do on this machine. One prepared call that writes what an order writes
 * (limit.sql.ts), one that reads one row; no key, no validation, no rules.
 */
const { databaseUrl, poolSize, port } = readConfig();
const pool = new pg.Pool({ connectionString: databaseUrl ?? '', max: poolSize });
pool.on('error', () => undefined); // its database ends before it does
const app = Fastify();

app.get('/ready', async () => ({ rows: (await pool.query('SELECT 1')).rowCount }));

app.post<{ Body: { merchant: number; amount: number } }>('/orders', async ({ body }, reply) => {
  const { rows } = await pool.query<{ id: string }>({
    name: 'order',
    text: 'SELECT bare_order($1, $2) AS id',
    values: [body.merchant, body.amount],
  });
  return reply.code(201).send(rows[0]);
});

app.post<{ Body: { merchant: number } }>('/quotes', async ({ body }, reply) => {
  const { rows } = await pool.query<{ cash: string }>({
    name: 'quote',
    text: 'SELECT cash FROM bare_balance WHERE merchant = $1',
    values: [body.merchant],
  });
  return reply.code(201).send(rows[0]);
});

process.once('SIGTERM', () => {
  void app.close().then(() => pool.end());
});
await app.listen({ port, host: '127.0.0.1' });
