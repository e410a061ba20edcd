import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../../config.ts';
import type { Scope } from '../../database/scope.ts';
import { filtersOf, whereOf } from '../../database/filters.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import type { WaitingFor } from '../../http/closing-wallets.ts';
import type { Destination } from '../../http/destination.ts';
import { Clock, instant, instantOrNull } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import { idOut, newId } from '../../kernel/ids.ts';
import { minorDigits, Money } from '../../kernel/money.ts';
import { page, type Page, type PageRequest } from '../../kernel/pages.ts';
import { step } from '../../kernel/transitions.ts';
import { InsufficientFunds, PayoutBlocked, SecondPersonNeeded } from '../wallet.errors.ts';
import { WalletService } from '../wallet.service.ts';
import { Blockers } from './blockers.ts';
import { PAYOUT, type PayoutStatus } from './payout.machine.ts';
import type { PayoutView } from './payouts.dto.ts';

export interface PayoutRequest {
  merchantId: string;
  amount: Money;
  destination: Destination;
  /** Of an account that is closing: asked for by the house, which has looked at the blockers itself. */
  closing?: boolean;
}

interface PayoutRow {
  merchant_id: string;
  id: string;
  status: PayoutStatus;
  amount_minor: string;
  currency: string;
  destination: Destination;
  closing: boolean;
  approvals: number;
  approved: string;
  requested_at: Date;
  approved_at: Date | null;
  ended_at: Date | null;
  bank_reference: string | null;
  reason: string | null;
}

const SELECT = `SELECT p.*, (SELECT count(*) FROM payout_approval a WHERE a.merchant_id = p.merchant_id AND a.payout_id = p.id) AS approved
  FROM payout p`;

