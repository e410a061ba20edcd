import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { inTransaction, takeTime } from '../../database/transaction.ts';
import {
  readAccounts,
  readBook,
  readBookless,
  readJournals,
  readMerchants,
  readPostings,
  readSums,
  type PostingRecord,
} from './records.ts';
import { BookReplay, type Fault } from './replay.ts';

export interface Verification {
  /** Journals. */
  checked: number;
  books: number;
  faults: Fault[];
}

/** Of one statement. */
const LONG_READ_MS = 600_000;
const BOOKS_A_PAGE = 500;
const JOURNALS_A_PAGE = 1_000;

/**
 * Recomputes the ledger from the first posting of every book. Each book is read in one snapshot, so it may be written
 * meanwhile; one book at a time is in memory.
 */
@Injectable()
export class LedgerVerification {
  constructor(private readonly db: DataSource) {}

  async run(): Promise<Verification> {
    const bookless = await this.snapshot(readBookless);
    const result: Verification = { checked: 0, books: 0, faults: bookless.map(withoutBook) };
    let merchants: string[] = [];
    do {
      const after = merchants.at(-1) ?? null;
      merchants = await this.snapshot((tx) => readMerchants(tx, after, BOOKS_A_PAGE));
      for (const merchantId of merchants) {
        const { checked, faults } = await this.snapshot((tx) => verifyBook(tx, merchantId));
        result.books += 1;
        result.checked += checked;
        result.faults.push(...faults);
      }
    } while (merchants.length === BOOKS_A_PAGE);
    return result;
  }

  /** Reads only, at one instant of the database; long reads are meant here. */
  private snapshot<T>(read: (tx: EntityManager) => Promise<T>): Promise<T> {
    const reading = async (tx: EntityManager): Promise<T> => {
      takeTime(tx, LONG_READ_MS);
      return read(tx);
    };
    return inTransaction(asHouse(this.db), reading, { snapshot: true });
  }
}

const withoutBook = (book: string): Fault => ({ book, journal: null, rule: 'book', detail: 'rows without a book' });

async function verifyBook(tx: EntityManager, merchantId: string): Promise<{ checked: number; faults: Fault[] }> {
  const book = await readBook(tx, merchantId);
  if (book === null) return { checked: 0, faults: [withoutBook(merchantId)] };
  const replay = new BookReplay(merchantId, book);
  let checked = 0;
  let last = 0n;
  for (;;) {
    const journals = await readJournals(tx, merchantId, last, JOURNALS_A_PAGE);
    const upTo = journals.length < JOURNALS_A_PAGE ? null : (journals.at(-1)?.number ?? null);
    const postings = byJournal(await readPostings(tx, merchantId, last, upTo));
    for (const journal of journals) {
      replay.apply(journal, postings.get(journal.number) ?? []);
      postings.delete(journal.number);
    }
    for (const [stray] of postings.values()) if (stray !== undefined) replay.stray(stray);
    checked += journals.length;
    last = journals.at(-1)?.number ?? last;
    if (upTo === null) break;
  }
  replay.finish(await readAccounts(tx, merchantId), await readSums(tx, merchantId));
  return { checked, faults: replay.faults };
}

function byJournal(postings: readonly PostingRecord[]): Map<bigint, PostingRecord[]> {
  const found = new Map<bigint, PostingRecord[]>();
  for (const posting of postings) {
    const list = found.get(posting.number);
    if (list === undefined) found.set(posting.number, [posting]);
    else list.push(posting);
  }
  return found;
}
