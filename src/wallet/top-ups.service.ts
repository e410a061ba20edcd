import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Config } from '../config.ts';
import { one, rows } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import { Outbox } from '../events/outbox.ts';
import type { Timer } from '../events/timers.ts';
import { MerchantContacts } from '../http/merchant-contacts.ts';
import { Clock, instant, instantOrNull, plusDays } from '../kernel/clock.ts';
import { invalidField, NotFound } from '../kernel/errors.ts';
import { idOut, newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import { step } from '../kernel/transitions.ts';
import { TOP_UP, type TopUpStatus } from './top-up.machine.ts';
import type { TOP_UP_METHODS, TopUpView } from './wallet.dto.ts';
import { AccountCloses, NoPaymentProvider, TopUpReceivedDifferently } from './wallet.errors.ts';
import { WalletService, type TopUp } from './wallet.service.ts';

type Method = (typeof TOP_UP_METHODS)[number];

interface TopUpRow {
  merchant_id: string;
  id: string;
  status: TopUpStatus;
  method: Method;
  amount_minor: string;
  currency: string;
  reference: string;
  received_minor: string | null;
  bank_reference: string | null;
  journal_id: string | null;
  created_at: Date;
  received_at: Date | null;
}

/** No letter that looks like a digit, nor the other way round: people copy it by hand. */
const REFERENCE_SIGNS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const REFERENCE_LENGTH = 10;
const EXPIRED_A_RUN = 200;
const BONUS_RANK = 10;

/** Money on its way: announced by the merchant, confirmed by finance. */
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
   * A top-up by bank transfer, waiting for its money.
   * @throws NoPaymentProvider card and PayPal
   * @throws AccountCloses no money is taken any more
   */
  async ask(tx: EntityManager, merchantId: string, asked: { amount: Money; method: Method }): Promise<TopUpView> {
    if (asked.method !== 'bank_transfer') throw new NoPaymentProvider(asked.method);
    const { status } = await this.contacts.contact(tx, merchantId);
    if (status === 'closing' || status === 'closed') throw new AccountCloses(status);
    const now = this.clock.now();
    const { amount, method } = asked;
    const row = await one<TopUpRow>(
      tx,
      `INSERT INTO top_up (merchant_id, id, status, method, amount_minor, currency, reference, created_at, expires_at)
       VALUES ($1, $2, 'pending', $3, $4, $5, $6, $7, $8) RETURNING *`,
      [
        merchantId,
        newId(),
        method,
        amount.minor,
        amount.currency,
        newReference(),
        now,
        plusDays(now, this.config.topUpDays),
      ],
    );
    if (row === null) throw new Error('The top-up was not stored.');
    return viewOf(row);
  }

  /**
   * Finance saw the money on the bank's statement. What really came is credited, be it more or less than announced; the
   * same confirmation again changes nothing.
   * @throws InvalidFields another currency than announced
   * @throws TopUpReceivedDifferently another amount or reference was confirmed before
   * @throws IllegalStep it has failed or expired
   */
  async confirm(tx: EntityManager, id: string, came: { amount: Money; bankReference: string }): Promise<TopUpView> {
    const topUp = await one<TopUpRow>(tx, 'SELECT * FROM top_up WHERE id = $1 FOR UPDATE', [id]);
    if (topUp === null) throw new NotFound('top-up');
    const { amount, bankReference } = came;
    if (amount.currency !== topUp.currency)
      throw invalidField('/amount/currency', 'currency', `The top-up was announced in ${topUp.currency}.`);
    if (topUp.status === 'received') return sameAgain(topUp, came);
    const status = step(TOP_UP, 'top-up', topUp.status, 'receive');
    const now = this.clock.now();
    const { journalId } = await this.wallet.topUp(tx, this.movement(topUp, amount, bankReference, now));
    const row = await one<TopUpRow>(
      tx,
      `UPDATE top_up SET status = $3, received_minor = $4, bank_reference = $5, journal_id = $6, received_at = $7
       WHERE merchant_id = $1 AND id = $2 RETURNING *`,
      [topUp.merchant_id, id, status, amount.minor, bankReference, journalId, now],
    );
    if (row === null) throw new Error('The top-up went away under its lock.');
    const told = { merchantId: topUp.merchant_id, topUpId: id, amount: amount.toJSON(), at: instant(now) };
    this.outbox.tell(tx, 'topup.received', told);
    return viewOf(row);
  }

  /** @param merchantId null for staff, who see every merchant's */
  async get(db: DataSource | EntityManager, merchantId: string | null, id: string): Promise<TopUpView> {
    const row = await one<TopUpRow>(
      db,
      'SELECT * FROM top_up WHERE id = $1 AND ($2::uuid IS NULL OR merchant_id = $2)',
      [id, merchantId],
    );
    if (row === null) throw new NotFound('top-up');
    return viewOf(row);
  }

  /** Newest first. @param merchantId null for staff */
  async list(
    db: DataSource,
    merchantId: string | null,
    { limit, after }: PageRequest,
    status: string | undefined,
  ): Promise<Page<TopUpView>> {
    const found = await rows<TopUpRow>(
      db,
      `SELECT * FROM top_up WHERE ($1::uuid IS NULL OR merchant_id = $1) AND ($2::uuid IS NULL OR id < $2)
         AND ($3::text IS NULL OR status = $3) ORDER BY id DESC LIMIT $4`,
      [merchantId, after?.[0] ?? null, status ?? null, limit + 1],
    );
    return page(found, limit, viewOf, (row) => [row.id]);
  }

  private movement(topUp: TopUpRow, amount: Money, bankReference: string, at: Date): TopUp {
    const { merchant_id: merchantId, id, reference } = topUp;
    const bonus = amount.percentHalfUp(this.config.topUpBonusPercent);
    const paid = { text: `Bank transfer ${reference}, ${bankReference}`, amount };
    const base = {
      merchantId,
      key: `top_up:${id}`,
      cause: { type: 'top_up', id },
      at,
      amount,
      clearing: 'bank_clearing' as const,
    };
    if (!bonus.isPositive()) return { ...base, explanation: [paid] };
    return {
      ...base,
      explanation: [paid, { text: `Bonus of ${this.config.topUpBonusPercent} %`, amount: bonus }],
      bonus: {
        amount: bonus,
        rank: BONUS_RANK,
        expiresAt: plusDays(at, this.config.topUpBonusDays),
        paysFor: ['order_charge'],
      },
    };
  }

  private async expire(db: DataSource, now: Date): Promise<number> {
    const due = await rows<TopUpRow>(
      db,
      `SELECT * FROM top_up WHERE status = 'pending' AND expires_at <= $1 ORDER BY expires_at LIMIT $2`,
      [now, EXPIRED_A_RUN],
    );
    for (const topUp of due) await inTransaction(db, (tx) => this.expireOne(tx, topUp, now));
    return due.length;
  }

  /** Nothing more is expected: what has not come yet expires. */
  async giveUp(tx: EntityManager, merchantId: string): Promise<void> {
    const waiting = await rows<TopUpRow>(
      tx,
      `SELECT * FROM top_up WHERE merchant_id = $1 AND status = 'pending' AND method = 'bank_transfer' ORDER BY id`,
      [merchantId],
    );
    for (const topUp of waiting) await this.expireOne(tx, topUp, this.clock.now());
  }

  private async expireOne(tx: EntityManager, topUp: TopUpRow, now: Date): Promise<void> {
    const status = step(TOP_UP, 'top-up', 'pending', 'expire');
    const gone = await rows(
      tx,
      `UPDATE top_up SET status = $3 WHERE merchant_id = $1 AND id = $2 AND status = 'pending' RETURNING id`,
      [topUp.merchant_id, topUp.id, status],
    );
    if (gone.length === 0) return; // another worker, or its money came
    const amount = Money.ofMinor(topUp.amount_minor, topUp.currency).toJSON();
    this.outbox.tell(tx, 'topup.failed', {
      merchantId: topUp.merchant_id,
      topUpId: topUp.id,
      amount,
      at: instant(now),
    });
  }
}