/** Cash on its way out (wallet.md, payOut): held at the request, captured when paid, released when rejected. */
@Injectable()
export class PayoutsService {
  constructor(
    private readonly wallet: WalletService,
    private readonly blocking: Blockers,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * Sets the cash aside. By default only when every order is settled; the setting PAYOUT_RULE=surplus allows what
   * exceeds the value of unsettled orders.
   * @throws PayoutBlocked with each blocker, its name and the date it ends
   * @throws InsufficientFunds less cash than that is available; promotional credit is none
   */
  async request(tx: EntityManager, asked: PayoutRequest): Promise<PayoutView> {
    const { merchantId, amount, destination, closing = false } = asked;
    const now = this.clock.now();
    if (!closing) await this.refuseBlocked(tx, merchantId, amount, now); // before the funds: what blocks is what to read first
    const id = newId();
    await rows(
      tx,
      `INSERT INTO payout (merchant_id, id, status, amount_minor, currency, destination, closing, approvals, requested_at)
       VALUES ($1, $2, 'requested', $3, $4, $5::jsonb, $6, $7, $8)`,
      [
        ...[merchantId, id, amount.minor, amount.currency, JSON.stringify(destination)],
        ...[closing, this.needsSecond(amount) ? 2 : 1, now],
      ],
    );
    const held = await this.wallet.hold(tx, {
      ...{ merchantId, key: holdKey(id), cause: { type: 'payout', id }, at: now, amount },
      ...{ contra: 'payout_clearing', text: 'Set aside for a payout' },
    });
    if (held.status === 'short') throw new InsufficientFunds(amount, held.available);
    const nothing = Money.zero(amount.currency); // it is held: no more is to leave what is available
    if (!closing) await this.refuseBlocked(tx, merchantId, nothing, now); // under the book's lock: no order was paid meanwhile
    const request = { merchantId, payoutId: id, amount: amount.toJSON(), closing, at: instant(now) };
    this.outbox.tell(tx, 'payout.requested', request);
    return this.get(tx, merchantId, id);
  }

  /**
   * One person's word; above the limit (PAYOUT_LIMIT) it takes two.
   * @throws SecondPersonNeeded the same person again
   * @throws IllegalStep it is approved or has ended
   */
  async approve(tx: EntityManager, id: string, userId: string): Promise<PayoutView> {
    const payout = await this.lock(tx, id);
    const status = step(PAYOUT, 'payout', payout.status, 'approve');
    const now = this.clock.now();
    const said = await rows(
      tx,
      `INSERT INTO payout_approval (merchant_id, payout_id, user_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING user_id`,
      [payout.merchant_id, id, userId, now],
    );
    if (said.length === 0) throw new SecondPersonNeeded('payout');
    if (Number.parseInt(payout.approved, 10) + 1 >= payout.approvals) {
      await rows(tx, 'UPDATE payout SET status = $3, approved_at = $4 WHERE merchant_id = $1 AND id = $2', [
        ...[payout.merchant_id, id, status, now],
      ]);
    }
    return this.get(tx, payout.merchant_id, id);
  }

  /** The bank has sent it: the cash leaves the wallet. @throws IllegalStep it is not approved, or has ended */
  async pay(tx: EntityManager, id: string, by: { userId: string; bankReference: string | null }): Promise<PayoutView> {
    const payout = await this.lock(tx, id);
    const status = step(PAYOUT, 'payout', payout.status, 'pay');
    const now = this.clock.now();
    await this.end(tx, payout, { status, now, userId: by.userId, bankReference: by.bankReference, reason: null });
    await this.wallet.capture(tx, { ...this.holdEnd(payout, now), key: `${holdKey(id)}:paid`, type: 'payout' });
    this.outbox.tell(tx, 'payout.paid', told(payout, now));
    return this.get(tx, payout.merchant_id, id);
  }

  /** The cash is available again. @throws IllegalStep it has ended */
  async reject(tx: EntityManager, id: string, by: { userId: string; reason: string | null }): Promise<PayoutView> {
    const payout = await this.lock(tx, id);
    const status = step(PAYOUT, 'payout', payout.status, 'reject');
    const now = this.clock.now();
    await this.end(tx, payout, { status, now, userId: by.userId, bankReference: null, reason: by.reason });
    await this.wallet.release(tx, { ...this.holdEnd(payout, now), key: `${holdKey(id)}:rejected` });
    this.outbox.tell(tx, 'payout.rejected', { ...told(payout, now), reason: by.reason });
    return this.get(tx, payout.merchant_id, id);
  }

  /** @param merchantId null for staff @throws NotFound */
  async get(db: Db, merchantId: string | null, id: string): Promise<PayoutView> {
    const row = await one<PayoutRow>(db, `${SELECT} WHERE p.id = $1 AND ($2::uuid IS NULL OR p.merchant_id = $2)`, [
      id,
      merchantId,
    ]);
    if (row === null) throw new NotFound('payout');
    return viewOf(row);
  }

  /** Newest first. @param merchantId null for staff */
  async list(
    db: Scope,
    merchantId: string | null,
    { limit, after }: PageRequest,
    status: string | undefined,
  ): Promise<Page<PayoutView>> {
    const { clauses, params } = filtersOf(
      [],
      [
        ['p.merchant_id =', merchantId],
        ['p.id <', after?.[0]],
        ['p.status =', status],
      ],
    );
    const found = await rows<PayoutRow>(
      db,
      `${SELECT} ${whereOf(clauses)} ORDER BY p.id DESC LIMIT $${params.push(limit + 1)}`,
      params,
    );
    return page(found, limit, viewOf, (row) => [row.id]);
  }

  /** Those that have not ended, oldest first. */
  async open(db: Db, merchantId: string): Promise<{ id: string; requestedAt: Date }[]> {
    return rows(
      db,
      `SELECT id, requested_at AS "requestedAt" FROM payout
       WHERE merchant_id = $1 AND status IN ('requested', 'approved') ORDER BY id`,
      [merchantId],
    );
  }

  /** Everything that blocks a payout, or the end of an account. */
  blockers(db: Db, merchantId: string): Promise<WaitingFor[]> {
    return this.blocking.of(db, merchantId, this.clock.now());
  }

  /** @param leaving what is still to be taken from what is available */
  private async refuseBlocked(tx: EntityManager, merchantId: string, leaving: Money, now: Date): Promise<void> {
    const blockers = await this.blocking.of(tx, merchantId, now);
    if (blockers.length === 0) return;
    const onlyOrders = blockers.every(({ name }) => name === 'order_not_settled');
    if (onlyOrders && this.config.payoutRule === 'surplus' && (await this.isSurplus(tx, merchantId, leaving))) return;
    throw new PayoutBlocked(blockers);
  }

  /**
   * Does what stays cover what was charged for orders that are not settled? What is set aside covers nothing: it is on
   * its way out, or disputed.
   */
  private async isSurplus(tx: EntityManager, merchantId: string, leaving: Money): Promise<boolean> {
    const unsettled = await this.blocking.unsettled(tx, merchantId, leaving.currency);
    const balance = (await this.wallet.balances(tx, merchantId, this.clock.now())).find(
      ({ currency }) => currency === leaving.currency,
    );
    return balance !== undefined && balance.available.minor - leaving.minor >= unsettled;
  }

  private async lock(tx: EntityManager, id: string): Promise<PayoutRow> {
    const locked = await rows(tx, 'SELECT 1 FROM payout WHERE id = $1 FOR UPDATE', [id]);
    const row = locked.length === 0 ? null : await one<PayoutRow>(tx, `${SELECT} WHERE p.id = $1`, [id]);
    if (row === null) throw new NotFound('payout');
    return row;
  }

  private async end(
    tx: EntityManager,
    { merchant_id: merchantId, id }: PayoutRow,
    ended: { status: PayoutStatus; now: Date; userId: string; bankReference: string | null; reason: string | null },
  ): Promise<void> {
    const { status, now, userId, bankReference, reason } = ended;
    await rows(
      tx,
      `UPDATE payout SET status = $3, ended_at = $4, ended_by = $5, bank_reference = $6, reason = $7
       WHERE merchant_id = $1 AND id = $2`,
      [merchantId, id, status, now, userId, bankReference, reason],
    );
  }

  private holdEnd({ merchant_id: merchantId, id, currency }: PayoutRow, at: Date) {
    return { merchantId, hold: holdKey(id), cause: { type: 'payout', id }, currency, amount: null, at };
  }

  private needsSecond(amount: Money): boolean {
    const limit = this.config.payoutLimit;
    return limit !== null && amount.minor > BigInt(limit) * 10n ** BigInt(minorDigits(amount.currency));
  }
}

const holdKey = (id: string): string => `payout:${id}`;

function told(payout: PayoutRow, now: Date) {
  const amount = Money.ofMinor(payout.amount_minor, payout.currency).toJSON();
  const { merchant_id: merchantId, id: payoutId, closing } = payout;
  return { merchantId, payoutId, amount, closing, at: instant(now) };
}

function viewOf(row: PayoutRow): PayoutView {
  const ended = instantOrNull(row.ended_at);
  return {
    id: idOut('pay', row.id),
    merchant: idOut('mer', row.merchant_id),
    status: row.status,
    amount: Money.ofMinor(row.amount_minor, row.currency).toJSON(),
    destination: row.destination,
    approvals: Number.parseInt(row.approved, 10),
    approvals_needed: row.approvals,
    bank_reference: row.bank_reference,
    reason: row.reason,
    created_at: instant(row.requested_at),
    approved_at: instantOrNull(row.approved_at),
    paid_at: row.status === 'paid' ? ended : null,
    rejected_at: row.status === 'rejected' ? ended : null,
  };
}
