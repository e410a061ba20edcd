import type { DataSource } from 'typeorm';

/** As long as the pool itself lets one wait for a connection (reliability.md, PostgreSQL). */
const WAIT_MS = 1_500;
/** Connections that transactions leave to look-ups: one inside a transaction must not wait for a transaction's end. */
const LEFT_FREE = 2;

/** More work than connections: the caller is told to come again. */
export class DatabaseBusy extends Error {
  /** PostgreSQL's too_many_connections, which is what would come of it. */
  readonly code = '53300';

  constructor() {
    super('No connection became free in time.');
  }
}

/** Lets so many transactions run at a time; the others wait in line, not for long. */
class Gate {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(size: number) {
    this.free = size;
  }

  /** @throws DatabaseBusy the line did not move in time */
  enter(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        clearTimeout(patience);
        resolve();
      };
      const patience = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        reject(new DatabaseBusy());
      }, WAIT_MS);
      this.waiting.push(turn);
    });
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}

const gates = new WeakMap<DataSource, Gate>();

/** The gate before a pool's transactions. */
export function gateOf(db: DataSource): Gate {
  const known = gates.get(db);
  if (known !== undefined) return known;
  const { max = 10 } = (db.options as { extra?: { max?: number } }).extra ?? {};
  const gate = new Gate(Math.max(1, max - LEFT_FREE));
  gates.set(db, gate);
  return gate;
}
