import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asMerchant, type Scope } from '../../database/scope.ts';
import { rows } from '../../database/sql.ts';
import { afterCommit } from '../../database/transaction.ts';
import { runDue } from '../../events/due.ts';
import { Timers } from '../../events/timers.ts';
import { Clock, plusDays, realNow } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { languageFor, PartyBook } from '../documents/parties.ts';
import { StatementService } from '../statement.service.ts';
import { DocumentNotReady, TooManyDocuments } from '../wallet.errors.ts';
import { StatementDrawing } from './drawing.ts';
import {
  countWaiting,
  eraseDocument,
  findDocument,
  insertDocument,
  nextErasure,
  overdue,
  partAfter,
  type DocumentRow,
  type Frame,
} from './statement-document.store.ts';
import type { StatementDocumentBody } from './statement-documents.dto.ts';

const KEPT_DAYS = 7;
/** Of one merchant, so that others come to their turn. */
const MOST_WAITING = 5;

/** Statements as files that are drawn in the background and tell how far they are. */
@Injectable()
export class StatementDocuments implements OnModuleInit {
  private readonly log = new Logger('statements');

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly statements: StatementService,
    private readonly parties: PartyBook,
    private readonly drawing: StatementDrawing,
  ) {}

  onModuleInit(): void {
    this.timers.register({
      name: 'wallet: old statement documents',
      nextDue: (db) => nextErasure(db),
      run: (db, now) => this.eraseOld(db, now),
    });
  }

  /**
   * What a document will show: its frame is what the wallet holds now.
   * @throws InvalidFields as `StatementService.outline`
   */
  async frame(merchantId: string, body: StatementDocumentBody): Promise<Frame> {
    const outline = await this.statements.outline(merchantId, body);
    const { format: form = 'pdf', language } = body;
    if (language !== undefined) return { outline, form, language };
    return { outline, form, language: languageFor(await this.parties.of(asMerchant(this.db, merchantId), merchantId)) };
  }

  /** Begins a document. @throws TooManyDocuments so many of the merchant's wait already */
  async ask(tx: EntityManager, frame: Frame): Promise<DocumentRow> {
    const { merchantId } = frame.outline;
    await rows(tx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`statement documents of ${merchantId}`]);
    if ((await countWaiting(tx, merchantId)) >= MOST_WAITING) throw new TooManyDocuments(MOST_WAITING);
    const at = this.clock.now();
    const made = await insertDocument(tx, frame, {
      ...{ id: newId(), at, keptUntil: plusDays(at, KEPT_DAYS), freeAt: realNow() },
    });
    afterCommit(tx, () => {
      this.drawing.wake();
    });
    return made;
  }

  /** @throws NotFound */
  async get(merchantId: string, id: string): Promise<DocumentRow> {
    const found = await findDocument(asMerchant(this.db, merchantId), merchantId, id);
    if (found === null) throw new NotFound('document');
    return found;
  }

  /** @throws NotFound, DocumentNotReady */
  async ready(merchantId: string, id: string): Promise<DocumentRow> {
    const found = await this.get(merchantId, id);
    if (found.status !== 'done') throw new DocumentNotReady(found.status, found.lines_done, found.lines_total);
    return found;
  }

  /** The bytes of one that is done, read part by part as they are sent. */
  async *file(document: DocumentRow): AsyncGenerator<Buffer, void, undefined> {
    for (let n = 0; ; n += 1) {
      const bytes = await partAfter(asMerchant(this.db, document.merchant_id), document, n);
      if (bytes === null) return;
      yield bytes;
    }
  }

  private eraseOld(db: Scope, now: Date): Promise<number> {
    return runDue<DocumentRow>(db, this.log, {
      due: (limit) => overdue(db, now, limit),
      key: ({ id }) => id,
      work: (tx, document) => eraseDocument(tx, document),
      failed: ({ id }) => ({ msg: 'an old statement was not erased', document: id }),
    });
  }
}
