import { Logger } from '@nestjs/common';
import type pg from 'pg';
import { HeardClient } from '../database/data-source.ts';

const CHANNEL = 'waybill_lane';
/** Asked so often whether it is still there, and tried so often again where it is not. */
const LOOK_MS = 2_000;
/** Connecting, and an answer on this connection, take no longer. */
const PATIENCE_MS = 2_000;

/** The statement that calls the processes that lease these lanes ($1: their numbers). */
export const CALL = `SELECT pg_notify('${CHANNEL}', lane::text) FROM unnest($1::int[]) AS lane`;

/**
 * Hears other processes tell of what they left in a lane, on a connection of its own. It is silent for hours, so whatever
 * stands between may have dropped it without a word: it is asked. What is missed meanwhile is found by polling.
 */
export class LaneCalls {
  private readonly log = new Logger('lanes');
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly url: string | undefined,
    private readonly hear: (lane: number) => void,
  ) {}

  start(): void {
    this.looking = this.look();
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
      this.log.warn({ msg: 'not listening; polling', err: error instanceof Error ? error.message : String(error) });
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
    client.on('notification', ({ payload }) => {
      this.hear(Number.parseInt(payload ?? '', 10));
    });
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
  }

  /** The next look makes another one. */
  private leave(client: pg.Client | null): void {
    if (client === null || this.client !== client) return;
    this.client = null;
    void client.end().catch(() => undefined); // gone already
  }
}
