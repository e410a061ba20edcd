import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Config, readConfig, type Role } from '../../config.ts';
import { startCluster, type Cluster } from '../../database/embedded-postgres.ts';
import { ensureDatabase, migrate } from '../../database/migrate.ts';
import { realNow } from '../../kernel/clock.ts';
import { closeApp, createApp } from '../../service.ts';
import { run, type Running } from '../bench/service.ts';
import { Client } from '../demo/client.ts';
import { closedOnInterrupt } from './interrupt.ts';
import { checkInvariants, type Checked } from './invariants.ts';
import { ServiceLog } from './service-log.ts';

export const ADMIN = { email: 'admin@operator.example', password: randomBytes(12).toString('base64url') };
const DATABASE = 'waybill';

export interface HouseOptions {
  /** Roles of the processes that run from the start, in order. */
  roles: readonly Role[];
  /** Of each process. */
  pool?: number;
  /** Where the cluster lies; left out: a folder of its own below DATA_DIR. */
  folder?: string;
  /** Commits are not flushed: for runs that kill no database. */
  fast?: boolean;
  /** What the services connect to instead of the database itself. */
  through?: (socketDir: string) => Promise<string>;
}

/** One process of the service; started again, it is another one with the same role. */
export interface Resident {
  role: Role;
  running: Running;
}

/** The service as it is run: processes of its own on a PostgreSQL of its own, each of which may be killed. */
export class House {
  readonly residents: Resident[] = [];
  token = '';
  /** Beside the folder, whose disk may be full. */
  private readonly log: ServiceLog;

  private constructor(
    readonly cluster: Cluster,
    readonly folder: string,
    private readonly settings: Readonly<Record<string, string>>,
    logFile: string,
  ) {
    this.log = new ServiceLog(logFile);
  }

  static async open({ roles, pool = 10, folder, fast = false, through }: HouseOptions): Promise<House> {
    const own = readConfig();
    const name = `chaos-${randomBytes(4).toString('hex')}`;
    const place = folder ?? path.join(own.dataDir, name);
    const cluster = await startCluster({ dataDir: path.join(place, 'postgres'), fast, searchPath: own.searchPath });
    const url = await (through?.(path.join(place, 'postgres')) ?? cluster.url(DATABASE));
    const settings = {
      ...{ SANDBOX: 'true', SANDBOX_START: realNow().toISOString(), LOG_LEVEL: 'error', RATE_LIMIT_FACTOR: '1000000' },
      ...{ ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, PATH: own.searchPath },
      ...{ DATABASE_URL: url, DATABASE_POOL: String(pool), WEBHOOK_ALLOW_LOCAL: 'true', WEBHOOK_TIMEOUT_SECONDS: '2' },
    };
    const house = new House(cluster, place, settings, path.join(own.dataDir, `${name}.log`));
    try {
      await ensureDatabase(cluster.url('postgres'), DATABASE);
      await migrate(cluster.url(DATABASE));
      for (const role of roles) await house.add(role);
      house.token = (await house.client.post<{ token: string }>('/v1/sessions', ADMIN)).token;
      return house;
    } catch (error) {
      await house.close();
      throw error;
    }
  }

  /** Straight to the database, as its owner. */
  get url(): string {
    return this.cluster.url(DATABASE);
  }

  /** Of the processes that answer. */
  get bases(): string[] {
    return this.residents.filter(({ role }) => role !== 'worker').map(({ running }) => running.base);
  }

  /** Nobody, at the first process that answers. */
  get client(): Client {
    return new Client(this.bases[0] ?? '');
  }

  get admin(): Client {
    return this.client.as(this.token);
  }

  async add(role: Role): Promise<Resident> {
    const resident = { role, running: await this.start(role) };
    this.residents.push(resident);
    return resident;
  }

  /** SIGKILL, and another one in its place as soon as it is ready. */
  async kill(resident: Resident): Promise<void> {
    process.kill(resident.running.pid, 'SIGKILL');
    resident.running = await this.start(resident.role, resident.running.base);
  }

  /** SIGTERM, and another one in its place as soon as it is ready. */
  async restart(resident: Resident): Promise<void> {
    await resident.running.stop();
    resident.running = await this.start(resident.role, resident.running.base);
  }

  /** Every stored event is handled, then everything is looked at. */
  async check(): Promise<Checked> {
    await this.admin.post('/v1/sandbox/drain');
    const config = new Config({ ...this.settings, LOG_LEVEL: 'fatal', ROLE: 'api', DATABASE_URL: this.url, PORT: '0' });
    const app = await createApp(config, this.url);
    try {
      return await checkInvariants(this.url, app);
    } finally {
      await closeApp(app);
    }
  }

  /** The same faults, each with what the service's log says of the request that it names. */
  explained(faults: readonly string[]): Promise<string[]> {
    return this.log.explained(faults);
  }

  readonly close = closedOnInterrupt(async () => {
    await Promise.all(this.residents.map(({ running }) => running.stop()));
    await this.cluster.stop();
    this.log.remove();
    fs.rmSync(this.folder, { recursive: true, force: true });
  });

  /** @param base of the one before: clients find the new one where they found that */
  private start(role: Role, base?: string): Promise<Running> {
    const port = base === undefined ? undefined : new URL(base).port;
    return run('main.js', { ...this.settings, ROLE: role }, '/health/ready', { port, stdout: this.log.fd });
  }
}
