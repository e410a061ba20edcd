import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Gauge } from 'prom-client';
import { Config } from '../../config.ts';
import { asHouse, type Scope } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { inTransaction } from '../../database/transaction.ts';
import type { Timer } from '../../events/timers.ts';
import { Metrics } from '../../http/metrics.ts';
import { MailService } from '../../mail/mail.service.ts';
import { LedgerVerification, type Verification } from './verification.ts';

/** UTC. */
const HOUR = 3;
const SHOWN = 20;
/** A stop of the service cuts a longer one off. */
const LAST_WAIT_MS = 3_000;
/** One that has not ended by then was cut off, or could not read the books: it begins anew. */
const CUT_OFF_HOURS = 3;

const BEGIN = `
  INSERT INTO book_check AS c (day, begun_at) VALUES ($1, $2)
  ON CONFLICT (day) DO UPDATE SET begun_at = excluded.begun_at
  WHERE c.ended_at IS NULL AND c.begun_at <= excluded.begun_at - make_interval(hours => $3) RETURNING day`;

/** Recomputes all books every night; a fault is an alarm in the metrics, in the log and by mail. */
@Injectable()
export class NightlyVerification implements BeforeApplicationShutdown {
  private readonly log = new Logger('ledger');
  /** Seen done by this process: it does not ask again until the next day. */
  private done = '';
  /** Beside the other timers: they do not wait for large books. */
  private running: Promise<void> = Promise.resolve();
  private isBusy = false;
  readonly timer: Timer = {
    name: 'wallet.nightly_verification',
    realTime: true, // it reads what is stored, whatever the sandbox's day
    nextDue: () => Promise.resolve(null),
    run: (db, now) => this.run(db, now),
  };

  constructor(
    private readonly verification: LedgerVerification,
    private readonly mails: MailService,
    private readonly config: Config,
    db: DataSource,
    metrics: Metrics,
  ) {
    const registers = [metrics.registry];
    const faults = new Gauge({
      name: 'waybill_ledger_faults',
      help: 'Faults that the last nightly verification of the ledger found; NaN before the first.',
      registers,
      collect: () =>
        metrics.asked(async () => {
          const last = await one<{ faults: string }>(
            asHouse(db),
            'SELECT faults FROM book_check WHERE ended_at IS NOT NULL ORDER BY day DESC LIMIT 1',
          );
          if (last !== null) faults.set(Number.parseInt(last.faults, 10));
        }),
    });
    faults.set(Number.NaN);
  }

  /** @param now real time */
  private async run(db: Scope, now: Date): Promise<number> {
    if (now.getUTCHours() < HOUR) return 0;
    const day = now.toISOString().slice(0, 10);
    if (this.done === day || this.isBusy) return 0;
    const mine = await inTransaction(db, (tx) => rows(tx, BEGIN, [day, now, CUT_OFF_HOURS]));
    if (mine.length === 0) {
      const known = await one<{ ended: boolean }>(
        db,
        'SELECT ended_at IS NOT NULL AS ended FROM book_check WHERE day = $1',
        [day],
      );
      if (known?.ended === true) this.done = day;
      return 0; // done, or another worker's
    }
    this.isBusy = true;
    this.running = this.check(db, day)
      .catch((error: unknown) => {
        this.log.error({
          msg: 'nightly verification failed',
          err: error instanceof Error ? error.message : String(error),
        });
      })
      .finally(() => {
        this.isBusy = false;
      });
    return 1;
  }

  /** When the verification that was begun last has ended. */
  finished(): Promise<void> {
    return this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.race([this.running, sleep(LAST_WAIT_MS, undefined, { ref: false })]);
  }

  private async check(db: Scope, day: string): Promise<void> {
    const found = await this.verification.run();
    await inTransaction(db, async (tx) => {
      await rows(
        tx,
        'UPDATE book_check SET ended_at = clock_timestamp(), journals = $2, books = $3, faults = $4 WHERE day = $1',
        [day, found.checked, found.books, found.faults.length],
      );
      if (found.faults.length > 0 && this.config.alarmMail !== null)
        await this.mails.post(tx, { ...mailOf(day, found), to: this.config.alarmMail });
    });
    if (found.faults.length > 0)
      this.log.error({ msg: 'the ledger has faults', faults: found.faults.length, first: found.faults[0] });
  }
}

function mailOf(day: string, { faults, checked, books }: Verification) {
  const lines = faults
    .slice(0, SHOWN)
    .map((f) => `book ${f.book}, journal ${f.journal ?? '-'}: ${f.rule}: ${f.detail}`);
  const more = faults.length > SHOWN ? [`and ${faults.length - SHOWN} more`] : [];
  const head = `${faults.length} faults in ${books} books and ${checked} journals. GET /v1/ledger/verification lists them all.`;
  return {
    ...{ key: `ledger-alarm:${day}`, kind: 'ledger_alarm', subject: `The ledger has faults (${day})` },
    text: [head, '', ...lines, ...more, ''].join('\n'),
  };
}
