import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { rows, type Db } from '../database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { NotFound } from '../kernel/errors.ts';
import { Money } from '../kernel/money.ts';
import { Shortfalls, type Shortfall } from './card-payments/shortfalls.ts';
import { postCharges } from './ledger/charging.ts';
import { CONTRA, type TransactionType, type Use } from './ledger/chart.ts';
import { givenBack, type GivenBack } from './ledger/given-back.ts';
import { holdCash } from './ledger/holding.ts';
import { HouseVerbs } from './ledger/house-verbs.ts';
import type {
  Balance,
  Blocker,
  Charge,
  Charged,
  Explained,
  Held,
  Hold,
  HoldEnd,
  LotTerms,
  Movement,
  Refund,
  Refunded,
  Settlement,
  TopUp,
} from './ledger/movements.ts';
import { request } from './ledger/request.ts';
import { spendable } from './ledger/spendable.ts';
import { Telling } from './ledger/telling.ts';
import { linesJson, post, type Outcome } from './ledger/verbs.ts';
import { InsufficientFunds, MoreThanLeft, NotReversible, UnknownCharge, UnknownHold } from './wallet.errors.ts';

export type { Contra, TransactionType, Use } from './ledger/chart.ts';
export type { GivenBack } from './ledger/given-back.ts';
export type * from './ledger/movements.ts';
export type { Cause, ExplanationLine } from './ledger/verbs.ts';
export { LedgerVerification } from './ledger/verification.ts';

/**
 * The merchants' money: verbs of a double-entry ledger, each one call to the database in the caller's transaction
 * (wallet.md). The book is the last lock that a transaction takes.
 */
@Injectable()
export class WalletService {
  constructor(
    private readonly telling: Telling,
    private readonly shortfalls: Shortfalls,
    private readonly houseVerbs: HouseVerbs,
  ) {}

  /** Opens the merchant's book, once; every verb does so by itself on first use. */
  async openBook(tx: EntityManager, merchantId: string, at: Date): Promise<void> {
    await rows(tx, 'SELECT wallet_open_book($1, $2)', [merchantId, at]);
  }

  /**
   * Takes money in spend order: promotional lots that may pay for it (rank, soonest expiry, oldest), then cash; all of
   * it or nothing. A charge of zero is charged without a journal.
   * @throws LedgerKeyReused the key was used for another request
   */
  async charge(tx: EntityManager, charge: Charge): Promise<Charged> {
    const { amount, contra, type } = charge;
    if (amount.isZero()) return { status: 'charged', journalId: null };
    const lines = linesJson(charge.explanation, amount, -1n);
    const outcome = await post(tx, 'charge', request(charge, amount.currency, type, lines), [
      amount.minor,
      CONTRA[contra],
      charge.blocks ?? null,
    ]);
    return this.charged(tx, charge, outcome);
  }

  /**
   * Charges of one merchant or of several, as if each came alone after those before it: one currency and contra account
   * after the other, each in one round trip.
   * @throws LedgerKeyReused a key was used for another request: then none of them counts
   */
  async charges(tx: EntityManager, charges: readonly Charge[]): Promise<Charged[]> {
    const dear = charges.filter(({ amount }) => !amount.isZero());
    const outcomes = new Map((await postCharges(tx, dear)).map((outcome, i) => [dear[i], outcome]));
    return charges.map((charge) => {
      const outcome = outcomes.get(charge);
      return outcome === undefined ? { status: 'charged', journalId: null } : this.charged(tx, charge, outcome);
    });
  }

  /**
   * Gives back part of a charge to the buckets that paid it, cash first, each at most what it paid; never more than was
   * charged, nor than was paid for the package.
   * @throws UnknownCharge no such charge in this currency
   * @throws LedgerKeyReused the key was used for another request
   */
  async refund(tx: EntityManager, refund: Refund): Promise<Refunded> {
    const { amount, packageId, causeKind, paidForPackage } = refund;
    const { currency } = amount;
    if (amount.isZero()) return { status: 'refunded', journalId: null, amount, lapsed: amount };
    const lines = linesJson(refund.explanation, amount);
    const said = [
      refund.charge,
      amount.minor,
      packageId,
      causeKind,
      sameCurrency(paidForPackage, currency)?.minor ?? null,
      newId(),
    ];
    const outcome = await post(tx, 'refund', request(refund, currency, 'refund', lines), said);
    if (outcome.status === 'no_charge') throw new UnknownCharge(refund.charge);
    const refunded = Money.ofMinor(outcome.amountMinor, currency);
    const lapsed = Money.ofMinor(outcome.lapsedMinor, currency);
    if (outcome.status !== 'done' || outcome.replayed)
      return { status: 'already', journalId: outcome.journalId, amount: refunded, lapsed };
    this.telling.of(tx, refund, 'refund', outcome, refunded);
    return { status: 'refunded', journalId: outcome.journalId, amount: refunded, lapsed };
  }

