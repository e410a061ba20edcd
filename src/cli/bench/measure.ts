import pg from 'pg';
import { cpuOf, cpuOfFamily, cpuOfMachine } from './cpu.ts';
import { quantile, type LoadResult } from './load.ts';

/** What one run of one work came to. */
export interface Run {
  /** Units of work a second. */
  rate: number;
  p50: number;
  p99: number;
  /** CPU of the service and of PostgreSQL for one unit, in ms. */
  serviceMs: number;
  databaseMs: number;
  /** Statements of one unit, BEGIN and COMMIT counted, and pages of tables and indexes that they looked at. */
  statements: number;
  buffers: number;
  /** WAL of one unit, in bytes. */
  walBytes: number;
  /** Share of the CPU used that went to other programs than these and the bench itself. */
  others: number;
  /** Answers that were not the expected one, by status. */
  unexpected: Readonly<Record<string, number>>;
  /** What it found beside, where a rate does not say it. */
  note?: string;
}

/** Where a run happens. */
export interface Place {
  url: string;
  /** 0: no service takes part. */
  servicePid: number;
  postmasterPid: number;
}

/** Looks at a database from another one: what it asks is not counted. */
export class Watcher {
  private constructor(
    readonly client: pg.Client,
    private readonly database: string,
  ) {}

  static async open(url: string): Promise<Watcher> {
    const place = new URL(url);
    const database = place.pathname.slice(1);
    place.pathname = '/postgres';
    const client = new pg.Client({ connectionString: place.href });
    await client.connect();
    return new Watcher(client, database);
  }

  /** What it has done so far. */
  async statements(): Promise<{ statements: number; buffers: number }> {
    const { rows } = await this.client.query<{ statements: string; buffers: string }>(
      `SELECT coalesce(sum(s.calls), 0) AS statements, coalesce(sum(s.shared_blks_hit + s.shared_blks_read), 0) AS buffers
       FROM pg_stat_statements(false) s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1`,
      [this.database],
    );
    return { statements: Number(rows[0]?.statements), buffers: Number(rows[0]?.buffers) };
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

/** Measures a load. @param units of work in one answer */
export async function measure(place: Place, units: number, work: () => Promise<LoadResult>): Promise<Run> {
  const watcher = await Watcher.open(place.url);
  const look = async () => ({
    ...(await watcher.statements()),
    wal: BigInt(
      (await watcher.client.query<{ b: string }>(`SELECT pg_current_wal_insert_lsn() - '0/0' AS b`)).rows[0]?.b ?? 0,
    ),
    service: place.servicePid === 0 ? 0 : cpuOf(place.servicePid),
    database: cpuOfFamily(place.postmasterPid),
    own: process.cpuUsage(),
    machine: cpuOfMachine(),
  });
  try {
    const before = await look();
    const { done, others, seconds, times, note } = await work();
    const after = await look();
    const count = Math.max(1, done * units);
    const [service, database] = [after.service - before.service, after.database - before.database];
    const own = process.cpuUsage(before.own);
    const used = Math.max(1, after.machine - before.machine);
    const ours = service + database + (own.user + own.system) / 1000;
    return {
      rate: (done * units) / seconds,
      ...{ p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
      ...{ serviceMs: service / count, databaseMs: database / count },
      statements: (after.statements - before.statements) / count,
      buffers: (after.buffers - before.buffers) / count,
      walBytes: Number(after.wal - before.wal) / count,
      others: Math.max(0, 1 - ours / used),
      unexpected: Object.fromEntries(others),
      ...(note === undefined ? {} : { note }),
    };
  } finally {
    await watcher.close();
  }
}

/** The run in the middle by rate: one that was disturbed does not count. */
export function middle(runs: readonly Run[]): Run {
  const sorted = runs.toSorted((a, b) => a.rate - b.rate);
  const run = sorted[Math.floor(sorted.length / 2)];
  if (run === undefined) throw new Error('Nothing was run.');
  return run;
}
