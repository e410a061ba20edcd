import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { inTransaction } from '../../database/transaction.ts';
import { NotFound } from '../../kernel/errors.ts';
import { Folding } from '../folding.ts';
import { Inbox, type ReadAgain } from '../inbox.ts';
import { NotRereadable } from '../tracking.errors.ts';
import { TrackingStore } from '../tracking.store.ts';
import { DeskStore } from './desk.store.ts';

/** So many messages at a call. */
const BATCH = 200;

export interface Rereading {
  messages: number;
  /** That still cannot be read. */
  unreadable: number;
  accepted: number;
  revised: number;
  unmatched: number;
}

/** Reads kept messages again after a translator was mended; each in a transaction of its own. */
@Injectable()
export class Rereader {
  private readonly log = new Logger('tracking');

  constructor(
    private readonly db: DataSource,
    private readonly store: TrackingStore,
    private readonly desk: DeskStore,
    private readonly inbox: Inbox,
    private readonly folding: Folding,
  ) {}

  /** @throws NotFound; @throws NotRereadable events in our own words need no reading */
  async one(id: string): Promise<ReadAgain> {
    const read = await inTransaction(asHouse(this.db), async (tx) => {
      const message = await this.store.message(tx, id);
      if (message === null) throw new NotFound('tracking message');
      const { kind } = message;
      if (kind === 'events') throw new NotRereadable();
      return this.inbox.readAgain(tx, { ...message, kind });
    });
    await this.folding.foldAll(read.packages);
    return read;
  }

  /** What could not be read, or had codes that were new. One that fails is logged and does not hold up the others. */
  async all(source: string | null): Promise<Rereading> {
    const sum: Rereading = { messages: 0, unreadable: 0, accepted: 0, revised: 0, unmatched: 0 };
    for (const id of await this.desk.toReadAgain(asHouse(this.db), source, BATCH)) {
      const read = await this.quietly(id);
      if (read === null) continue;
      sum.messages += 1;
      sum.unreadable += read.problem === null ? 0 : 1;
      sum.accepted += read.counts.accepted;
      sum.revised += read.revised;
      sum.unmatched += read.counts.unmatched;
    }
    return sum;
  }

  private async quietly(id: string): Promise<ReadAgain | null> {
    try {
      return await this.one(id);
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error);
      this.log.error({ msg: 'a message was not read again', message: id, err });
      return null;
    }
  }
}
