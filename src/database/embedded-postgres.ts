import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chooseAccount, type Account } from './postgres-account.ts';
import { findBinaries, type Binaries } from './postgres-binaries.ts';

/** A PostgreSQL of our own in a folder, reached by a socket in that folder alone. */
export interface Cluster {
  /** True where another process of ours had started it. */
  readonly adopted: boolean;
  /** Process id of the postmaster: tests kill it. */
  readonly pid: number;
  url(database: string): string;
  /** Stops it, unless it was adopted from a living process. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  dataDir: string;
  /** For tests only: commits are not flushed. */
  fast?: boolean;
  /** A folder with PostgreSQL's programs, before those of npm. */
  binDir?: string | null;
  searchPath?: string;
}

const SOCKET_PATH_LIMIT = 90; // sun_path holds 107 bytes, and PostgreSQL appends its file name
const STOP_WAIT_MS = 10_000;

const urlFor = (socketDir: string) => (database: string) =>
  `postgres://postgres@localhost/${database}?host=${encodeURIComponent(socketDir)}`;

/** Name, state and parent of a process; null where it is gone or not PostgreSQL. */
function postgresProcess(pid: string): { parent: string } | null {
  let stat: string;
  try {
    stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null; // gone, or no /proc on this system: PostgreSQL's own lock file decides then
  }
  const [, name, state, parent] = /^\d+ \((.*)\) (\S) (\d+)/.exec(stat) ?? [];
  return name === 'postgres' && state !== 'Z' && parent !== undefined ? { parent } : null;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** The cluster that already runs in the folder: a tool beside the service, or one that outlived a killed service. */
function adopt(dataDir: string): Cluster | null {
  const pidFile = path.join(dataDir, 'postmaster.pid');
  if (!fs.existsSync(pidFile)) return null;
  const [pid = '', , , , socketDir = ''] = fs.readFileSync(pidFile, 'utf8').split('\n');
  const found = postgresProcess(pid);
  if (found === null) {
    // PostgreSQL itself asks only whether the pid exists: a zombie or a reused one would make it refuse to start
    for (const file of [pidFile, path.join(dataDir, '.s.PGSQL.5432.lock')]) fs.rmSync(file, { force: true });
    return null;
  }
  const orphan = found.parent === '1' && process.pid !== 1;
  const stop = async (): Promise<void> => {
    if (!orphan) return;
    process.kill(Number(pid), 'SIGINT');
    for (let waited = 0; waited < STOP_WAIT_MS && postgresProcess(pid) !== null; waited += 50) await pause(50);
  };
  return { adopted: true, pid: Number(pid), url: urlFor(socketDir), stop };
}

function initialise(dataDir: string, { dir, major }: Binaries, account: Account, fast: boolean): void {
  const versionFile = path.join(dataDir, 'PG_VERSION');
  if (fs.existsSync(versionFile)) {
    const version = fs.readFileSync(versionFile, 'utf8').trim();
    if (version !== String(major))
      throw new Error(`${dataDir} was made by PostgreSQL ${version}; these programs are ${major}.`);
    return;
  }
  const locale =
    major >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8'];
  const { program, args, options } = account.wrap(path.join(dir, 'initdb'), [
    ...['-D', dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-instructions'],
    ...(fast ? ['--no-sync'] : []),
    ...locale,
  ]);
  const made = spawnSync(program, args, { cwd: '/', ...options, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
}

function launch(dataDir: string, socketDir: string, bin: string, account: Account, fast: boolean): ChildProcess {
  const hurry = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=2GB'];
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${socketDir}`,
    'unix_socket_permissions=0700',
    'max_connections=200',
    ...(fast ? hurry : []),
  ];
  const { program, args, options } = account.wrap(path.join(bin, 'postgres'), [
    ...['-D', dataDir, '-p', '5432'],
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  // a session of its own: Ctrl-C must reach PostgreSQL only after the service has drained
  return spawn(program, args, { cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'pipe'], ...options });
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let tail = '';
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`postgres exited with ${code}: ${tail}`));
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-4_000);
      if (tail.includes('ready to accept connections')) resolve();
    });
  });
}

/**
 * Starts PostgreSQL in the folder, making the folder on the first time; adopts one that runs there already.
 * As root it runs under another account or in a user namespace.
 * @throws Error no programs, no account, a folder of another major version
 */
export async function startCluster({
  dataDir,
  fast = false,
  binDir = null,
  searchPath = '',
}: ClusterOptions): Promise<Cluster> {
  const dir = path.resolve(dataDir);
  const running = adopt(dir);
  if (running !== null) return running;
  const binaries = findBinaries(binDir, searchPath);
  fs.mkdirSync(path.dirname(dir), { recursive: true });
  const account = chooseAccount(dir, binaries.dir);
  initialise(dir, binaries, account, fast);
  const socketDir = dir.length < SOCKET_PATH_LIMIT ? dir : fs.mkdtempSync(path.join(os.tmpdir(), 'pg-'));
  if (socketDir !== dir && account.uid !== undefined) fs.chownSync(socketDir, account.uid, account.gid ?? account.uid);
  const child = launch(dir, socketDir, binaries.dir, account, fast);
  await ready(child);
  process.once('exit', () => child.kill('SIGINT')); // process.exit, an uncaught error, the end of a command-line tool
  child.removeAllListeners('exit');
  child.unref();
  (child.stderr as unknown as { unref?: () => void } | null)?.unref?.();
  return { adopted: false, pid: child.pid ?? 0, url: urlFor(socketDir), stop: () => stop(child) };
}

/** Fast shutdown: open transactions roll back, the log is flushed. */
function stop(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      done();
      return;
    }
    child.ref();
    child.once('exit', () => {
      done();
    });
    child.kill('SIGINT');
  });
}
