import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { freePort } from '../../src/cli/free-port.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** What `npm start` runs in the end. */
const MAIN: readonly string[] = [process.execPath, path.join(ROOT, 'dist/src/main.js')];
export const NPM_START: readonly string[] = ['npm', 'start', '--prefix', ROOT];
const READY_WAIT_MS = 45_000;
const LOOK_AGAIN_MS = 25;

/** Compiles what dist/ lacks; `npm test` has done so already. */
export function build(): void {
  const built = spawnSync(process.execPath, [path.join(ROOT, 'src/cli/ensure-built.mjs')], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`The build failed:\n${built.stdout}${built.stderr}`);
}

export const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Asks again and again until the answer is yes. @throws Error it never was */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  waitMs = READY_WAIT_MS,
): Promise<void> {
  for (const began = performance.now(); performance.now() - began < waitMs; await pause(LOOK_AGAIN_MS)) {
    if (await isSo()) return;
  }
  throw new Error(`Not within ${waitMs} ms: ${what}`);
}

/** The service as a process of its own, as `npm start` runs it. */
export class ServiceProcess {
  output = '';
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;

  private constructor(
    env: Readonly<Record<string, string>>,
    readonly port: number,
    [program = '', ...args]: readonly string[],
  ) {
    const own = {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      LOG_LEVEL: 'error',
      PORT: String(port),
    };
    this.child = spawn(program, args, {
      cwd: import.meta.dirname, // no .env of a developer is read
      env: { ...own, ...env },
      stdio: 'pipe',
    });
    this.child.stdout?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.child.stderr?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.exited = new Promise((resolve) => {
      this.child.once('close', resolve);
    });
  }

  /** @param env settings; nothing is taken over from the tests' own environment but PATH and HOME */
  static async start(env: Readonly<Record<string, string>>, command = MAIN): Promise<ServiceProcess> {
    return new ServiceProcess(env, await freePort(), command);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Whoever read its output leaves. */
  stopReading(): void {
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }

  /** Status of a GET; 0 where nobody answers. */
  async status(url: string): Promise<number> {
    try {
      const response = await fetch(this.url + url);
      await response.arrayBuffer();
      return response.status;
    } catch (error) {
      if ((error as Error).name === 'TypeError') return 0; // fetch's word for a refused or lost connection
      throw error;
    }
  }

  /** Waits until requests are welcome. @throws Error with its output, when it ended or takes too long */
  async ready(): Promise<this> {
    let ended = false;
    void this.exited.then(() => (ended = true));
    await until(`ready; it said:\n${this.output}`, async () => {
      if (ended) throw new Error(`The service ended:\n${this.output}`);
      return (await this.status('/health/ready')) === 200;
    });
    return this;
  }

  /** Asks it to stop. @returns the exit code, and how long it took */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; ms: number }> {
    const began = performance.now();
    this.kill(signal);
    return { code: await this.exited, ms: performance.now() - began };
  }
}