function sameAgain(topUp: TopUpRow, came: { amount: Money; bankReference: string }): TopUpView {
  const received = Money.ofMinor(topUp.received_minor ?? 0n, topUp.currency);
  if (received.compare(came.amount) !== 0 || topUp.bank_reference !== came.bankReference)
    throw new TopUpReceivedDifferently(received, topUp.bank_reference ?? '');
  return viewOf(topUp);
}

/** About 49 bits: two alike among all that ever wait are not to be expected, and finance sees the merchant beside it. */
function newReference(): string {
  const signs = Array.from({ length: REFERENCE_LENGTH }, () =>
    REFERENCE_SIGNS.charAt(randomInt(REFERENCE_SIGNS.length)),
  );
  return `WB-${signs.slice(0, 5).join('')}-${signs.slice(5).join('')}`;
}

function viewOf(row: TopUpRow): TopUpView {
  return {
    id: idOut('top', row.id),
    status: row.status,
    amount: Money.ofMinor(row.amount_minor, row.currency).toJSON(),
    received: row.received_minor === null ? null : Money.ofMinor(row.received_minor, row.currency).toJSON(),
    method: row.method,
    reference: row.reference,
    checkout_url: null,
    created_at: instant(row.created_at),
    received_at: instantOrNull(row.received_at),
  };
}
