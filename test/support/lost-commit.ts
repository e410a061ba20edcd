import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';

const database = new URL(process.env['DATABASE_URL'] ?? '');
const socketPath = path.join(database.searchParams.get('host') ?? '', '.s.PGSQL.5432');

/** Between the service and PostgreSQL: the answer to the next COMMIT is lost with its connection. */
export class LostCommit {
  private isNext = false;
  private readonly server = net.createServer((here) => {
    const there = net.connect(socketPath);
    let isAsked = false;
    here.on('data', (bytes: Buffer) => {
      isAsked = this.isNext && bytes.includes('commit\0');
      there.write(bytes);
    });
    there.on('data', (bytes: Buffer) => {
      if (!isAsked) here.write(bytes);
      else {
        this.isNext = false;
        here.destroy();
        there.destroy();
      }
    });
    for (const [one, other] of [
      [here, there],
      [there, here],
    ] as const)
      one.on('error', () => undefined).on('close', () => other.destroy());
  });

  async url(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `postgres://${database.username}@127.0.0.1:${(this.server.address() as AddressInfo).port}${database.pathname}`;
  }

  /** It has happened. */
  get isLost(): boolean {
    return !this.isNext;
  }

  loseNext(): void {
    this.isNext = true;
  }

  close(): void {
    this.server.close();
  }
}
