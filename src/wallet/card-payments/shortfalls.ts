import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { rows } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import { instant } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import { HouseVerbs } from '../ledger/house-verbs.ts';
import { holdDisputed, type OpenDispute } from './dispute-holds.ts';

/** What a provider took back of a top-up, or what is disputed of one, and the wallet did not have. */
export interface Shortfall {
  merchantId: string;
  topUpId: string;
  /** The provider's id; null: it was refunded. */
  dispute: string | null;
  reference: string;
  amount: Money;
  /** Of a dispute that is open, which sets money aside: how often it did so far. Null: it is to be taken. */
  holds: number | null;
}

interface Row {
  topUpId: string;
  dispute: string | null;
  reference: string;
  minor: string;
  holds: number | null;
}

/**
 * Collects later what was missing when a top-up went back (wallet.md, Reconciliation: clearing returns to zero), and
 * holds what was not there when one was disputed (wallet.md, Verbs).
 */
@Injectable()
export class Shortfalls {
  constructor(
    private readonly verbs: HouseVerbs,
    private readonly outbox: Outbox,
  ) {}

  /** Locks what is missing, oldest first: to be called before the book is locked. */
  async lock(tx: EntityManager, merchantId: string, currency: string): Promise<Shortfall[]> {
    const found = await rows<Row>(
      tx,
      `SELECT t.id AS "topUpId", NULL AS dispute, t.reference, t.refunded_minor - t.taken_minor AS minor, NULL::int AS holds FROM top_up t
       WHERE t.merchant_id = $1 AND t.currency = $2 AND t.refunded_minor > t.taken_minor ORDER BY t.id FOR UPDATE`,
      [merchantId, currency],
    );
    const disputed = await rows<Row>(
      tx,
      `SELECT t.id AS "topUpId", d.id AS dispute, t.reference, CASE WHEN d.state = 'open' THEN d.amount_minor - d.held_minor ELSE d.short_minor END AS minor,
         CASE WHEN d.state = 'open' THEN d.holds END AS holds
       FROM top_up_dispute d JOIN top_up t ON t.merchant_id = d.merchant_id AND t.id = d.top_up_id
       WHERE d.merchant_id = $1 AND t.currency = $2 AND (d.short_minor > 0 OR (d.state = 'open' AND d.held_minor < d.amount_minor)) ORDER BY t.id FOR UPDATE`,
      [merchantId, currency],
    );
    return [...found, ...disputed].map(({ minor, ...row }) => ({
      ...{ merchantId, ...row, amount: Money.ofMinor(minor, currency) },
    }));
  }

  /** Takes, or holds, as much as there is. @param at of the money that came */
  async collect(tx: EntityManager, missing: readonly Shortfall[], at: Date): Promise<void> {
    for (const short of missing) {
      if (isOpen(short)) {
        await holdDisputed(tx, this.verbs, short, { missing: short.amount, at });
        continue;
      }
      const { merchantId, topUpId, dispute, reference, amount } = short;
      const taken = await this.verbs.takeBack(tx, {
        ...{ merchantId, key: `shortfall:${newId()}`, cause: { type: 'top_up', id: topUpId }, at },
        ...{ amount, clearing: 'psp_clearing' as const },
        text: `Top-up ${reference} was ${dispute === null ? 'refunded' : 'charged back'}: what was missing then`,
      });
      if (!taken.isPositive()) return;
      await note(tx, short, taken);
      if (dispute !== null) continue;
      const missing = amount.minus(taken).toJSON();
      this.outbox.tell(tx, 'topup.refunded', {
        ...{ merchantId, topUpId, amount: taken.toJSON(), missing, at: instant(at) },
      });
    }
  }
}

function isOpen(short: Shortfall): short is Shortfall & OpenDispute {
  return short.holds !== null && short.dispute !== null;
}

async function note(tx: EntityManager, { merchantId, topUpId, dispute }: Shortfall, taken: Money): Promise<void> {
  const column = dispute === null ? 'taken_minor' : 'charged_back_minor';
  await rows(tx, `UPDATE top_up SET ${column} = ${column} + $3 WHERE merchant_id = $1 AND id = $2`, [
    ...[merchantId, topUpId, taken.minor],
  ]);
  if (dispute === null) return;
  await rows(tx, `UPDATE top_up_dispute SET short_minor = short_minor - $3 WHERE merchant_id = $1 AND id = $2`, [
    ...[merchantId, dispute, taken.minor],
  ]);
}
