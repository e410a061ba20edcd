import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../config.ts';
import type { Scope } from '../database/scope.ts';
import { filtersOf, whereOf } from '../database/filters.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import { Outbox } from '../events/outbox.ts';
import type { Timer } from '../events/timers.ts';
import { KeyReused } from '../http/commands.ts';
import { MerchantContacts } from '../http/merchant-contacts.ts';
import { Clock, instant, plusDays } from '../kernel/clock.ts';
import { invalidField, NotFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import { legalSteps, step } from '../kernel/transitions.ts';
import { claimReference, type BankPayment } from './bank-references.ts';
import { TOP_UP, type TopUpSignal } from './top-up.machine.ts';
import { amountOf, insertTopUp, lockTopUp, topUpByKey, topUpView, type Method, type TopUpRow } from './top-up.store.ts';
import type { TopUpView } from './wallet.dto.ts';
import { AccountCloses, TopUpOver, TopUpReceivedDifferently } from './wallet.errors.ts';
import { WalletService, type TopUp } from './wallet.service.ts';

/** No letter that looks like a digit, nor the other way round: people copy it by hand. */
const REFERENCE_SIGNS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const REFERENCE_LENGTH = 10;
const EXPIRED_A_RUN = 200;
const BONUS_RANK = 10;
const NAMES: Readonly<Record<Method, string>> = { bank_transfer: 'Bank transfer', card: 'Card', paypal: 'PayPal' };

/** What came in: how much, and what proves it. */
interface Came {
  signal: TopUpSignal;
  amount: Money;
  bankReference: string | null;
}

export interface TopUpWish {
  amount: Money;
  method: Method;
  clientKey?: string | null;
  askAt?: Date | null;
}

/** Money on its way: announced by the merchant, confirmed by finance or by the payment provider. */
@Injectable()
export class TopUpsService {
  readonly expiry: Timer = {
    name: 'wallet.top_up_expiry',
    nextDue: async (db) =>
      (await one<{ due: Date | null }>(db, `SELECT min(expires_at) AS due FROM top_up WHERE status = 'pending'`))
        ?.due ?? null,
    run: (db, now) => this.expire(db, now),
  };

  constructor(
    private readonly wallet: WalletService,
    private readonly contacts: MerchantContacts,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * A top-up that waits for its money.
   * @throws AccountCloses no money is taken any more
   * @throws KeyReused the idempotency key has one with another amount or method
   */
  async open(tx: EntityManager, merchantId: string, wish: TopUpWish): Promise<TopUpRow> {
    const { status } = await this.contacts.contact(tx, merchantId);
    if (status === 'closing' || status === 'closed') throw new AccountCloses(status);
    const { amount, method, clientKey = null, askAt = null } = wish;
    const at = this.clock.now();
    const made = await insertTopUp(tx, {
      ...{ merchantId, id: newId(), method, amount, reference: newReference() },
      ...{ at, expiresAt: plusDays(at, this.config.topUpDays), clientKey, askAt },
    });
    const row = made ?? (clientKey === null ? null : await topUpByKey(tx, merchantId, clientKey));
    if (row === null) throw new Error('The top-up was not stored.');
    if (row.method !== method || row.currency !== amount.currency || amountOf(row).compare(amount) !== 0)
      throw new KeyReused('This Idempotency-Key came with another request before.');
    return row;
  }

  /**
   * Finance saw the money at the bank, or its statement shows it. What really came is credited, be it more or less than
   * announced; the same confirmation again changes nothing.
   * @throws InvalidFields another currency than announced
   * @throws TopUpReceivedDifferently another amount or reference was confirmed before
   * @throws BankReferenceUsed the payment was credited to another top-up
   * @throws TopUpOver it has failed or expired
   */
  async confirm(tx: EntityManager, id: string, came: BankPayment): Promise<TopUpView> {
    const topUp = await this.announced(tx, id, came.amount);
    if (topUp.status === 'received') return sameAgain(topUp, came);
    if (topUp.status !== 'pending') throw new TopUpOver(topUp.status, legalSteps(TOP_UP, topUp.status));
    await claimReference(tx, topUp, came);
    return topUpView(await this.receive(tx, topUp, { signal: 'receive', ...came }));
  }

  /**
   * A line of the bank's statement is this top-up's: the money is there, however late it came.
   * @throws InvalidFields another currency than announced
   * @throws TopUpReceivedDifferently, BankReferenceUsed
   */
  async cameLate(tx: EntityManager, id: string, came: BankPayment): Promise<TopUpView> {
    const topUp = await this.announced(tx, id, came.amount);
    if (topUp.status === 'received' && topUp.bank_line_id !== null) throw receivedAs(topUp); // by another line
    if (topUp.status === 'received') return sameAgain(topUp, came);
    await claimReference(tx, topUp, came);
    return topUpView(await this.receive(tx, topUp, { signal: 'pay', ...came }));
  }

  /** Locked. @throws NotFound, InvalidFields */
  private async announced(tx: EntityManager, id: string, { currency }: Money): Promise<TopUpRow> {
    const topUp = await lockTopUp(tx, id);
    if (topUp === null) throw new NotFound('top-up');
    if (currency !== topUp.currency)
      throw invalidField('/amount/currency', 'currency', `The top-up was announced in ${topUp.currency}.`);
    return topUp;
  }

  /** The provider has it, whatever it said before; once. @param topUp locked */
  async paid(tx: EntityManager, topUp: TopUpRow, amount: Money): Promise<TopUpRow> {
    if (topUp.status === 'received') return topUp;
    return this.receive(tx, topUp, { signal: 'pay', amount, bankReference: null });
  }

  /** No money comes; what has come stays. @param topUp locked */
  async end(tx: EntityManager, topUp: TopUpRow, signal: 'fail' | 'expire'): Promise<void> {
    if (topUp.status !== 'pending') return;
    const { merchant_id: merchantId, id } = topUp;
    const status = step(TOP_UP, 'top-up', topUp.status, signal);
    await rows(tx, `UPDATE top_up SET status = $3, ask_at = NULL WHERE merchant_id = $1 AND id = $2`, [
      ...[merchantId, id, status],
    ]);
    const amount = amountOf(topUp).toJSON();
    this.outbox.tell(tx, 'topup.failed', { merchantId, topUpId: id, amount, at: instant(this.clock.now()) });
  }

  /** @param merchantId null for staff, who see every merchant's */
  async get(db: Db, merchantId: string | null, id: string): Promise<TopUpView> {
    const row = await one<TopUpRow>(
      db,
      'SELECT * FROM top_up WHERE id = $1 AND ($2::uuid IS NULL OR merchant_id = $2)',
      [id, merchantId],
    );
    if (row === null) throw new NotFound('top-up');
    return topUpView(row);
  }

  /** Newest first. @param merchantId null for staff */
  async list(
    db: Scope,
    merchantId: string | null,
    { limit, after }: PageRequest,
    status: string | undefined,
  ): Promise<Page<TopUpView>> {
    const { clauses, params } = filtersOf(
      [],
      [
        ['merchant_id =', merchantId],
        ['id <', after?.[0]],
        ['status =', status],
      ],
    );
    const found = await rows<TopUpRow>(
      db,
      `SELECT * FROM top_up ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`,
      params,
    );
    return page(found, limit, topUpView, (row) => [row.id]);
  }

  /** Nothing more is expected: the bank transfers that have not come yet expire. */
  async giveUp(tx: EntityManager, merchantId: string): Promise<void> {
    const waiting = await rows<TopUpRow>(
      tx,
      `SELECT * FROM top_up WHERE merchant_id = $1 AND status = 'pending' AND method = 'bank_transfer' ORDER BY id FOR UPDATE`,
      [merchantId],
    );
    for (const topUp of waiting) await this.end(tx, topUp, 'expire');
  }

  private async receive(tx: EntityManager, topUp: TopUpRow, came: Came): Promise<TopUpRow> {
    const status = step(TOP_UP, 'top-up', topUp.status, came.signal);
    const now = this.clock.now();
    const { amount, bankReference } = came;
    const movement = this.movement(topUp, amount, bankReference, now);
    const { journalId } = await this.wallet.topUp(tx, movement);
    const row = await one<TopUpRow>(
      tx,
      `UPDATE top_up SET status = $3, received_minor = $4, bank_reference = $5, journal_id = $6, received_at = $7, bonus_minor = $8
       WHERE merchant_id = $1 AND id = $2 RETURNING *`,
      [
        ...[topUp.merchant_id, topUp.id, status, amount.minor, bankReference],
        ...[journalId, now, movement.bonus?.amount.minor ?? 0n],
      ],
    );
    if (row === null) throw new Error('The top-up went away under its lock.');
    const told = { merchantId: topUp.merchant_id, topUpId: topUp.id, amount: amount.toJSON(), at: instant(now) };
    this.outbox.tell(tx, 'topup.received', told);
    return row;
  }

  private movement(topUp: TopUpRow, amount: Money, bankReference: string | null, at: Date): TopUp {
    const { merchant_id: merchantId, id, reference, method } = topUp;
    const percent = this.config.topUpBonus[method];
    const bonus = amount.percentHalfUp(percent);
    const isNamed = bankReference?.includes(reference) === true; // the bank's text repeats what the payer wrote
    const proof = isNamed ? [bankReference] : [reference, ...(bankReference === null ? [] : [bankReference])];
    const paid = { text: `${NAMES[method]} ${proof.join(', ')}`, amount };
    const base = {
      ...{ merchantId, key: `top_up:${id}`, cause: { type: 'top_up', id }, at, amount },
      clearing: method === 'bank_transfer' ? ('bank_clearing' as const) : ('psp_clearing' as const),
    };
    if (!bonus.isPositive()) return { ...base, explanation: [paid] };
    return {
      ...base,
      explanation: [paid, { text: `Bonus of ${percent} %`, amount: bonus }],
      bonus: {
        amount: bonus,
        rank: BONUS_RANK,
        expiresAt: plusDays(at, this.config.topUpBonusDays),
        paysFor: ['order_charge'],
      },
    };
  }

  private async expire(db: Scope, now: Date): Promise<number> {
    const due = await rows<{ id: string }>(
      db,
      `SELECT id FROM top_up WHERE status = 'pending' AND expires_at <= $1 ORDER BY expires_at LIMIT $2`,
      [now, EXPIRED_A_RUN],
    );
    for (const { id } of due) {
      await inTransaction(db, async (tx) => {
        const topUp = await lockTopUp(tx, id);
        if (topUp !== null) await this.end(tx, topUp, 'expire'); // unless another worker did, or its money came
      });
    }
    return due.length;
  }
}

function sameAgain(topUp: TopUpRow, came: BankPayment): TopUpView {
  const received = Money.ofMinor(topUp.received_minor ?? 0n, topUp.currency);
  if (received.compare(came.amount) !== 0 || topUp.bank_reference !== came.bankReference) throw receivedAs(topUp);
  return topUpView(topUp);
}

function receivedAs({
  received_minor: minor,
  currency,
  bank_reference: reference,
}: TopUpRow): TopUpReceivedDifferently {
  return new TopUpReceivedDifferently(Money.ofMinor(minor ?? 0n, currency), reference ?? '');
}

/** About 49 bits: two alike among all that ever wait are not to be expected, and finance sees the merchant beside it. */
function newReference(): string {
  const signs = Array.from({ length: REFERENCE_LENGTH }, () =>
    REFERENCE_SIGNS.charAt(randomInt(REFERENCE_SIGNS.length)),
  );
  return `WB-${signs.slice(0, 5).join('')}-${signs.slice(5).join('')}`;
}
