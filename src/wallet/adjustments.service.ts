import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../config.ts';
import { filtersOf, whereOf } from '../database/filters.ts';
import type { Scope } from '../database/scope.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { MerchantContacts } from '../http/merchant-contacts.ts';
import { Clock, instant, instantOrNull } from '../kernel/clock.ts';
import { invalidField, NotFound } from '../kernel/errors.ts';
import { idOut, idOutOrNull, newId } from '../kernel/ids.ts';
import { minorDigits, Money } from '../kernel/money.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import { step, type TransitionTable } from '../kernel/transitions.ts';
import type { AdjustmentView } from './wallet.dto.ts';
import { SecondPersonNeeded } from './wallet.errors.ts';
import { WalletService } from './wallet.service.ts';

type Status = 'waiting' | 'booked' | 'rejected';

const ADJUSTMENT: TransitionTable<Status, 'approve' | 'reject'> = {
  waiting: { approve: 'booked', reject: 'rejected' },
  booked: {},
  rejected: {},
};

interface AdjustmentRow {
  merchant_id: string;
  id: string;
  status: Status;
  amount_minor: string;
  currency: string;
  reason: string;
  asked_by: string;
  decided_by: string | null;
  created_at: Date;
  decided_at: Date | null;
}

/** Corrections by finance, with a reason; above a limit (setting) a second person approves. */
@Injectable()
export class AdjustmentsService {
  constructor(
    private readonly wallet: WalletService,
    private readonly contacts: MerchantContacts,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * Books it at once, or keeps it waiting for a second person.
   * @throws NotFound no such merchant
   * @throws InsufficientFunds it takes more than is available
   */
  async ask(
    tx: EntityManager,
    asked: { merchantId: string; amount: Money; reason: string; userId: string },
  ): Promise<AdjustmentView> {
    const { merchantId, amount, reason, userId } = asked;
    if (amount.isZero()) throw invalidField('/amount', 'zero', 'An adjustment moves something.');
    await this.contacts.contact(tx, merchantId); // throws where there is no such merchant
    const status: Status = this.needsSecond(amount) ? 'waiting' : 'booked';
    const row = await one<AdjustmentRow>(
      tx,
      `INSERT INTO adjustment (merchant_id, id, status, amount_minor, currency, reason, asked_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *`,
      [merchantId, newId(), status, amount.minor, amount.currency, reason, userId, this.clock.now()],
    );
    if (row === null) throw new Error('The adjustment was not stored.');
    if (status === 'booked') await this.book(tx, row);
    return viewOf(row);
  }

  /**
   * The second person's word.
   * @throws SecondPersonNeeded the one who asked
   * @throws IllegalStep it is decided
   */
  async decide(
    tx: EntityManager,
    id: string,
    { approved, userId }: { approved: boolean; userId: string },
  ): Promise<AdjustmentView> {
    const row = await one<AdjustmentRow>(tx, 'SELECT * FROM adjustment WHERE id = $1 FOR UPDATE', [id]);
    if (row === null) throw new NotFound('adjustment');
    const status = step(ADJUSTMENT, 'adjustment', row.status, approved ? 'approve' : 'reject');
    if (row.asked_by === userId) throw new SecondPersonNeeded('adjustment');
    const decided = await one<AdjustmentRow>(
      tx,
      'UPDATE adjustment SET status = $3, decided_by = $4, decided_at = $5 WHERE merchant_id = $1 AND id = $2 RETURNING *',
      [row.merchant_id, id, status, userId, this.clock.now()],
    );
    if (decided === null) throw new Error('The adjustment went away under its lock.');
    if (status === 'booked') await this.book(tx, decided);
    return viewOf(decided);
  }

  /** @throws NotFound */
  async get(db: Db, id: string): Promise<AdjustmentView> {
    const row = await one<AdjustmentRow>(db, 'SELECT * FROM adjustment WHERE id = $1', [id]);
    if (row === null) throw new NotFound('adjustment');
    return viewOf(row);
  }

  /** Newest first, of every merchant or one. */
  async list(
    db: Scope,
    { merchantId, status }: { merchantId: string | null; status: string | undefined },
    { limit, after }: PageRequest,
  ): Promise<Page<AdjustmentView>> {
    const { clauses, params } = filtersOf(
      [],
      [
        ['merchant_id =', merchantId],
        ['id <', after?.[0]],
        ['status =', status],
      ],
    );
    const found = await rows<AdjustmentRow>(
      db,
      `SELECT * FROM adjustment ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`,
      params,
    );
    return page(found, limit, viewOf, (row) => [row.id]);
  }

  private async book(
    tx: EntityManager,
    { merchant_id: merchantId, id, amount_minor, currency, reason }: AdjustmentRow,
  ): Promise<void> {
    const amount = Money.ofMinor(amount_minor, currency);
    const cause = { type: 'adjustment', id };
    const explanation = [{ text: reason, amount }];
    await this.wallet.adjust(tx, {
      merchantId,
      journalId: id,
      key: `adjustment:${id}`,
      cause,
      amount,
      explanation,
      at: this.clock.now(),
    });
  }

  private needsSecond(amount: Money): boolean {
    const limit = this.config.adjustmentLimit;
    const size = amount.isNegative() ? amount.negated() : amount;
    return limit !== null && size.minor > BigInt(limit) * 10n ** BigInt(minorDigits(amount.currency));
  }
}

function viewOf(row: AdjustmentRow): AdjustmentView {
  return {
    id: idOut('jnl', row.id),
    merchant: idOut('mer', row.merchant_id),
    status: row.status,
    amount: Money.ofMinor(row.amount_minor, row.currency).toJSON(),
    reason: row.reason,
    asked_by: idOut('usr', row.asked_by),
    decided_by: idOutOrNull('usr', row.decided_by),
    created_at: instant(row.created_at),
    decided_at: instantOrNull(row.decided_at),
  };
}
