import { FIRST_LOT, isBucket } from './chart.ts';
import { journalHash, openingHash } from './hash.ts';
import {
  accountKey,
  type AccountRecord,
  type AccountState,
  type BookRecord,
  type JournalRecord,
  type PostingRecord,
} from './records.ts';
import { VerbRules } from './verb-rules.ts';

/** Something that does not hold: the rule, and what was found. */
export interface Fault {
  /** The merchant whose book it is. */
  book: string;
  /** Number of the journal, where one is to blame. */
  journal: number | null;
  rule: string;
  detail: string;
}

/**
 * One book recomputed from its first posting, apart from the database's own code: numbers, chain, balances after,
 * guards, spend order, refunds, holds. What it arrives at is compared with what is stored.
 */
export class BookReplay {
  readonly faults: Fault[] = [];
  readonly accounts = new Map<string, AccountState>();
  private readonly totals = new Map<string, bigint>();
  private readonly keys = new Set<string>();
  private readonly ids = new Set<string>();
  private readonly rules: VerbRules;
  private head: Buffer;
  private lastUs: bigint;
  private last = 0n;

  constructor(
    private readonly merchantId: string,
    private readonly book: BookRecord,
  ) {
    this.head = openingHash(merchantId, book.openedUs);
    this.lastUs = book.openedUs;
    this.rules = new VerbRules(this.accounts, (rule, detail) => {
      this.fault(rule, detail, this.last);
    });
  }

  /** The next journal with its postings in order. */
  apply(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    const before = this.last;
    this.last = journal.number;
    this.check(journal.number === before + 1n, 'gapless_numbers', `follows journal ${before}`);
    this.check(!this.keys.has(journal.key), 'key_once', `the key ${journal.key} was used before`);
    this.check(!this.ids.has(journal.id), 'id_once', `the id ${journal.id} was used before`);
    this.check(journal.countsUs >= this.lastUs, 'time_order', 'counts for an instant before the journal before');
    const hash = journalHash(this.head, this.merchantId, journal, postings);
    this.check(hash.equals(journal.hash), 'hash_chain', 'the hash does not follow from what is written');
    this.keys.add(journal.key);
    this.ids.add(journal.id);
    this.head = journal.hash; // so that one forged row is one fault, not one in every row after it
    this.lastUs = journal.countsUs;
    this.rules.before(journal, postings);
    this.move(journal, postings);
    this.rules.after(journal, postings);
  }

  /** Compares where the replay arrived with the stored rows. */
  finish(accounts: readonly AccountRecord[], sums: ReadonlyMap<string, string>): void {
    const { book } = this;
    this.verify(book.number === this.last, 'book', `the book counts ${book.number} journals, there are ${this.last}`);
    this.verify(book.head.equals(this.head), 'book', 'the head of the chain is not the newest journal');
    this.verify(book.lastUs === this.lastUs, 'book', 'the instant of the newest journal differs');
    for (const account of accounts) this.compareAccount(account);
    const stored = new Set(accounts.map((a) => accountKey(a.currency, a.number)));
    for (const name of this.accounts.keys()) this.verify(stored.has(name), 'balance', `the account ${name} is gone`);
    const expected = this.rules.sums();
    for (const [name, says] of expected) {
      this.verify(
        sums.get(name) === says,
        'sums',
        `${name} says "${sums.get(name) ?? 'nothing'}", the postings say "${says}"`,
      );
    }
    for (const name of sums.keys()) this.verify(expected.has(name), 'sums', `${name} has no journal`);
  }

  stray(posting: PostingRecord): void {
    this.faults.push({
      book: this.merchantId,
      journal: Number(posting.number),
      rule: 'postings',
      detail: 'a posting without a journal',
    });
  }

  private move(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    this.check(postings.length > 0, 'postings', 'a journal without a posting');
    let change = 0n;
    for (const [index, posting] of postings.entries()) {
      const { amount, phase } = posting;
      this.check(posting.leg === index + 1, 'postings', `leg ${posting.leg} stands where ${index + 1} should`);
      this.check(
        amount > 0n && posting.debit !== posting.credit,
        'postings',
        'a posting moves something between two accounts',
      );
      this.check(posting.currency === journal.currency, 'postings', `a posting in ${posting.currency}`);
      const moved = phase === 'direct' || phase === 'capture' ? amount : 0n;
      const held = phase === 'hold' ? amount : phase === 'direct' ? 0n : -amount;
      const debit = this.bump(journal.currency, posting.debit, -moved, held);
      const credit = this.bump(journal.currency, posting.credit, moved, 0n);
      this.check(
        debit.posted === posting.debitPosted && debit.held === posting.debitHeld,
        'balance_after',
        `of account ${posting.debit}`,
      );
      this.check(credit.posted === posting.creditPosted, 'balance_after', `of account ${posting.credit}`);
      change += (isBucket(posting.credit) ? moved : 0n) - (isBucket(posting.debit) ? moved : 0n);
    }
    this.guard(journal.currency, postings);
    const total = (this.totals.get(journal.currency) ?? 0n) + change;
    this.totals.set(journal.currency, total);
    this.check(journal.amount === change, 'amount', `says ${journal.amount}, the postings say ${change}`);
    this.check(
      journal.balanceAfter === total,
      'balance_after',
      `says ${journal.balanceAfter}, the postings say ${total}`,
    );
  }

  private bump(currency: string, account: number, posted: bigint, held: bigint): AccountState {
    const key = accountKey(currency, account);
    const state = this.accounts.get(key) ?? { posted: 0n, held: 0n };
    const next = { posted: state.posted + posted, held: state.held + held };
    this.accounts.set(key, next);
    return next;
  }

  private guard(currency: string, postings: readonly PostingRecord[]): void {
    for (const account of new Set(postings.flatMap((p) => [p.debit, p.credit]))) {
      const state = this.accounts.get(accountKey(currency, account));
      const sound = state !== undefined && state.held >= 0n && (!isBucket(account) || state.posted - state.held >= 0n);
      this.check(sound, 'guard', `account ${account} is below zero`);
    }
  }

  private compareAccount(stored: AccountRecord): void {
    const name = accountKey(stored.currency, stored.number);
    const state = this.accounts.get(name);
    this.verify(state !== undefined, 'balance', `the account ${name} has no posting`);
    if (state === undefined) return;
    this.verify(
      stored.posted === state.posted,
      'balance',
      `${name} has ${stored.posted} posted, its postings say ${state.posted}`,
    );
    this.verify(
      stored.held === state.held,
      'balance',
      `${name} has ${stored.held} held, its postings say ${state.held}`,
    );
    this.verify(
      stored.open === (stored.number >= FIRST_LOT && state.posted > 0n),
      'balance',
      `${name} is marked wrongly as open or empty`,
    );
    const lot = this.rules.lots.get(name);
    const terms = [stored.rank, stored.expiresUs, stored.paysFor?.join()].map(String).join(' ');
    const granted = [lot?.rank ?? null, lot?.expiresUs ?? null, lot?.paysFor.join()].map(String).join(' ');
    this.verify(terms === granted, 'lot_terms', `${name} has the terms ${terms}, granted were ${granted}`);
  }

  private check(holds: boolean, rule: string, detail: string): void {
    if (!holds) this.fault(rule, detail, this.last);
  }

  private verify(holds: boolean, rule: string, detail: string): void {
    if (!holds) this.fault(rule, detail, null);
  }

  private fault(rule: string, detail: string, journal: bigint | null): void {
    this.faults.push({ book: this.merchantId, journal: journal === null ? null : Number(journal), rule, detail });
  }
}
