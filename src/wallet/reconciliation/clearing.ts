import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { inTransaction } from '../../database/transaction.ts';
import type { Timer } from '../../events/timers.ts';
import { Clock } from '../../kernel/clock.ts';
import { Money } from '../../kernel/money.ts';
import type { Clearing } from '../ledger/chart.ts';
import { HouseVerbs } from '../ledger/house-verbs.ts';
import { keepVerdict, type Line, type LineSubject } from './bank-line.store.ts';

const MERCHANTS_A_RUN = 200;
const LINES_AT_ONCE = 500;
const WAITING_AT_ONCE = 1_000;

interface Matched {
  id: string;
  merchantId: string;
  subjectId: string;
  net: string;
  currency: string;
}

/**
 * Moves what the clearing accounts waited for to the bank: a transfer that came, a payout that went, and a provider's
 * payout as the sum of its payments less its fees, each payment in its merchant's book (wallet.md, Reconciliation:
 * clearing returns to zero or the item is listed).
 */
@Injectable()
export class ClearingAccounts {
  /** What a process that ended in the middle of a payout left. */
  readonly timer: Timer = {
    name: 'wallet.clearing',
    realTime: true,
    nextDue: () => Promise.resolve(null), // never part of a jump
    run: () => this.clearDue(),
  };

  constructor(
    private readonly db: DataSource,
    private readonly verbs: HouseVerbs,
    private readonly clock: Clock,
  ) {}

  /** A line of the bank's is one top-up or payout: its clearing account is booked to the bank, once. */
  async ofLine(
    tx: EntityManager,
    line: { id: string; merchantId: string; subject: LineSubject; amount: Money; clearing: Clearing },
  ): Promise<void> {
    const { id, merchantId, subject, amount, clearing } = line;
    const cause = { type: subject.kind, id: subject.id };
    const at = this.clock.now();
    await this.verbs.clear(tx, { merchantId, key: `clear:${id}`, cause, at, clearing, against: 'bank' }, amount);
    await rows(tx, 'UPDATE bank_line SET cleared_at = $2 WHERE id = $1', [id, at]);
  }

  /**
   * The payout of the provider that a line of the bank's is: named in its text, else the oldest one of that amount where
   * the text names the provider. Its payments are booked afterwards, a merchant a transaction.
   * @returns the provider's id of it; null: none that is known, or not all of its payments are reported yet
   */
  async payoutOn(tx: EntityManager, lineId: string, line: Pick<Line, 'amount' | 'text'>): Promise<string | null> {
    const { amount, text } = line;
    const found = await one<{ payout: string }>(
      tx,
      `SELECT payout FROM bank_line WHERE source = 'stripe' AND payout IS NOT NULL AND payout_line_id IS NULL AND currency = $1
         AND (category IS NULL OR category NOT IN ('payout', 'payout_reversal'))
       GROUP BY payout HAVING sum(amount_minor - fee_minor) = $2
         AND (position(lower(payout) IN lower($3)) > 0 OR position('stripe' IN lower($3)) > 0)
       ORDER BY position(lower(payout) IN lower($3)) > 0 DESC, min(booked_on), payout LIMIT 1`,
      [amount.currency, amount.minor, text],
    );
    if (found === null) return null;
    const taken = await rows(
      tx,
      `UPDATE bank_line SET payout_line_id = $2 WHERE source = 'stripe' AND payout = $1 AND payout_line_id IS NULL RETURNING id`,
      [found.payout, lineId],
    );
    if (taken.length === 0) return null; // another line of the bank's was it, a moment ago
    return found.payout;
  }

  /** A report has come: lines of the bank's that waited for it are matched, and what is matched is booked. */
  async catchUp(): Promise<void> {
    const waiting = await rows<{ id: string }>(
      asHouse(this.db),
      `SELECT id FROM bank_line WHERE source = 'bank' AND state = 'review' AND why = 'provider_payout' ORDER BY booked_on, id LIMIT $1`,
      [WAITING_AT_ONCE],
    );
    for (const { id } of waiting) await inTransaction(asHouse(this.db), (tx) => this.tryAgain(tx, id));
    await this.clearDue();
  }

  private async tryAgain(tx: EntityManager, id: string): Promise<void> {
    const line = await one<{ amount_minor: string; currency: string; text: string }>(
      tx,
      `SELECT amount_minor, currency, text FROM bank_line WHERE id = $1 AND state = 'review' FOR UPDATE`,
      [id],
    );
    if (line === null) return;
    const amount = Money.ofMinor(line.amount_minor, line.currency);
    const payout = await this.payoutOn(tx, id, { amount, text: line.text });
    if (payout !== null) await keepVerdict(tx, id, { state: 'matched', merchantId: null, subject: null, payout });
  }

  /** @returns how many payments were booked */
  async clearDue(): Promise<number> {
    const merchants = await rows<{ merchant_id: string }>(
      asHouse(this.db),
      `SELECT DISTINCT merchant_id FROM bank_line
       WHERE payout_line_id IS NOT NULL AND merchant_id IS NOT NULL AND cleared_at IS NULL AND state = 'matched' ORDER BY merchant_id LIMIT $1`,
      [MERCHANTS_A_RUN],
    );
    let done = 0;
    for (const { merchant_id: merchantId } of merchants)
      done += await inTransaction(asHouse(this.db), (tx) => this.clearOf(tx, merchantId));
    return done;
  }

  private async clearOf(tx: EntityManager, merchantId: string): Promise<number> {
    const due = await rows<Matched>(
      tx,
      `SELECT id, merchant_id AS "merchantId", subject_id AS "subjectId", amount_minor - fee_minor AS net, currency FROM bank_line
       WHERE merchant_id = $1 AND payout_line_id IS NOT NULL AND cleared_at IS NULL AND state = 'matched'
       ORDER BY id LIMIT $2 FOR UPDATE`,
      [merchantId, LINES_AT_ONCE],
    );
    for (const { id, subjectId, net, currency } of due) {
      const subject = { kind: 'top_up' as const, id: subjectId };
      await this.ofLine(tx, {
        ...{ id, merchantId, subject, amount: Money.ofMinor(net, currency), clearing: 'psp_clearing' },
      });
    }
    return due.length;
  }
}