  /**
   * Moves what an order earned from orders_in_progress to revenue. Nothing left to move: null, and nothing is written.
   * @throws UnknownCharge no such charge of an order
   * @throws MoreThanLeft more than what is left of the charge
   */
  async settle(tx: EntityManager, settlement: Settlement): Promise<string | null> {
    const { goods, shipping, charge } = settlement;
    const said = [charge, goods.minor, sameCurrency(shipping, goods.currency).minor, settlement.unblocks ?? null];
    const outcome = await post(tx, 'settle', request(settlement, goods.currency, null, '[]'), said);
    if (outcome.status === 'no_charge') throw new UnknownCharge(charge);
    if (outcome.status === 'exceeds') throw new MoreThanLeft(Money.ofMinor(outcome.amountMinor, goods.currency));
    return outcome.journalId;
  }

  /** Money that arrived: clearing to cash, with a bonus also into a new promotional lot. */
  async topUp(tx: EntityManager, topUp: TopUp): Promise<{ journalId: string }> {
    const { amount, bonus } = topUp;
    const total = bonus === undefined ? amount : amount.plus(bonus.amount);
    const lot =
      bonus === undefined ? [null, null, null, null] : [bonus.amount.minor, bonus.rank, bonus.expiresAt, bonus.paysFor];
    const said = [amount.minor, CONTRA[topUp.clearing], ...lot];
    const outcome = await post(
      tx,
      'top_up',
      request(topUp, amount.currency, 'top_up', linesJson(topUp.explanation, total)),
      said,
    );
    this.telling.of(tx, topUp, 'top_up', outcome, total);
    return { journalId: written(outcome) };
  }

  /** Locks what was taken back of top-ups, or is disputed, and is still missing: before the book is locked. */
  lockShortfalls(tx: EntityManager, merchantId: string, currency: string): Promise<Shortfall[]> {
    return this.shortfalls.lock(tx, merchantId, currency);
  }

  /** Takes, or holds, as much of it as there is. */
  collect(tx: EntityManager, missing: readonly Shortfall[], at: Date): Promise<void> {
    return this.shortfalls.collect(tx, missing, at);
  }

  /** Promotional credit: a bonus, store credit of a decision. */
  async grant(tx: EntityManager, grant: Explained & LotTerms): Promise<{ journalId: string }> {
    const { amount, rank, expiresAt, paysFor } = grant;
    const lines = linesJson(grant.explanation, amount);
    const outcome = await post(tx, 'grant', request(grant, amount.currency, 'promotion', lines), [
      amount.minor,
      rank,
      expiresAt,
      paysFor,
    ]);
    this.telling.of(tx, grant, 'promotion', outcome, amount);
    return { journalId: written(outcome) };
  }

  /** Sets cash aside; promotional credit is never held. */
  async hold(tx: EntityManager, hold: Hold): Promise<Held> {
    const outcome = await holdCash(tx, this.telling, hold);
    if (outcome.status === 'short') return { status: 'short', available: available(outcome, hold.amount.currency) };
    return { status: 'held', journalId: written(outcome) };
  }

  /**
   * Takes what was set aside: it leaves the wallet.
   * @throws UnknownHold no such hold
   * @throws MoreThanLeft more than what is left of it
   */
  async capture(tx: EntityManager, end: HoldEnd & { type: TransactionType }): Promise<{ journalId: string | null }> {
    return { journalId: (await this.endHold(tx, 'capture', end, end.type)).journalId };
  }

