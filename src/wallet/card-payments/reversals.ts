import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one, rows } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import { Clock, instant } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import { HouseVerbs } from '../ledger/house-verbs.ts';
import type { TopUpRow } from '../top-up.store.ts';
import { WalletService } from '../wallet.service.ts';
import { holdDisputed, holdsOf } from './dispute-holds.ts';
import { ProviderFees } from './provider-fees.ts';
import type { DisputeState, PaymentFact } from './stripe.translate.ts';

type Refund = Extract<PaymentFact, { kind: 'refund' }>;
type Refunded = Extract<PaymentFact, { kind: 'refunded' }>;
type Dispute = Extract<PaymentFact, { kind: 'dispute' }>;

export type MoneyBack = Refund | Refunded | Dispute;

interface DisputeRow {
  state: DisputeState;
  amount_minor: string;
  held_minor: string;
  /** In how many parts. */
  holds: number;
}

/** What is disputed, and what of it was set aside in how many parts. */
interface HeldSoFar {
  amountMinor: bigint;
  heldMinor: bigint;
  holds: number;
}

/**
 * Top-ups that go back: refunds are taken from the cash, a dispute holds it, then takes or releases. A wallet never goes
 * below zero: what it does not have stays open between what was refunded and what was taken, which reconciliation lists,
 * and is collected from the money that comes next (Shortfalls).
 */
