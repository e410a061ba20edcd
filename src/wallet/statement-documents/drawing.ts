import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../config.ts';
import { asHouse, asMerchant } from '../../database/scope.ts';
import { isOutage } from '../../database/sql-state.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Timers } from '../../events/timers.ts';
import { Clock, realNow } from '../../kernel/clock.ts';
import { PartyBook } from '../documents/parties.ts';
import { statementCsv } from '../documents/statement.csv.ts';
import { statementPdf } from '../documents/statement.document.ts';
import { StatementService } from '../statement.service.ts';
import type { TransactionView } from '../wallet.dto.ts';
import {
  addPart,
  finishDocument,
  leaveDocument,
  outlineOf,
  takeDocument,
  type DocumentRow,
} from './statement-document.store.ts';

/** Drawn in one go: a few milliseconds, then requests have their turn. */
const LINES_A_STEP = 25;
/** Stored with the progress. */
const LINES_A_PART = 200;
/** A worker that says nothing for so long has died: another one begins anew. */
const SILENCE_MS = 60_000;
const PAUSE_MS = 5_000;
/** One that fails, or whose worker dies, so often is given up; a worker that stops, or finds no database, is no failure. */
const MOST_RUNS = 5;

/** What a run has drawn and stored. */
interface Progress {
  lines: number;
  parts: number;
  bytes: number;
}

/**
 * Draws the statements that were asked for, one after the other, beside the requests: few lines and bytes are in memory
 * at a time. What a worker that died had drawn is thrown away, and drawn once more from the beginning.
 */
@Injectable()
export class StatementDrawing implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new Logger('statements');
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly statements: StatementService,
    private readonly parties: PartyBook,
  ) {}

  onModuleInit(): void {
    this.timers.register({
      name: 'wallet: statement documents',
      realTime: true, // what is drawn is fixed; the drawing is the machine's
      nextDue: () => Promise.resolve(null),
      run: () => {
        this.wake();
        return Promise.resolve(0);
      },
    });
  }

  /** The one that is being drawn is given back at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  /** Draws what waits, unless this process does so already or is none that draws. */
  wake(): void {
    if (this.config.role === 'api' || this.stopped) return;
    this.running ??= this.drawAll()
      .catch((error: unknown) => {
        this.log.error({ msg: 'drawing stopped for now', err: describe(error) });
      })
      .finally(() => {
        this.running = null;
      });
  }

  private async drawAll(): Promise<void> {
    while (!this.stopped) {
      const now = realNow();
      const taken = await inTransaction(asHouse(this.db), (tx) => takeDocument(tx, now, after(now, SILENCE_MS)));
      if (taken === null) return;
      await this.drawOne(taken);
    }
  }

  private async drawOne(document: DocumentRow): Promise<void> {
    try {
      if (document.run > MOST_RUNS) throw new Error('Every worker that drew it died.');
      await this.draw(document);
    } catch (error) {
      const { merchant_id: merchantId, id, run } = document;
      if (!this.stopped) this.log.error({ msg: 'a statement was not drawn', document: id, run, err: describe(error) });
      const counts = !this.stopped && !isOutage(error);
      const status = run >= MOST_RUNS && counts ? 'failed' : 'queued';
      const freeAt = after(realNow(), this.stopped ? 0 : PAUSE_MS);
      await inTransaction(asMerchant(this.db, merchantId), (tx) =>
        leaveDocument(tx, document, { status, counts, freeAt, at: this.clock.now() }),
      );
    }
  }

  private async draw(document: DocumentRow): Promise<void> {
    const { merchant_id: merchantId } = document;
    const done: Progress = { lines: 0, parts: 0, bytes: 0 };
    let drawn = 0;
    let waiting: Buffer[] = [];
    for await (const piece of await this.pieces(document, (lines) => (drawn += lines))) {
      waiting.push(Buffer.from(piece));
      if (drawn - done.lines < LINES_A_PART) continue;
      if (!(await this.store(document, done, { bytes: Buffer.concat(waiting), lines: drawn }))) return;
      waiting = [];
    }
    if (!(await this.store(document, done, { bytes: Buffer.concat(waiting), lines: drawn }))) return;
    const end = { bytes: done.bytes, at: this.clock.now() };
    await inTransaction(asMerchant(this.db, merchantId), (tx) => finishDocument(tx, document, end));
  }

  /** @param onLines told of lines that are drawn next */
  private async pieces(
    document: DocumentRow,
    onLines: (count: number) => void,
  ): Promise<AsyncIterable<string | Buffer>> {
    const { merchant_id: merchantId, form, language } = document;
    const outline = outlineOf(document);
    const lines = this.inSteps(this.statements.lines(outline), onLines);
    if (form === 'csv') return statementCsv(outline, lines);
    const parties = await this.parties.of(asMerchant(this.db, merchantId), merchantId);
    return statementPdf({ outline, parties, language, lines });
  }

  private async *inSteps(
    parts: AsyncIterable<TransactionView[]>,
    onLines: (count: number) => void,
  ): AsyncGenerator<TransactionView[], void, undefined> {
    for await (const part of parts) {
      for (let n = 0; n < part.length; n += LINES_A_STEP) {
        if (this.stopped) throw new Error('The service stops.');
        const step = part.slice(n, n + LINES_A_STEP);
        onLines(step.length);
        yield step;
        await setImmediate();
      }
    }
  }

  /** @returns false: another run has begun */
  private async store(
    document: DocumentRow,
    done: Progress,
    { bytes, lines }: { bytes: Buffer; lines: number },
  ): Promise<boolean> {
    const part = { n: done.parts + 1, bytes, linesDone: lines, freeAt: after(realNow(), SILENCE_MS) };
    const isMine = await inTransaction(asMerchant(this.db, document.merchant_id), (tx) => addPart(tx, document, part));
    Object.assign(done, { lines, parts: part.n, bytes: done.bytes + bytes.length });
    return isMine;
  }
}

function after(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
