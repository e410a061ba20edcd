import { Logger } from '@nestjs/common';
import type pg from 'pg';
import { HeardClient } from './data-source.ts';

/** Asked so often whether it is still there, and tried so often again where it is not. */
const LOOK_MS = 2_000;
/** Connecting, and an answer on this connection, take no longer. */
const PATIENCE_MS = 2_000;

/**
 * Hears what other processes tell on a channel, on a connection of its own. It is silent for hours, so whatever stands
 * between may have dropped it without a word: it is asked. What is missed meanwhile must be found without it.
 */
export class Listening {
  private readonly log = new Logger('listening');
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly url: string | undefined,
    private readonly channel: string,
    private readonly hear: (payload: string) => void,
  ) {}

  start(): void {
    this.looking = this.look();
  }

  /** Tells the others; nobody where the connection is away. */
  async tell(payload: string): Promise<void> {
    await this.client?.query('SELECT pg_notify($1, $2)', [this.channel, payload]).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.looking;
    const { client } = this;
    // one that does not answer is cut by pg; of one that does the farewell is heard
    await client?.query('UNLISTEN *').catch(() => undefined);
    await client?.end();
  }

  private async look(): Promise<void> {
    try {
      if (this.client === null) await this.connect();
      else await this.client.query('SELECT');
    } catch (error) {
      this.log.warn({
        msg: 'not listening',
        channel: this.channel,
        err: error instanceof Error ? error.message : String(error),
      });
      this.leave(this.client);
    }
    if (!this.stopped)
      this.timer = setTimeout(() => {
        this.looking = this.look();
      }, LOOK_MS).unref();
  }

  private async connect(): Promise<void> {
    const client = new HeardClient({
      ...{ connectionString: this.url, application_name: 'waybill listen' },
      ...{ connectionTimeoutMillis: PATIENCE_MS, query_timeout: PATIENCE_MS },
    });
    this.client = client;
    client.on('error', () => {
      this.leave(client);
    });
    client.on('notification', ({ payload = '', processId }) => {
      if (processId !== (client as unknown as { processID: number }).processID) this.hear(payload); // its own it knows
    });
    await client.connect();
    await client.query(`LISTEN ${this.channel}`);
  }

  /** The next look makes another one. */
  private leave(client: pg.Client | null): void {
    if (client === null || this.client !== client) return;
    this.client = null;
    void client.end().catch(() => undefined); // gone already
  }
}