@Injectable()
export class Reversals {
  constructor(
    private readonly wallet: WalletService,
    private readonly verbs: HouseVerbs,
    private readonly fees: ProviderFees,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @param topUp locked */
  async apply(tx: EntityManager, topUp: TopUpRow, fact: MoneyBack): Promise<void> {
    if (fact.kind === 'dispute') await this.dispute(tx, topUp, fact);
    else if (fact.kind === 'refund') await this.refund(tx, topUp, fact);
    else await this.bringTo(tx, topUp, fact.total.minor);
  }

  private async refund(tx: EntityManager, topUp: TopUpRow, fact: Refund): Promise<void> {
    const { merchant_id: merchantId, id } = topUp;
    const fresh = await one<{ fell: boolean }>(
      tx,
      `INSERT INTO top_up_refund AS r (merchant_id, id, top_up_id, amount_minor, failed) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (merchant_id, id) DO UPDATE SET failed = true WHERE excluded.failed AND NOT r.failed
       RETURNING xmax <> 0 AS fell`,
      [merchantId, fact.id, id, fact.amount.minor, fact.failed],
    );
    if (fresh === null) return; // known, and nothing new of it
    const sum = await one<{ minor: string }>(
      tx,
      `SELECT coalesce(sum(amount_minor), 0) AS minor FROM top_up_refund WHERE merchant_id = $1 AND top_up_id = $2 AND NOT failed`,
      [merchantId, id],
    );
    // one that was counted and failed is no longer among what the provider said was refunded in all
    const seen = BigInt(topUp.refunded_minor) - (fresh.fell ? fact.amount.minor : 0n);
    const known = BigInt(sum?.minor ?? 0);
    await this.settle(tx, topUp, known > seen ? known : seen);
  }

  /** All that was refunded so far; an older message says less. */
  private async bringTo(tx: EntityManager, topUp: TopUpRow, total: bigint): Promise<void> {
    if (total > BigInt(topUp.refunded_minor)) await this.settle(tx, topUp, total);
  }

  /** Takes, or gives back, what is missing between what is refunded and what was taken. */
  private async settle(tx: EntityManager, topUp: TopUpRow, refundedMinor: bigint): Promise<void> {
    const { merchant_id: merchantId, id, currency } = topUp;
    const most = BigInt(topUp.received_minor ?? 0);
    const goal = refundedMinor < 0n ? 0n : refundedMinor > most ? most : refundedMinor;
    const taken = BigInt(topUp.taken_minor);
    let change = 0n;
    if (goal > taken) change = (await this.take(tx, topUp, Money.ofMinor(goal - taken, currency), 'refunded')).minor;
    if (goal < taken) change = -(await this.giveBack(tx, topUp, Money.ofMinor(taken - goal, currency))).minor;
    await rows(tx, 'UPDATE top_up SET refunded_minor = $3, taken_minor = $4 WHERE merchant_id = $1 AND id = $2', [
      ...[merchantId, id, goal, taken + change],
    ]);
    if (change > 0n)
      this.outbox.tell(tx, 'topup.refunded', {
        ...{ merchantId, topUpId: id, amount: Money.ofMinor(change, currency).toJSON() },
        ...{ missing: Money.ofMinor(goal - taken - change, currency).toJSON(), at: instant(this.clock.now()) },
      });
  }

  /** Cash as far as there is any, and the same share of the bonus that it had earned. @returns the cash */
  private async take(tx: EntityManager, topUp: TopUpRow, amount: Money, why: string): Promise<Money> {
    const taken = await this.verbs.takeBack(tx, {
      ...{ ...this.movement(topUp, `top_up_back:${newId()}`), amount, clearing: 'psp_clearing' },
      text: `Top-up ${topUp.reference} was ${why}`,
    });
    await this.takeBonus(tx, topUp, amount);
    return taken;
  }

  private async takeBonus(tx: EntityManager, topUp: TopUpRow, amount: Money): Promise<void> {
    const bonus = Money.ofMinor(topUp.bonus_minor, topUp.currency);
    const lot = bonus.isPositive() ? await this.lotOf(tx, topUp) : null;
    if (lot === null) return;
    const share = (bonus.minor * amount.minor) / BigInt(topUp.received_minor ?? 1); // rounded down: for the merchant
    if (share === 0n) return;
    await this.verbs.forfeit(tx, {
      ...this.movement(topUp, `bonus_back:${newId()}`),
      ...{ currency: topUp.currency, number: lot, most: Money.ofMinor(share, topUp.currency) },
      text: `Bonus of top-up ${topUp.reference}, which went back`,
    });
  }

  private async lotOf(
    tx: EntityManager,
    { merchant_id: merchantId, journal_id: id }: TopUpRow,
  ): Promise<number | null> {
    const journal = await one<{ details: string }>(
      tx,
      'SELECT details FROM ledger_journal WHERE merchant_id = $1 AND id = $2',
      [merchantId, id],
    );
    const { facts } = JSON.parse(journal?.details ?? '{}') as { facts?: { lot?: number } };
    return facts?.lot ?? null;
  }

  private async giveBack(tx: EntityManager, topUp: TopUpRow, amount: Money): Promise<Money> {
    await this.wallet.topUp(tx, {
      ...{ ...this.movement(topUp, `top_up_again:${newId()}`), amount, clearing: 'psp_clearing' },
      explanation: [{ text: `The refund of top-up ${topUp.reference} failed`, amount }],
    });
    return amount;
  }

  private async dispute(tx: EntityManager, topUp: TopUpRow, fact: Dispute): Promise<void> {
    const { merchant_id: merchantId, id: topUpId } = topUp;
    const fresh = await rows(
      tx,
      `INSERT INTO top_up_dispute (merchant_id, id, top_up_id, state, amount_minor, opened_at)
       VALUES ($1, $2, $3, 'open', $4, $5) ON CONFLICT DO NOTHING RETURNING id`,
      [merchantId, fact.id, topUpId, fact.amount.minor, this.clock.now()],
    );
    const row = await one<DisputeRow>(
      tx,
      'SELECT state, amount_minor, held_minor, holds FROM top_up_dispute WHERE merchant_id = $1 AND id = $2 FOR UPDATE',
      [merchantId, fact.id],
    );
    if (fact.fee !== null) await this.fees.ofDispute(tx, topUp, fact.id, fact.fee);
    if (row?.state !== 'open') return; // it has ended; older news change nothing
    const known = { amountMinor: BigInt(row.amount_minor), heldMinor: BigInt(row.held_minor), holds: row.holds };
    if (fresh.length > 0) await this.open(tx, topUp, fact);
    // of one that is won nothing more is held only to be given back
    const held = fact.state === 'won' ? known : await this.hold(tx, topUp, fact.id, known);
    if (fact.state !== 'open') await this.endDispute(tx, topUp, fact, held);
  }

  private async open(tx: EntityManager, topUp: TopUpRow, fact: Dispute): Promise<void> {
    const { merchant_id: merchantId, id: topUpId } = topUp;
    await this.wallet.block(tx, merchantId, { cause: `top_up:${topUpId}`, since: this.clock.now(), until: null });
    this.tellOf(tx, topUp, fact);
  }

  /** As much as there is; what comes later is held as it comes (Shortfalls). */
  private async hold(tx: EntityManager, topUp: TopUpRow, dispute: string, known: HeldSoFar): Promise<HeldSoFar> {
    const { merchant_id: merchantId, id: topUpId, reference, currency } = topUp;
    const missing = Money.ofMinor(known.amountMinor - known.heldMinor, currency);
    if (!missing.isPositive()) return known;
    const of = { merchantId, topUpId, dispute, reference, holds: known.holds };
    const more = await holdDisputed(tx, this.verbs, of, { missing, at: this.clock.now() });
    if (!more.isPositive()) return known;
    return { ...known, heldMinor: known.heldMinor + more.minor, holds: known.holds + 1 };
  }

  private async endDispute(tx: EntityManager, topUp: TopUpRow, fact: Dispute, of: HeldSoFar): Promise<void> {
    const { merchant_id: merchantId, id: topUpId, reference, currency, charged_back_minor: before } = topUp;
    const { heldMinor: held, amountMinor } = of;
    let taken = 0n;
    for (const { key, amount } of await holdsOf(tx, { merchantId, dispute: fact.id, holds: of.holds, currency })) {
      const end = { ...this.movement(topUp, `${key}:${fact.state}`), hold: key, currency, amount };
      const gone = { text: `Top-up ${reference} was charged back`, amount: amount.negated() };
      if (fact.state === 'lost') await this.wallet.capture(tx, { ...end, type: 'reversal', explanation: [gone] });
      else await this.wallet.release(tx, end);
    }
    if (fact.state === 'lost') {
      const rest = Money.ofMinor(amountMinor - held, currency);
      taken = held + (rest.isPositive() ? (await this.take(tx, topUp, rest, 'charged back')).minor : 0n);
      if (held > 0n) await this.takeBonus(tx, topUp, Money.ofMinor(held, currency));
    }
    await rows(
      tx,
      `UPDATE top_up_dispute SET state = $3, short_minor = $4, ended_at = $5 WHERE merchant_id = $1 AND id = $2`,
      [...[merchantId, fact.id, fact.state], ...[fact.state === 'lost' ? amountMinor - taken : 0n, this.clock.now()]],
    );
    await rows(tx, 'UPDATE top_up SET charged_back_minor = $3 WHERE merchant_id = $1 AND id = $2', [
      ...[merchantId, topUpId, BigInt(before) + taken],
    ]);
    await this.unblock(tx, merchantId, topUpId);
    this.tellOf(tx, topUp, fact);
  }

  private async unblock(tx: EntityManager, merchantId: string, topUpId: string): Promise<void> {
    const open = await rows(
      tx,
      `SELECT 1 FROM top_up_dispute WHERE merchant_id = $1 AND top_up_id = $2 AND state = 'open'`,
      [merchantId, topUpId],
    );
    if (open.length === 0) await this.wallet.unblock(tx, merchantId, `top_up:${topUpId}`);
  }

  private tellOf(tx: EntityManager, { merchant_id: merchantId, id: topUpId }: TopUpRow, fact: Dispute): void {
    const { amount, state } = fact;
    this.outbox.tell(tx, 'topup.disputed', {
      ...{ merchantId, topUpId, amount: amount.toJSON(), state, at: instant(this.clock.now()) },
    });
  }

  private movement({ merchant_id: merchantId, id }: TopUpRow, key: string) {
    return { merchantId, key, cause: { type: 'top_up', id }, at: this.clock.now() };
  }
}
