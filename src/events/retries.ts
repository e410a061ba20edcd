import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { isOutage } from '../database/sql-state.ts';
import { rows } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import { Lanes, type Lease } from './lanes.ts';
import { Listeners } from './listeners.ts';
import { aboutMerchant, eventOf, type EventRow } from './publishing.ts';

const BATCH = 200;
/** Of the patient ones: what is not patient waits no longer than for these. */
const PATIENT_BATCH = 5;
const MAX_ATTEMPTS = 12;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 600_000;
/** Where the database had no room or was away: no listener has failed. */
const OUTAGE_PAUSE_MS = 1_000;

interface DueRow extends EventRow {
  listener: string;
  attempts: number;
}

/** What is due and first of its aggregate for its listener. */
const DUE = `
  SELECT d.merchant_id, d.event_id AS id, d.listener, d.attempts, e.name, e.payload, e.created_at, e.sequence
  FROM event_delivery d JOIN event e ON e.merchant_id = d.merchant_id AND e.id = d.event_id
  WHERE d.lane = $1 AND d.patient = $2 AND d.dead_at IS NULL AND d.next_at <= clock_timestamp()
    AND NOT EXISTS (SELECT 1 FROM event_delivery b WHERE b.aggregate = d.aggregate AND b.listener = d.listener
                    AND b.position < d.position AND b.dead_at IS NULL)
  ORDER BY d.position LIMIT $3`;

/**
 * Events that did not go through together with others: a row a listener, each in a transaction of its own, in order per
 * aggregate and listener. Failures back off, then are set aside with an alarm (reliability.md).
 */
@Injectable()
export class Retries {
  private readonly log = new Logger('relay');
  private readonly pumping = new Map<number, Promise<void>>();
  private readonly again = new Set<number>();

  constructor(
    private readonly db: DataSource,
    private readonly listeners: Listeners,
    private readonly lanes: Lanes,
  ) {}

  /** Works off what is due in a lane that this process leases. */
  wake(lane: number): void {
    if (this.pumping.has(lane)) {
      this.again.add(lane);
      return;
    }
    const pump = this.pump(lane).finally(() => {
      this.pumping.delete(lane);
      if (this.again.delete(lane)) this.wake(lane);
    });
    this.pumping.set(lane, pump);
  }

  /** Waits for what runs. */
  async idle(): Promise<void> {
    await Promise.all(this.pumping.values());
  }

  private async pump(lane: number): Promise<void> {
    try {
      for (;;) {
        const lease = this.lanes.lease(lane);
        if (lease === null) return;
        if ((await this.deliver(lease, false)) === 0 && (await this.deliver(lease, true)) === 0) return;
      }
    } catch (error) {
      this.log.error({
        msg: 'lane stopped for now',
        lane,
        err: messageOf(error),
      });
    }
  }

  private async deliver(lease: Lease, isPatient: boolean): Promise<number> {
    const due = await rows<DueRow>(asHouse(this.db), DUE, [lease.lane, isPatient, isPatient ? PATIENT_BATCH : BATCH]);
    let done = 0;
    for (const row of due) done += await this.deliverOne(lease, row);
    return done;
  }

  /** @returns 1 when the listener did its part */
  private async deliverOne(lease: Lease, row: DueRow): Promise<number> {
    const listener = this.listeners.named(row.listener);
    try {
      if (listener === undefined) throw new Error(`There is no listener ${row.listener} in this version.`);
      return await inTransaction(aboutMerchant(this.db, row.merchant_id), async (tx) => {
        if (!(await this.lanes.holds(tx, lease))) return 0;
        const mark = await rows(
          tx,
          `DELETE FROM event_delivery WHERE merchant_id = $1 AND event_id = $2 AND listener = $3 AND dead_at IS NULL RETURNING event_id`,
          [row.merchant_id, row.id, row.listener],
        );
        if (mark.length === 0) return 0;
        await listener.hear(tx, [eventOf(row)]);
        return 1;
      });
    } catch (error) {
      if (isOutage(error)) await this.putOff(row, error);
      else await this.setBack(row, error);
      return 0;
    }
  }

  /** Counts no try: however long the database is overloaded, nothing is set aside for that. */
  private async putOff(row: DueRow, error: unknown): Promise<void> {
    this.log.warn({ msg: 'event put off', listener: row.listener, event: row.id, err: messageOf(error) });
    await rows(
      asHouse(this.db),
      `UPDATE event_delivery SET next_at = clock_timestamp() + $4 * interval '1 millisecond'
       WHERE merchant_id = $1 AND event_id = $2 AND listener = $3`,
      [row.merchant_id, row.id, row.listener, OUTAGE_PAUSE_MS],
    );
  }

  private async setBack(row: DueRow, error: unknown): Promise<void> {
    const message = messageOf(error);
    const attempts = row.attempts + 1;
    const dead = attempts >= MAX_ATTEMPTS;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** row.attempts, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2);
    this.log[dead ? 'error' : 'warn']({
      msg: dead ? 'event set aside' : 'listener failed',
      listener: row.listener,
      event: row.id,
      attempts,
      err: message,
    });
    await rows(
      asHouse(this.db),
      `UPDATE event_delivery SET attempts = $4, last_error = $5, next_at = clock_timestamp() + $6 * interval '1 millisecond',
         dead_at = CASE WHEN $7 THEN clock_timestamp() END
       WHERE merchant_id = $1 AND event_id = $2 AND listener = $3`,
      [row.merchant_id, row.id, row.listener, attempts, message.slice(0, 2_000), Math.round(pause), dead],
    );
    if (!dead)
      setTimeout(() => {
        this.wakeIfLeased(row.merchant_id);
      }, pause + 5).unref();
  }

  private wakeIfLeased(merchantId: string): void {
    const lane = this.lanes.of(merchantId);
    if (this.lanes.lease(lane) !== null) this.wake(lane);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
