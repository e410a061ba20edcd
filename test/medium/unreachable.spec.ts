import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import fastify from 'fastify';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { serviceOptions } from '../../src/database/data-source.ts';
import { asHouse } from '../../src/database/scope.ts';
import { rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { ProblemFilter } from '../../src/http/problems.ts';

const url = process.env['DATABASE_URL'] ?? '';
const POOL = 3;
const server = fastify();
const filter = new ProblemFilter();
let thrown: unknown;

beforeAll(async () => {
  Logger.overrideLogger(false);
  server.setErrorHandler((error, request, reply) => {
    filter.answer(error, request, reply);
  });
  server.get('/', () => {
    throw thrown;
  });
  await server.ready();
});
afterAll(() => server.close());

/** The status of a request that met the error. */
async function statusOf(failing: Promise<unknown>): Promise<number> {
  thrown = await failing.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  );
  return (await server.inject('/')).statusCode;
}

/** Connects to somebody who speaks as PostgreSQL does not. */
async function connect(answer: (socket: Socket) => void, ssl: boolean): Promise<void> {
  const other = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      answer(socket);
    });
  });
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const { port } = other.address() as AddressInfo;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'waybill', database: 'waybill', ssl });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
    other.close();
  }
}

describe('a request whose database cannot be reached is answered 503', () => {
  it.each<[string, (socket: Socket) => void, boolean]>([
    ['hangs up', (socket) => socket.end(), false],
    ['sends bytes of nothing', (socket) => socket.write(Buffer.from([1, 0, 0, 0, 8, 1, 2, 3, 4])), false],
    ['answers what nobody asked', (socket) => socket.write(Buffer.from('C\0\0\0\rSELECT 1\0')), false],
    ['has no process left to speak over TLS', (socket) => socket.write('E'), true],
  ])('where the other end %s', async (_, answer, ssl) => {
    expect(await statusOf(connect(answer, ssl))).toBe(503);
  });

  it('where none of the addresses of its name answers', async () => {
    const none = net.createServer();
    await once(none.listen(0, '127.0.0.1'), 'listening');
    const { port } = none.address() as AddressInfo;
    none.close();
    const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
    const socket = net.connect({
      port,
      host: 'database.example',
      autoSelectFamily: true,
      lookup: (_host, _options, found) => {
        found(null, addresses);
      },
    });
    const refused = new Promise((_, reject) => {
      socket.once('error', reject);
    });
    expect(await statusOf(refused)).toBe(503);
    expect(thrown).toMatchObject({ errors: addresses.map(({ address }) => ({ address, syscall: 'connect' })) });
  });

  it('where all connections are taken for too long', async () => {
    const source = await new DataSource(serviceOptions(url, POOL)).initialize();
    const taken = Array.from({ length: POOL }, () => rows(asHouse(source), 'SELECT pg_sleep($1)', [2]));
    expect(await statusOf(rows(asHouse(source), 'SELECT $1::int', [1]))).toBe(503);
    await Promise.all(taken);
    await source.destroy();
  });

  it('where the service is about to end', async () => {
    const source = await new DataSource(serviceOptions(url, POOL)).initialize();
    const pool = (source.driver as unknown as { master: pg.Pool }).master;
    const ended = source.destroy();
    expect(await statusOf(pool.connect())).toBe(503);
    await ended;
    expect(await statusOf(rows(asHouse(source), 'SELECT $1::int', [1]))).toBe(503);
  });

  it.each([
    ['the user', (at: URL) => (at.username = 'nobody_whom_it_knows')],
    ['the database', (at: URL) => (at.pathname = '/renamed_for_a_restore')],
  ])('where %s is unknown for now: a password is changed, a backup restored', async (_, change) => {
    const at = new URL(url);
    change(at);
    expect(await statusOf(new pg.Client({ connectionString: String(at) }).connect())).toBe(503);
  });

  it('where it is read-only for now: a standby, or a disk without room', async () => {
    const source = await new DataSource(serviceOptions(url, POOL)).initialize();
    const writing = inTransaction(asHouse(source), async (tx) => {
      await rows(tx, 'SET TRANSACTION READ ONLY');
      return rows(tx, 'DELETE FROM rate_count WHERE window_at < $1', [new Date(0)]);
    });
    expect(await statusOf(writing)).toBe(503);
    await source.destroy();
  });
});
