import fs from 'node:fs';
import path from 'node:path';
import { realNow } from '../kernel/clock.ts';
import { isAlive, pause } from './processes.ts';

const LOOK_AGAIN_MS = 20;
/** No start takes as long as this: whoever held the lock is gone, and its process id is somebody else's. */
const LOCK_AGE_MS = 120_000;

/** 0: the file is being written just now. */
const pidIn = (text: string): number => Number.parseInt(text, 10) || 0;

/**
 * The processes of ours that use one cluster, each by a file with its process id: so that a start at the same time
 * waits, and whoever leaves last stops the cluster. A killed process is no user any more.
 */
export class ClusterUsers {
  private readonly folder: string;
  private readonly lock: string;

  constructor(dataDir: string) {
    this.folder = `${dataDir}.users`;
    this.lock = `${dataDir}.lock`;
  }

  /** Does the work while no other process starts or stops the cluster. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    fs.mkdirSync(path.dirname(this.lock), { recursive: true });
    while (!this.take()) await pause(LOOK_AGAIN_MS);
    try {
      return await work();
    } finally {
      fs.rmSync(this.lock, { force: true });
    }
  }

  /** @param name of the user, beginning with its process id */
  enter(name: string): void {
    fs.mkdirSync(this.folder, { recursive: true });
    fs.writeFileSync(path.join(this.folder, name), '');
  }

  /** @returns true when nobody uses the cluster any more */
  leave(name: string): boolean {
    fs.rmSync(path.join(this.folder, name), { force: true });
    if (!fs.existsSync(this.folder)) return true;
    const users = fs.readdirSync(this.folder);
    const gone = users.filter((user) => !isAlive(pidIn(user)));
    for (const user of gone) fs.rmSync(path.join(this.folder, user), { force: true });
    return gone.length === users.length;
  }

  private take(): boolean {
    try {
      fs.writeFileSync(this.lock, String(process.pid), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      this.breakAbandoned();
      return false;
    }
  }

  /** A lock whose holder was killed is put aside; put back, if another process took it in the meantime. */
  private breakAbandoned(): void {
    const aside = `${this.lock}.${process.pid}`;
    try {
      if (!this.isAbandoned(this.lock)) return;
      fs.renameSync(this.lock, aside);
      if (this.isAbandoned(aside)) fs.rmSync(aside);
      else fs.renameSync(aside, this.lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // given back just now
    }
  }

  private isAbandoned(file: string): boolean {
    const holder = pidIn(fs.readFileSync(file, 'utf8'));
    const age = realNow().getTime() - fs.statSync(file).mtimeMs;
    return age > LOCK_AGE_MS || (holder !== 0 && !isAlive(holder));
  }
}