  /**
   * Gives back what was set aside: it is available again.
   * @throws UnknownHold no such hold
   * @throws MoreThanLeft more than what is left of it
   */
  async release(tx: EntityManager, end: HoldEnd): Promise<{ journalId: string | null }> {
    const outcome = await this.endHold(tx, 'release', end, 'release');
    this.telling.of(tx, end, 'release', outcome, Money.ofMinor(outcome.movedMinor, end.currency));
    return { journalId: outcome.journalId };
  }

  /**
   * By finance, with a reason: an amount above zero gives, one below takes cash.
   * @throws InsufficientFunds less than that is available
   */
  async adjust(tx: EntityManager, adjustment: Explained & { journalId?: string }): Promise<{ journalId: string }> {
    const { amount } = adjustment;
    const lines = linesJson(adjustment.explanation, amount);
    const entry = {
      ...request(adjustment, amount.currency, 'adjustment', lines),
      journalId: adjustment.journalId ?? newId(),
    };
    const outcome = await post(tx, 'adjust', entry, [amount.minor]);
    if (outcome.status === 'short') throw new InsufficientFunds(amount.negated(), available(outcome, amount.currency));
    this.telling.of(tx, adjustment, 'adjustment', outcome, amount);
    return { journalId: written(outcome) };
  }

  /**
   * Undoes one journal, once: a top-up, a grant, an adjustment or a refund. Undone before: that reversal.
   * @throws NotFound no such journal of this merchant
   * @throws NotReversible a journal of another verb
   * @throws InsufficientFunds what it brought has been spent
   */
  async reverse(
    tx: EntityManager,
    reversal: Movement & { journalId: string; reason: string },
  ): Promise<{ journalId: string }> {
    const outcome = await post(tx, 'reverse', request(reversal, null, 'reversal', JSON.stringify([reversal.reason])), [
      reversal.journalId,
    ]);
    if (outcome.status === 'not_reversible') throw new NotReversible();
    const { currency } = outcome;
    if (currency === null) throw new NotFound('journal');
    if (outcome.status === 'short')
      throw new InsufficientFunds(Money.ofMinor(outcome.movedMinor, currency), available(outcome, currency));
    if (outcome.status === 'done')
      this.telling.of(tx, reversal, 'reversal', outcome, Money.ofMinor(outcome.amountMinor, currency));
    return { journalId: written(outcome) };
  }

  /** Lets what is left of an expired lot go, visibly. @returns null where nothing was left */
  async lapse(
    tx: EntityManager,
    lot: { merchantId: string; currency: string; number: number; at: Date },
  ): Promise<string | null> {
    const key = `lapse:${lot.currency}:${lot.number}:${lot.at.getTime()}`;
    const movement = { merchantId: lot.merchantId, key, cause: { type: 'merchant', id: lot.merchantId }, at: lot.at };
    const outcome = await post(tx, 'lapse', request(movement, lot.currency, 'promotion', null), [lot.number]);
    if (outcome.status === 'done')
      this.telling.of(tx, movement, 'promotion', outcome, Money.ofMinor(outcome.amountMinor, lot.currency));
    return outcome.journalId;
  }

  /** Raises a blocker of payouts and of closing; one that stands stays as it is. It stands until it is cleared. */
  async block(tx: EntityManager, merchantId: string, { cause, since, until }: Blocker): Promise<void> {
    await rows(
      tx,
      'INSERT INTO payout_blocker (merchant_id, cause, since, until) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [merchantId, cause, since, until],
    );
  }

  async unblock(tx: EntityManager, merchantId: string, cause: string): Promise<void> {
    await rows(tx, 'DELETE FROM payout_blocker WHERE merchant_id = $1 AND cause = $2', [merchantId, cause]);
  }

  /** When a blocker that stands will end by itself, as far as is known by now. */
  async expectUnblock(tx: EntityManager, merchantId: string, cause: string, until: Date | null): Promise<void> {
    await rows(tx, 'UPDATE payout_blocker SET until = $3 WHERE merchant_id = $1 AND cause = $2', [
      merchantId,
      cause,
      until,
    ]);
  }

  /** What stands in the way of a payout, oldest first. `until` is a forecast: who raised a blocker clears it. */
  async blockers(db: Db, merchantId: string): Promise<Blocker[]> {
    return rows<Blocker>(
      db,
      'SELECT cause, since, until FROM payout_blocker WHERE merchant_id = $1 ORDER BY since, cause',
      [merchantId],
    );
  }

