import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ClusterUsers } from './cluster-users.ts';
import { findBinaries } from './postgres-binaries.ts';
import { askToStop, findRunning, initialise, launch, stopServer, type Postmaster } from './postmaster.ts';
import { isPostgres } from './processes.ts';

/** A PostgreSQL of our own in a folder, reached by a socket in that folder alone. */
export interface Cluster {
  /** True where it ran already: another process of ours had started it. */
  readonly adopted: boolean;
  /** Process id of the postmaster as of now: tests kill it. */
  readonly pid: number;
  url(database: string): string;
  /** Leaves it; whoever leaves last stops it. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  dataDir: string;
  /** For tests only: commits are not flushed. */
  fast?: boolean;
  /** For the bench: PostgreSQL's own settings, `name=value`. */
  settings?: readonly string[];
  /** A folder with PostgreSQL's programs, before those of npm. */
  binDir?: string | null;
  searchPath?: string;
}

const SOCKET_PATH_LIMIT = 90; // sun_path holds 107 bytes, and PostgreSQL appends its file name
const HURRY = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=2GB'];
const WATCH_MS = 250;
const FAILURES_TOLD = 20;
let handles = 0;

/** Runs a server in the folder where none does. @param socketDir where a server that died had its socket */
function run(dataDir: string, options: ClusterOptions, socketDir: string | null): Promise<Postmaster> {
  const binaries = findBinaries(options.binDir ?? null, options.searchPath ?? '');
  const fast = options.fast ?? false;
  fs.mkdirSync(path.dirname(dataDir), { recursive: true });
  initialise(dataDir, binaries, fast);
  const short = dataDir.length < SOCKET_PATH_LIMIT ? dataDir : null;
  return launch(dataDir, socketDir ?? short ?? fs.mkdtempSync(path.join(os.tmpdir(), 'pg-')), binaries.dir, [
    ...(fast ? HURRY : []),
    ...(options.settings ?? []),
  ]);
}

/** A server that dies under us is started again in its place: there is nobody else who would. */
class Watch {
  private readonly timer: NodeJS.Timeout;
  private reviving = false;
  private failures = 0;

  constructor(
    private readonly server: Postmaster,
    private readonly revive: () => Promise<Postmaster>,
  ) {
    this.timer = setInterval(() => void this.look(), WATCH_MS).unref();
  }

  end(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.reviving || isPostgres(this.server.pid)) return;
    this.reviving = true;
    try {
      Object.assign(this.server, await this.revive());
      this.failures = 0;
    } catch (error) {
      // the first tries may fail: processes of the dead server may still be leaving
      this.failures += 1;
      if (this.failures % FAILURES_TOLD === 0)
        process.stderr.write(`PostgreSQL does not start again: ${String(error)}\n`);
    } finally {
      this.reviving = false;
    }
  }
}

/**
 * Starts PostgreSQL in the folder, making the folder on the first time; joins the one that runs there already. Several
 * processes may call it at once.
 * @throws Error no programs, no account, a folder of another major version
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const dataDir = path.resolve(options.dataDir);
  const users = new ClusterUsers(dataDir);
  const name = `${process.pid}-${(handles += 1)}`;
  let left = false;
  const { adopted, server } = await users.alone(async () => {
    const found = findRunning(dataDir);
    const started = found ?? (await run(dataDir, options, null));
    users.enter(name);
    return { adopted: found !== null, server: { ...started } };
  });
  const watch = new Watch(server, () =>
    users.alone(async () =>
      left ? server : (findRunning(dataDir) ?? (await run(dataDir, options, server.socketDir))),
    ),
  );
  const leave = (): boolean => {
    left = true;
    watch.end();
    process.off('exit', atExit);
    return users.leave(name);
  };
  const atExit = (): void => {
    if (leave()) askToStop(server.pid); // process.exit, an uncaught error, the end of a command-line tool
  };
  process.once('exit', atExit);
  return {
    adopted,
    get pid() {
      return server.pid;
    },
    url: (database) => `postgres://postgres@localhost/${database}?host=${encodeURIComponent(server.socketDir)}`,
    stop: () =>
      users.alone(async () => {
        if (leave()) await stopServer(server.pid);
      }),
  };
}
