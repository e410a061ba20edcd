import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrations } from '../../migrations/index.ts';
import { startCluster, type Cluster } from '../../src/database/embedded-postgres.ts';
import { isAlive } from '../../src/database/processes.ts';
import { freePort } from '../../src/cli/free-port.ts';
import { databaseUrl } from '../support/cluster.ts';
import { build, NPM_START, pause, ServiceProcess, until } from '../support/process.ts';

const FOLDERS = path.resolve(import.meta.dirname, '../../.cache');
const STACK = /\n\s+at /;

const databaseOfTest = (): string => process.env['DATABASE_URL'] ?? '';
const running: ServiceProcess[] = [];
const folders: string[] = [];
const clusters: Cluster[] = [];

async function start(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const service = await ServiceProcess.start(env);
  running.push(service);
  return service;
}

/** A folder of its own for an embedded cluster; its path is short enough for a socket. */
function folder(): string {
  const made = fs.mkdtempSync(path.join(FOLDERS, 'run-'));
  fs.chmodSync(made, 0o755);
  folders.push(made);
  return made;
}

async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function emptyDatabase(name: string): Promise<string> {
  const cluster = process.env['TEST_CLUSTER_URL'] ?? '';
  await query(cluster, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await query(cluster, `CREATE DATABASE ${name}`);
  return databaseUrl(cluster, name);
}

/** Names of the migrations that ran, as often as they ran. */
async function ran(url: string): Promise<string[]> {
  return (await query<{ name: string }>(url, 'SELECT name FROM migrations ORDER BY name')).map(({ name }) => name);
}

const everyMigrationOnce = (): string[] => migrations.map(({ name }) => name).sort();

function postmasterOf(dataDir: string): number {
  const file = path.join(dataDir, 'postgres/postmaster.pid');
  return fs.existsSync(file) ? Number.parseInt(fs.readFileSync(file, 'utf8'), 10) : 0;
}

/** Holds a table that GET /metrics reads: the request then runs until the lock is given back. */
async function holdEvents(url: string): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // the database is killed while the lock is held
  await client.connect();
  await client.query('BEGIN; LOCK TABLE event IN ACCESS EXCLUSIVE MODE');
  return { release: () => client.end() };
}

const WAITING = `FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%AS unpublished%'`;

async function isWaiting(url: string): Promise<boolean> {
  return (await query(url, `SELECT 1 ${WAITING}`)).length > 0;
}

