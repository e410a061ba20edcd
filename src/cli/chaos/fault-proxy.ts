import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from './chance.ts';

/**
 * What is wrong between the service and its database. `latency`: each way some ms; `slow`: each answer takes long;
 * `cut`: nobody gets through; `half-open`: all is swallowed, nothing is closed; `reset`: now and then a connection is
 * torn; `drip`: a few bytes at a time; `farewell`: PostgreSQL goes in the moment it says that it is ready.
 */
export const ILLS_OF_LINES = ['latency', 'slow', 'cut', 'half-open', 'reset', 'drip', 'farewell'] as const;
export type IllOfLine = (typeof ILLS_OF_LINES)[number];

const DELAY_MS: Readonly<Partial<Record<IllOfLine, number>>> = { latency: 25, slow: 700 };
const DRIP_BYTES = 64;
const DRIP_MS = 2;
const RESET_EVERY_MS = 40;

const READY = Buffer.from('Z\0\0\0\x05I');
const FAREWELL = messageOf(
  'E',
  ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection due to unexpected postmaster exit', ''].join('\0'),
);

interface Line {
  here: net.Socket;
  there: net.Socket;
  /** It has lost bytes: nothing that comes after them makes sense. */
  isDead: boolean;
}

/** Stands between the service and PostgreSQL's socket, on loopback. */
export class FaultProxy {
  /** Null: it only passes on. */
  ill: IllOfLine | null = null;
  private readonly lines = new Set<Line>();
  private readonly server = net.createServer((socket) => {
    this.accept(socket);
  });
  private readonly tearing = setInterval(() => {
    this.tear();
  }, RESET_EVERY_MS);
  private readonly chance: Chance;

  constructor(
    private readonly socketPath: string,
    seed: number,
  ) {
    this.chance = new Chance(seed);
  }

  /** @returns the port */
  async listen(): Promise<number> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return (this.server.address() as net.AddressInfo).port;
  }

  async close(): Promise<void> {
    clearInterval(this.tearing);
    for (const line of this.lines) end(line);
    await new Promise((done) => this.server.close(done));
  }

  /** From now on; lines that are cut by it do not come back. */
  fall(ill: IllOfLine): void {
    this.ill = ill;
    if (ill === 'cut') for (const line of this.lines) end(line);
  }

  heal(): void {
    this.ill = null;
  }

  private accept(here: net.Socket): void {
    if (this.ill === 'cut') {
      here.resetAndDestroy();
      return;
    }
    const line: Line = { here, there: net.connect(this.socketPath), isDead: false };
    this.lines.add(line);
    for (const [from, to] of [
      [line.here, line.there],
      [line.there, line.here],
    ] as const) {
      from.setNoDelay(true);
      let before: Promise<void> = Promise.resolve();
      from.on('data', (bytes: Buffer) => {
        before = before.then(() => this.pass(line, bytes, to));
      });
      from.on('error', () => {
        end(line);
      });
      from.on('close', () => {
        if (line.here.destroyed && line.there.destroyed) this.lines.delete(line);
        if (!line.isDead) void before.then(() => to.destroy());
      });
    }
  }

  private async pass(line: Line, bytes: Buffer, to: net.Socket): Promise<void> {
    if (this.ill === 'half-open') line.isDead = true;
    if (line.isDead) return;
    const wait = this.ill === null ? undefined : DELAY_MS[this.ill];
    if (wait !== undefined) await pause(wait);
    if (this.ill === 'farewell' && to === line.here && bytes.subarray(-READY.length).equals(READY)) {
      line.isDead = true;
      to.end(Buffer.concat([bytes, FAREWELL])); // in one piece, as they arrive from a server that is killed
      line.there.destroy();
      return;
    }
    if (this.ill !== 'drip') {
      to.write(bytes);
      return;
    }
    for (let at = 0; at < bytes.length; at += DRIP_BYTES) {
      to.write(bytes.subarray(at, at + DRIP_BYTES));
      await pause(DRIP_MS);
    }
  }

  private tear(): void {
    if (this.ill !== 'reset' || this.lines.size === 0) return;
    const victim = [...this.lines][this.chance.between(0, this.lines.size - 1)];
    if (victim !== undefined) end(victim);
  }
}

/** A message of PostgreSQL's protocol: its kind, its length, what it says. */
function messageOf(kind: string, text: string): Buffer {
  const head = Buffer.alloc(5, kind);
  const said = Buffer.from(`${text}\0`);
  head.writeInt32BE(said.length + 4, 1);
  return Buffer.concat([head, said]);
}

function end({ here, there }: Line): void {
  if (!here.destroyed) here.resetAndDestroy();
  there.destroy();
}