  /** One line per currency that the merchant has had money in, and for the home currency; see Balance. */
  async balances(db: Db, merchantId: string, at: Date): Promise<Balance[]> {
    const found = await rows<{ currency: string; available: string; held: string; promotional: string }>(
      db,
      `WITH home AS (SELECT home_currency FROM wallet_profile WHERE merchant_id = $1 AND home_currency IS NOT NULL)
       SELECT currency, sum(available) AS available, sum(held) AS held, sum(promotional) AS promotional FROM (
         SELECT currency, CASE WHEN number = 1 THEN posted_minor - held_minor ELSE 0 END AS available, held_minor AS held,
           CASE WHEN open AND (expires_at IS NULL OR expires_at > $2) THEN posted_minor ELSE 0 END AS promotional
         FROM ledger_account WHERE merchant_id = $1 AND (number = 1 OR number > 100)
         UNION ALL SELECT home_currency, 0, 0, 0 FROM home) line
       GROUP BY currency ORDER BY currency <> coalesce((SELECT home_currency FROM home), ''), currency`,
      [merchantId, at],
    );
    return found.map(({ currency, ...line }) => ({
      currency,
      available: Money.ofMinor(line.available, currency),
      held: Money.ofMinor(line.held, currency),
      promotional: Money.ofMinor(line.promotional, currency),
    }));
  }

  /** What a charge of that kind could take at that instant. */
  spendable(db: Db, of: { merchantId: string; currency: string; use: Use; at: Date }): Promise<Money> {
    return spendable(db, of);
  }

  /** What can be taken back of what a journal gave. */
  givenBack(db: Db, of: { merchantId: string; journalId: string; currency: string; at: Date }): Promise<GivenBack> {
    return givenBack(db, of);
  }

  /**
   * Takes back what was given: the cash as an adjustment, the credit from its lots.
   * @param back as `givenBack` told
   * @throws InsufficientFunds less cash than that is available
   */
  async takeBack(tx: EntityManager, back: GivenBack, taking: Movement & { text: string }): Promise<void> {
    const { text, ...movement } = taking;
    const amount = back.cash.negated();
    if (!amount.isZero()) await this.adjust(tx, { ...movement, amount, explanation: [{ text, amount }] });
    for (const { number, amount: most } of back.lots) {
      const { currency } = most;
      await this.houseVerbs.forfeit(tx, {
        ...movement,
        key: `${movement.key}:${number}`,
        currency,
        number,
        most,
        text,
      });
    }
  }

  private charged(tx: EntityManager, charge: Charge, outcome: Outcome): Charged {
    const { amount, type } = charge;
    if (outcome.status === 'short') return { status: 'short', available: available(outcome, amount.currency) };
    this.telling.of(tx, charge, type, outcome, amount.negated());
    return { status: 'charged', journalId: outcome.journalId };
  }

  private async endHold(
    tx: EntityManager,
    verb: 'capture' | 'release',
    end: HoldEnd,
    type: TransactionType,
  ): Promise<Outcome> {
    const { explanation, amount } = end;
    const lines = explanation === undefined || amount === null ? null : linesJson(explanation, amount.negated());
    const outcome = await post(tx, verb, request(end, end.currency, type, lines), [end.hold, amount?.minor ?? null]);
    if (outcome.status === 'no_hold') throw new UnknownHold(end.hold);
    if (outcome.status === 'exceeds') throw new MoreThanLeft(Money.ofMinor(outcome.amountMinor, end.currency));
    return outcome;
  }
}

function available(outcome: Outcome, currency: string): Money {
  return Money.ofMinor(outcome.availableMinor ?? 0n, currency);
}

/** The journal that a verb must have written, or found under its key. */
function written(outcome: Outcome): string {
  if (outcome.journalId === null) throw new Error(`The ledger answered ${outcome.status} and no journal.`);
  return outcome.journalId;
}

/** A second amount of the same movement. */
function sameCurrency<M extends Money | null>(amount: M, currency: string): M {
  if (amount !== null && amount.currency !== currency)
    throw new TypeError(`${amount.currency} and ${currency} cannot be mixed.`);
  return amount;
}
