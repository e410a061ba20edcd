import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { chooseAccount } from './postgres-account.ts';
import type { Binaries } from './postgres-binaries.ts';
import { isPostgres, pause } from './processes.ts';

/** A running server: its process, and the folder of its socket. */
export interface Postmaster {
  pid: number;
  socketDir: string;
}

const STOP_WAIT_MS = 10_000;
const LOOK_AGAIN_MS = 20;

/** The server that runs in the folder: a tool beside the service, or one that outlived a killed service. */
export function findRunning(dataDir: string): Postmaster | null {
  const pidFile = path.join(dataDir, 'postmaster.pid');
  if (!fs.existsSync(pidFile)) return null;
  const [first = '', , , , socketDir = ''] = fs.readFileSync(pidFile, 'utf8').split('\n');
  const pid = Number.parseInt(first, 10);
  if (isPostgres(pid)) return { pid, socketDir };
  // PostgreSQL itself asks only whether the pid exists: a zombie or a reused one would make it refuse to start
  for (const file of [pidFile, path.join(dataDir, '.s.PGSQL.5432.lock')]) fs.rmSync(file, { force: true });
  return null;
}

/**
 * Makes the folder of a cluster where there is none; in one step, so that a start that is killed leaves no half of one.
 * @throws Error a folder of another major version; initdb failed
 */
export function initialise(dataDir: string, { dir, major }: Binaries, fast: boolean): void {
  const versionFile = path.join(dataDir, 'PG_VERSION');
  if (fs.existsSync(versionFile)) {
    const version = fs.readFileSync(versionFile, 'utf8').trim();
    if (version === String(major)) return;
    throw new Error(`${dataDir} was made by PostgreSQL ${version}; these programs are ${major}.`);
  }
  const fresh = `${dataDir}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  const locale =
    major >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8'];
  const { program, args, options } = chooseAccount(fresh, dir).wrap(path.join(dir, 'initdb'), [
    ...['-D', fresh, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-instructions'],
    ...(fast ? ['--no-sync'] : []),
    ...locale,
  ]);
  const made = spawnSync(program, args, { cwd: '/', ...options, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  fs.renameSync(fresh, dataDir);
}

/** Starts a server and waits until it answers. @param extra more settings, `name=value` */
export async function launch(
  dataDir: string,
  socketDir: string,
  bin: string,
  extra: readonly string[],
): Promise<Postmaster> {
  const account = chooseAccount(dataDir, bin);
  if (socketDir !== dataDir && account.uid !== undefined)
    fs.chownSync(socketDir, account.uid, account.gid ?? account.uid);
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${socketDir}`,
    'unix_socket_permissions=0700',
    'max_connections=200',
    ...extra,
  ];
  const { program, args, options } = account.wrap(path.join(bin, 'postgres'), [
    ...['-D', dataDir, '-p', '5432'],
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  // a session of its own: Ctrl-C must reach PostgreSQL only after the service has drained
  const child = spawn(program, args, { cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'pipe'], ...options });
  await answering(child);
  child.unref();
  (child.stderr as unknown as { unref?: () => void } | null)?.unref?.();
  return { pid: child.pid ?? 0, socketDir };
}

function answering(child: ChildProcess): Promise<void> {
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

/** Asks for a fast shutdown: open transactions roll back, the log is flushed. */
export function askToStop(pid: number): void {
  if (isPostgres(pid)) process.kill(pid, 'SIGINT');
}

/** A fast shutdown, and no return before the process is gone. */
export async function stopServer(pid: number): Promise<void> {
  askToStop(pid);
  for (let waited = 0; waited < STOP_WAIT_MS && isPostgres(pid); waited += LOOK_AGAIN_MS) await pause(LOOK_AGAIN_MS);
}
