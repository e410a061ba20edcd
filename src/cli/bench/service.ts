import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

/** The folder of package.json, whether this file is read from src or from dist. */
const ROOT = path.resolve(/^.*?(?=\/(dist\/)?src\/cli\/)/.exec(import.meta.dirname)?.[0] ?? '.');
const READY_MS = 120_000;
const LOOK_MS = 10;

/** A program of ours in a process of its own. */
export interface Running {
  base: string;
  pid: number;
  /** From the spawn to the first 200 of its readiness, in ms. */
  startMs: number;
  stop(): Promise<void>;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}.`);
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    await pause(LOOK_MS);
  }
  throw new Error(`${url} did not become ready.`);
}

export interface RunOptions {
  /** One that is free again; left out: any free one. */
  port?: string | undefined;
  /** The open file that takes what it says; left out: nobody hears it. */
  stdout?: number;
}

/**
 * Starts a program of dist/ and waits until it answers; Node's own options (`--cpu-prof`) are its, too.
 * @param file below dist/src
 */
export async function run(
  file: string,
  env: Readonly<Record<string, string>>,
  readyPath: string,
  { port: known, stdout }: RunOptions = {},
): Promise<Running> {
  const port = known ?? String(await freePort());
  const began = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, path.join(ROOT, 'dist/src', file)], {
    env: { ...env, PORT: port },
    stdio: ['ignore', stdout ?? 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', resolve));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  const base = `http://127.0.0.1:${port}`;
  try {
    await ready(`${base}${readyPath}`, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { base, pid: child.pid ?? 0, startMs: performance.now() - began, stop };
}
