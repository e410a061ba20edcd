import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { readConfig } from '../../config.ts';
import { startCluster, type Cluster } from '../../database/embedded-postgres.ts';
import { ensureDatabase, migrate } from '../../database/migrate.ts';
import { Client } from '../demo/client.ts';
import { LIMIT_TABLES } from './limit-tables.ts';
import { makeShops, type Shop } from './merchants.ts';
import { run, type Running } from './service.ts';

/** EasyPost's messages are signed with it. */
export const COURIER_SECRET = randomBytes(12).toString('base64url');
export const ADMIN = { email: 'admin@operator.example', password: randomBytes(12).toString('base64url') };
/** Statements are counted; what PostgreSQL spends on that, it spends on the limits too. */
const SETTINGS = ['shared_preload_libraries=pg_stat_statements', 'pg_stat_statements.track=top'];
const POOL = '10';
const LIMIT_CASH = 1_000_000_000_000;
const UNITS = 1_000_000;

/** What a bench runs on: one PostgreSQL with two databases, the service, and the bare program beside it. */
export interface Stand {
  cluster: Cluster;
  url: string;
  bareUrl: string;
  /** Everything that it writes is below. */
  folder: string;
  /** What its processes are started with. */
  settings: Readonly<Record<string, string>>;
  service: Running;
  bare: Running;
  admin: Client;
  /** The administrator's session. */
  token: string;
  shops: Shop[];
  skus: string[];
  /** Starts another process of the service on the same database. */
  another(env?: Readonly<Record<string, string>>): Promise<Running>;
  /** What somebody opened on its PostgreSQL is closed before it. */
  beforeClose: (close: () => Promise<void>) => void;
  close(): Promise<void>;
}

export interface StandOptions {
  merchants: number;
  variants: number;
  progress: (text: string) => void;
}

/** Sets everything up: catalogue over HTTP, merchants by SQL. */
export async function openStand({ merchants, variants, progress }: StandOptions): Promise<Stand> {
  const own = readConfig();
  const folder = path.join(own.dataDir, `bench-${randomBytes(4).toString('hex')}`);
  const cluster = await startCluster({
    dataDir: path.join(folder, 'postgres'),
    searchPath: own.searchPath,
    settings: SETTINGS,
  });
  const secretKey = randomBytes(32).toString('base64url');
  const running: Running[] = [];
  const guests: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const leave of guests) await leave();
    for (const one of running.reverse()) await one.stop();
    await cluster.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const name of ['waybill', 'bare']) await ensureDatabase(cluster.url('postgres'), name);
    const [url, bareUrl] = [cluster.url('waybill'), cluster.url('bare')];
    await migrate(url);
    await makeBare(bareUrl, merchants);
    await countStatements(cluster.url('postgres'));
    const settings = {
      ...{ PATH: own.searchPath, DATABASE_URL: url, DATABASE_POOL: POOL, SECRET_KEY: secretKey, LOG_LEVEL: 'error' },
      ...{ ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, RATE_LIMIT_FACTOR: '1000000' },
      COURIER_EASYPOST_SECRET: COURIER_SECRET,
    };
    const another = async (env: Readonly<Record<string, string>> = {}): Promise<Running> => {
      const started = await run('main.js', { ...settings, ...env }, '/health/ready');
      running.push(started);
      return started;
    };
    const service = await another();
    const bare = await run('cli/bench/limit-server.js', { DATABASE_URL: bareUrl, DATABASE_POOL: POOL }, '/ready');
    running.push(bare);
    progress('PostgreSQL (fsync on), the service and the bare program run');
    const anyone = new Client(service.base);
    const { token } = await anyone.post<{ token: string }>('/v1/sessions', ADMIN);
    const admin = anyone.as(token);
    const skus = await makeCatalogue(admin, variants);
    progress(`${variants} variants with stock`);
    const shops = await makeShops(url, secretKey, merchants);
    progress(`${merchants} merchants with keys and money`);
    const beforeClose = (leave: () => Promise<void>): void => void guests.push(leave);
    return {
      cluster,
      url,
      bareUrl,
      folder,
      settings,
      service,
      bare,
      admin,
      token,
      shops,
      skus,
      another,
      beforeClose,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function countStatements(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE EXTENSION pg_stat_statements');
  await client.end();
}

async function makeBare(url: string, merchants: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(LIMIT_TABLES);
  await client.query('INSERT INTO bare_balance SELECT n, $2 FROM generate_series(1, $1::int) n', [
    merchants,
    LIMIT_CASH,
  ]);
  await client.end();
}

const usd = (amount: string) => ({ amount, currency: 'USD' });

/** Half of the goods are batteries: an order of one of each is split into two packages. @returns the SKUs */
export async function makeCatalogue(admin: Client, variants: number): Promise<string[]> {
  await admin.put('/v1/warehouses/LEJ', { name: 'Leipzig', country: 'DE' });
  const service = (code: string, amount: string) => ({
    ...{ code, countries: ['*'], days: { min: 2, max: 6 }, max_weight_g: 30_000, max_units: 30 },
    prices: [{ up_to_g: 30_000, amount: usd(amount) }],
  });
  await admin.put('/v1/couriers/dhl', { name: 'DHL', services: [service('parcel', '5.90'), service('plus', '8.90')] });
  await admin.put('/v1/price-tiers', { quantity: [{ from: 2, percent: '10' }], order_value: [] });
  const skus = Array.from({ length: variants }, (_, n) => `SKU-${String(n).padStart(5, '0')}`);
  for (const [n, sku] of skus.entries()) {
    await admin.put(`/v1/variants/${sku}`, {
      ...{ title: `Item ${n}`, prices: [usd('19.90')], weight_g: 300, length_mm: 100, width_mm: 80, height_mm: 50 },
      ...{ handling: n % 2 === 0 ? [] : ['battery'], hs_code: '9405.21', origin: 'CN', backorder: false },
    });
    await admin.post('/v1/stock-movements', { sku, warehouse: 'LEJ', quantity: UNITS, reason: 'receipt' });
  }
  return skus;
}