describe('starting and stopping', () => {
  beforeAll(() => {
    fs.mkdirSync(FOLDERS, { recursive: true });
    build();
  }, 60_000);
  afterEach(async () => {
    for (const service of running.splice(0)) {
      service.kill('SIGKILL');
      await service.exited;
    }
    for (const cluster of clusters.splice(0)) await cluster.stop(); // or it would be started again when its folder goes
  });
  afterAll(() => {
    for (const made of folders) {
      const left = postmasterOf(made);
      if (left > 0 && isAlive(left)) process.kill(left, 'SIGKILL');
      fs.rmSync(made, { recursive: true, force: true });
    }
  });

  describe('a start that cannot be says why and ends with 1, without a stack', () => {
    it('names every wrong setting at once', async () => {
      const service = await start({
        PORT: 'many',
        ROLE: 'boss',
        LOG_LEVEL: 'loud',
        DATABASE_URL: 'mysql://db',
        SANDBOX: 'perhaps',
      });
      expect(await service.exited).toBe(1);
      for (const name of ['PORT', 'ROLE', 'LOG_LEVEL', 'DATABASE_URL', 'SANDBOX'])
        expect(service.output).toContain(`  - ${name} is`);
      expect(service.output).not.toMatch(STACK);
    });

    it('names a port that is in use', async () => {
      const port = await freePort();
      const other = net.createServer().listen(port, '0.0.0.0');
      await once(other, 'listening');
      const service = await start({ DATABASE_URL: databaseOfTest(), PORT: String(port) });
      expect(await service.exited).toBe(1);
      other.close();
      expect(service.output).toContain(`Port ${port} is in use; set PORT to a free one.`);
      expect(service.output).not.toMatch(STACK);
    });

    it('names a database that does not answer', async () => {
      const service = await start({ DATABASE_URL: `postgres://nobody@localhost:${await freePort()}/none` });
      expect(await service.exited).toBe(1);
      expect(service.output).toContain('The database of DATABASE_URL cannot be used: ');
      expect(service.output).toContain('ECONNREFUSED');
      expect(service.output).not.toMatch(STACK);
    });

    it('names a folder that cannot be made', async () => {
      const file = path.join(folder(), 'file');
      fs.writeFileSync(file, '');
      for (const [dir, reason] of [
        ['/proc/waybill', 'ENOENT'], // a recursive mkdir of Node's tries for ever there
        [path.join(file, 'data'), 'ENOTDIR'],
      ]) {
        const service = await start({ DATA_DIR: dir ?? '' });
        expect(await service.exited).toBe(1);
        expect(service.output).toContain(`The folder of DATA_DIR cannot be used: ${reason ?? ''}`);
        expect(service.output).not.toMatch(STACK);
      }
    });

    it('knows the secret that the database was begun with', async () => {
      const env = { DATABASE_URL: await emptyDatabase('begun'), ROLE: 'api' };
      await (await (await start(env)).ready()).stop();
      const service = await start({ ...env, SECRET_KEY: 'another secret, and a long one too' });
      expect(await service.exited).toBe(1);
      expect(service.output).toContain('SECRET_KEY is not the one that this database was begun with');
      expect(service.output).not.toMatch(STACK);
      expect((await (await (await start(env)).ready()).stop()).code).toBe(0);
    }, 30_000);

    it('names what the user of the database lacks', async () => {
      const cluster = process.env['TEST_CLUSTER_URL'] ?? '';
      const user = `lacking_${process.pid}`;
      await query(cluster, `CREATE ROLE ${user} LOGIN`);
      const url = new URL(await emptyDatabase('lacking'));
      await query(cluster, `ALTER DATABASE lacking OWNER TO ${user}`);
      url.username = user;
      const service = await start({ DATABASE_URL: String(url) });
      expect(await service.exited).toBe(1);
      await query(cluster, 'DROP DATABASE lacking');
      await query(cluster, `DROP ROLE ${user}`);
      expect(service.output).toMatch(
        /^The user of DATABASE_URL may not do what the migrations do: .* needs CREATEROLE/m,
      );
      expect(service.output).toContain('permission denied');
    });

    it('names a database that takes the connection and says nothing', async () => {
      const silent = net.createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as net.AddressInfo;
      const service = await start({ DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/none` });
      expect(await service.exited).toBe(1);
      silent.close();
      expect(service.output).toContain('The database of DATABASE_URL cannot be used: ');
      expect(service.output).not.toMatch(STACK);
    }, 30_000);
  });

  it('a fault that nobody caught is logged: of a promise the service goes on, of a throw it ends in order, with 1', async () => {
    const faults = `process.once('SIGUSR2',()=>{Promise.reject(Error('forgotten'));process.once('SIGUSR2',()=>{throw(Error('thrown'))})})`;
    const env = { DATABASE_URL: databaseOfTest(), NODE_OPTIONS: `--import=data:text/javascript,${faults}` };
    const service = await (await start(env)).ready();
    const logged = (text: string): object =>
      JSON.parse(service.output.split('\n').find((line) => line.includes(`"message":"${text}"`)) ?? '{}') as object;
    service.kill('SIGUSR2');
    await until('it is logged', () => service.output.includes('forgotten'));
    expect(logged('forgotten')).toMatchObject({ level: 'error', err: { message: 'forgotten' } });
    expect(await service.status('/health/ready')).toBe(200);
    service.kill('SIGUSR2');
    expect(await service.exited).toBe(1);
    expect(logged('thrown')).toMatchObject({ level: 'fatal', err: { message: 'thrown' } });
    // its leases were given back
    expect(await query(databaseOfTest(), `SELECT FROM event_lane WHERE expires_at > clock_timestamp()`)).toEqual([]);
  });

  describe('SIGTERM', () => {
    it('lets a running request finish, takes no new one, and ends with 0', async () => {
      const service = await (await start({ DATABASE_URL: databaseOfTest(), ROLE: 'api' })).ready(); // no relay waits beside
      const lock = await holdEvents(databaseOfTest());
      const request = fetch(`${service.url}/metrics`);
      await until('the request runs', () => isWaiting(databaseOfTest()));
      service.kill('SIGTERM');
      await until('no new request is taken', async () => (await service.status('/health/live')) === 0);
      await lock.release();
      expect((await request).status).toBe(200);
      expect(await service.exited).toBe(0);
    });

    it('answers what comes on a connection that is open, and says that it is the last', async () => {
      const service = await (await start({ DATABASE_URL: databaseOfTest() })).ready();
      const caller = net.connect(service.port, '127.0.0.1');
      const closed = once(caller, 'close');
      let heard = '';
      caller.on('data', (bytes: Buffer) => (heard += bytes.toString()));
      const ask = async (): Promise<string> => {
        heard = '';
        caller.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
        await until('an answer', () => heard.includes('"live"'));
        return heard;
      };
      expect(await ask()).toMatch(/^HTTP\/1.1 200 [^]*connection: keep-alive/i);
      service.kill('SIGTERM');
      await until('it stops', async () => (await service.status('/health/ready')) !== 200);
      expect(await ask()).toMatch(/^HTTP\/1.1 200 [^]*connection: close/i);
      await closed;
      expect(await service.exited).toBe(0);
    });

    it('is not held up by a request that is never sent to its end', async () => {
      const service = await (await start({ DATABASE_URL: databaseOfTest() })).ready();
      const caller = net.connect(service.port, '127.0.0.1');
      caller.on('error', () => undefined); // it is cut
      await once(caller, 'connect');
      caller.write('POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
      await pause(100);
      const { code, ms } = await service.stop();
      expect(code).toBe(0);
      expect(ms).toBeLessThan(10_000);
    });

    it('reaches the service through npm', async () => {
      const env = { DATABASE_URL: databaseOfTest(), LOG_LEVEL: 'info', ADMIN_EMAIL: 'ops@operator.example' };
      const service = await ServiceProcess.start({ ...env, ADMIN_PASSWORD: 'correct horse battery' }, NPM_START);
      running.push(service);
      await service.ready();
      expect((await service.stop()).code).toBe(0);
      const ours = service.output.split('\n').filter((line) => !/^(>.*)?$/.test(line)); // npm says what it runs
      const told = ours.map((line) => (JSON.parse(line) as { msg: string }).msg);
      expect(told).toEqual(
        expect.arrayContaining([expect.stringContaining('listens on'), 'SIGTERM: finishing what runs']),
      );
      expect(await service.status('/health/live')).toBe(0);
    });

    it('during the start ends it in order, and the embedded PostgreSQL with it', async () => {
      const dir = folder();
      const service = await start({ DATA_DIR: dir });
      await until('PostgreSQL runs', () => postmasterOf(dir) > 0);
      const postmaster = postmasterOf(dir);
      expect((await service.stop('SIGINT')).code).toBe(0);
      expect(isAlive(postmaster)).toBe(false);
    });

    it('is what a terminal that closes comes to: nobody reads any more, and no PostgreSQL is left behind', async () => {
      const dir = folder();
      const service = await (await start({ DATA_DIR: dir })).ready();
      const postmaster = postmasterOf(dir);
      service.stopReading();
      expect((await service.stop('SIGHUP')).code).toBe(0);
      expect(isAlive(postmaster)).toBe(false);
    });
  });

  describe('several starts at once', () => {
    it('on one empty database migrate it once', async () => {
      const url = await emptyDatabase(`starts_${process.pid}`);
      const services = await Promise.all([1, 2, 3].map(() => start({ DATABASE_URL: url })));
      await Promise.all(services.map((service) => service.ready()));
      expect(await ran(url)).toEqual(everyMigrationOnce());
      expect(await Promise.all(services.map(async (service) => (await service.stop()).code))).toEqual([0, 0, 0]);
    });

    it('in one new folder share one PostgreSQL, which the last one stops', async () => {
      const dir = folder();
      const services = await Promise.all([1, 2, 3].map(() => start({ DATA_DIR: dir })));
      await Promise.all(services.map((service) => service.ready()));
      const postmaster = postmasterOf(dir);
      const socket = encodeURIComponent(path.join(dir, 'postgres'));
      expect(await ran(`postgres://postgres@localhost/waybill?host=${socket}`)).toEqual(everyMigrationOnce());
      for (const [i, service] of services.entries()) {
        expect((await service.stop()).code).toBe(0);
        const next = services[i + 1];
        if (next !== undefined) expect(await next.status('/health/ready')).toBe(200);
      }
      expect(isAlive(postmaster)).toBe(false);
    });
  });

  describe('a database that dies', () => {
    it('and comes back finds the service alive: 503, then 200', async () => {
      const options = { dataDir: path.join(folder(), 'postgres'), fast: true, searchPath: process.env['PATH'] ?? '' };
      const cluster = await startCluster(options);
      clusters.push(cluster);
      const service = await (await start({ DATABASE_URL: cluster.url('postgres'), ROLE: 'api' })).ready();
      const lock = await holdEvents(cluster.url('postgres'));
      const figures = async (): Promise<string> => (await fetch(`${service.url}/metrics`)).text();
      const request = figures();
      await until('the request runs', () => isWaiting(cluster.url('postgres')));
      await query(cluster.url('postgres'), `SELECT pg_terminate_backend(pid) ${WAITING}`);
      expect(await request).toMatch(/^waybill_database_up 0$/m);
      await cluster.stop();
      await lock.release();
      expect(await service.status('/health/ready')).toBe(503);
      expect(await service.status('/health/live')).toBe(200);
      expect(await figures()).toMatch(
        /^waybill_http_request_seconds_count\{method="GET",route="\/health\/ready",status="503"\} 1$/m,
      );
      const reset = await fetch(`${service.url}/v1/password-resets/a-token-that-opens`, {
        ...{ method: 'POST', headers: { 'Content-Type': 'application/json' } },
        body: JSON.stringify({ password: 'correct horse battery' }),
      });
      expect(reset.status).toBe(503);
      expect(service.output).toContain('"route":"/v1/password-resets/:token"');
      expect(service.output).not.toContain('a-token-that-opens');
      clusters.push(await startCluster(options));
      await until('ready again', async () => (await service.status('/health/ready')) === 200);
      expect(await figures()).toMatch(/^waybill_database_up 1$/m);
      expect((await service.stop()).code).toBe(0);
    });

    it('by SIGKILL in its folder is started again by the service', async () => {
      const dir = folder();
      const service = await (await start({ DATA_DIR: dir })).ready();
      const first = postmasterOf(dir);
      process.kill(first, 'SIGKILL');
      await until('another one runs', () => ![0, first].includes(postmasterOf(dir)));
      await until('ready again', async () => (await service.status('/health/ready')) === 200);
      const second = postmasterOf(dir);
      expect((await service.stop()).code).toBe(0);
      expect(isAlive(second)).toBe(false);
    });
  });

  it('a copy of the folder of a stopped service is the whole house as it was', async () => {
    const dir = folder();
    const credentials = { email: 'admin@operator.example', password: 'correct horse battery' };
    const first = await start({ DATA_DIR: dir, ADMIN_EMAIL: credentials.email, ADMIN_PASSWORD: credentials.password });
    await first.ready();
    expect((await first.stop()).code).toBe(0);
    const copy = folder();
    fs.cpSync(dir, copy, { recursive: true, preserveTimestamps: true });
    if (process.getuid?.() === 0)
      execFileSync('chown', ['-R', '--reference', path.join(dir, 'postgres'), path.join(copy, 'postgres')]);
    fs.rmSync(dir, { recursive: true });
    const restored = await (await start({ DATA_DIR: copy })).ready();
    const session = await fetch(`${restored.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(credentials),
    });
    expect(session.status).toBe(201);
    const { token } = (await session.json()) as { token: string };
    const verified = await fetch(`${restored.url}/v1/ledger/verification`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(await verified.json()).toMatchObject({ faults: [] });
    expect((await restored.stop()).code).toBe(0);
  });

  it('a service that was killed leaves its PostgreSQL to the next one', async () => {
    const dir = folder();
    const first = await (await start({ DATA_DIR: dir })).ready();
    const postmaster = postmasterOf(dir);
    first.kill('SIGKILL');
    await first.exited;
    const second = await (await start({ DATA_DIR: dir })).ready();
    expect(postmasterOf(dir)).toBe(postmaster);
    expect((await second.stop()).code).toBe(0);
    expect(isAlive(postmaster)).toBe(false);
  });
});
