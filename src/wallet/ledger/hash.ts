import { createHash } from 'node:crypto';
import type { JournalRecord, PostingRecord } from './records.ts';

/**
 * The chain's hash, written apart from the database's (migration CreateLedgerPosting): every field of a journal and of
 * its postings, numbers big-endian, texts with their length first.
 */
export function journalHash(
  before: Buffer,
  merchantId: string,
  journal: Omit<JournalRecord, 'hash'>,
  postings: readonly PostingRecord[],
): Buffer {
  const hash = createHash('sha256');
  const fields = [
    before,
    uuid(merchantId),
    int8(journal.number),
    uuid(journal.id),
    text(journal.verb),
    text(journal.type ?? ''),
    text(journal.key),
    journal.fingerprint,
    text(journal.causeType),
    text(journal.causeId),
    int8(journal.about ?? 0n),
    text(journal.currency),
    text(journal.details),
    int8(journal.amount),
    int8(journal.balanceAfter),
    int8(journal.countsUs),
    int8(journal.writtenUs),
    int4(postings.length),
    ...postings.flatMap((p) => [
      int4(p.leg),
      text(p.phase),
      int4(p.debit),
      int4(p.credit),
      int8(p.amount),
      int8(p.debitPosted),
      int8(p.debitHeld),
      int8(p.creditPosted),
    ]),
  ];
  for (const field of fields) hash.update(field);
  return hash.digest();
}

/** What the first journal of a book is chained to. */
export function openingHash(merchantId: string, openedUs: bigint): Buffer {
  return createHash('sha256').update(uuid(merchantId)).update(int8(openedUs)).digest();
}

function uuid(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function int8(n: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(n);
  return bytes;
}

function int4(n: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(n);
  return bytes;
}

function text(t: string): Buffer {
  const bytes = Buffer.from(t, 'utf8');
  return Buffer.concat([int4(bytes.length), bytes]);
}
