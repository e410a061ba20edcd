import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Clock, realNow } from '../../kernel/clock.ts';
import { idIn, idOut } from '../../kernel/ids.ts';
import { Money, type MoneyJson } from '../../kernel/money.ts';
import { lockTopUp, type TopUpRow } from '../top-up.store.ts';
import { TopUpsService } from '../top-ups.service.ts';
import { Reversals, type MoneyBack } from './reversals.ts';
import type { PaymentFact } from './stripe.translate.ts';

/** A provider's message as it was proven and read. */
export interface ProviderMessage {
  id: string;
  type: string;
  /** Null: it says nothing of a top-up. */
  fact: PaymentFact | null;
}

/** What became of a message: `waiting` for the payment that it is about. */
type Fate = 'done' | 'ignored' | 'waiting';

/**
 * What the provider said, applied once each, whatever the order: what comes before its payment is known waits for it
 * (product.md, Top-ups: the signed webhook is the proof).
 */
@Injectable()
export class PaymentFacts {
  private readonly log = new Logger('payments');

  constructor(
    private readonly db: DataSource,
    private readonly topUps: TopUpsService,
    private readonly reversals: Reversals,
    private readonly clock: Clock,
  ) {}

  /** @returns false where the message came before */
  receive({ id, type, fact }: ProviderMessage): Promise<boolean> {
    return inTransaction(asHouse(this.db), async (tx) => {
      const fresh = await rows(
        tx,
        `INSERT INTO payment_event (id, type, payment, fact, state, received_at) VALUES ($1, $2, $3, $4::jsonb, 'ignored', $5)
         ON CONFLICT DO NOTHING RETURNING id`,
        [id, type, fact?.payment ?? null, fact === null ? null : JSON.stringify(fact), this.clock.now()],
      );
      if (fresh.length === 0) return false;
      if (fact !== null)
        await rows(tx, 'UPDATE payment_event SET state = $2 WHERE id = $1', [id, await this.apply(tx, fact)]);
      return true;
    });
  }

  async apply(tx: EntityManager, fact: PaymentFact): Promise<Fate> {
    const topUp = await this.find(tx, fact);
    const isBack = isAboutMoneyBack(fact);
    if (topUp === null) return isBack ? 'waiting' : 'ignored';
    if (isBack && topUp.status !== 'received') return 'waiting'; // for the money itself
    if (isOtherMoney(topUp, fact)) {
      this.log.error({ msg: 'a payment is told in another currency', top_up: idOut('top', topUp.id), fact: fact.kind });
      return 'ignored'; // the provider's report lists it for a person
    }
    await this.act(tx, topUp, fact);
    if (!isBack) await this.applyWaiting(tx, topUp.id);
    return 'done';
  }

  private async act(tx: EntityManager, topUp: TopUpRow, fact: PaymentFact): Promise<void> {
    if (fact.kind === 'paid') await this.topUps.paid(tx, topUp, fact.amount);
    else if (fact.kind === 'failed') await this.topUps.end(tx, topUp, 'fail');
    else if (fact.kind === 'expired') await this.topUps.end(tx, topUp, 'expire');
    else if (fact.kind === 'declined') {
      if (topUp.automatic) await this.topUps.end(tx, topUp, 'fail');
    } else if (isAboutMoneyBack(fact)) await this.reversals.apply(tx, topUp, fact);
    if (fact.payment !== null && topUp.payment === null) await this.attach(tx, topUp, fact.payment);
    if (fact.kind === 'paid' && topUp.status !== 'received')
      await rows(tx, 'UPDATE top_up SET ask_at = $3, tries = 0 WHERE merchant_id = $1 AND id = $2', [
        ...[topUp.merchant_id, topUp.id, realNow()], // what it cost is asked next
      ]);
  }

  private async attach(tx: EntityManager, { merchant_id: merchantId, id }: TopUpRow, payment: string): Promise<void> {
    await rows(tx, 'UPDATE top_up SET payment = $3 WHERE merchant_id = $1 AND id = $2', [merchantId, id, payment]);
    await rows(tx, 'UPDATE payment_route SET merchant_id = $2, top_up_id = $3 WHERE payment = $1', [
      ...[payment, merchantId, id],
    ]);
  }

  /** What was heard of money that goes back, before the money itself. */
  private async applyWaiting(tx: EntityManager, topUpId: string): Promise<void> {
    const topUp = await lockTopUp(tx, topUpId);
    if (topUp?.status !== 'received' || topUp.payment === null) return;
    const waiting = await rows<{ fact: StoredFact }>(
      tx,
      `UPDATE payment_event SET state = 'done' WHERE payment = $1 AND state = 'waiting' RETURNING fact`,
      [topUp.payment],
    );
    for (const { fact } of waiting) {
      const now = await lockTopUp(tx, topUpId);
      const said = revived(fact);
      if (now !== null && !isOtherMoney(now, said)) await this.act(tx, now, said);
    }
  }

  /** The payment's row is locked first: whoever comes second sees what the other one left. */
  private async find(tx: EntityManager, fact: PaymentFact): Promise<TopUpRow | null> {
    const route =
      fact.payment === null
        ? null
        : await one<{ top_up_id: string | null }>(
            tx,
            `INSERT INTO payment_route AS r (payment) VALUES ($1)
             ON CONFLICT (payment) DO UPDATE SET payment = r.payment RETURNING top_up_id`,
            [fact.payment],
          );
    const id = route?.top_up_id ?? (await this.namedBy(tx, fact));
    return id === null ? null : lockTopUp(tx, id);
  }

  /** By our own id, else by the provider's page. */
  private async namedBy(tx: EntityManager, fact: PaymentFact): Promise<string | null> {
    if (isAboutMoneyBack(fact)) return null;
    const own = fact.reference === null ? null : idIn('top', fact.reference);
    if (own !== null || fact.session === null) return own;
    const page = await one<{ id: string | null }>(tx, 'SELECT top_up_id AS id FROM payment_route WHERE payment = $1', [
      fact.session,
    ]);
    return page?.id ?? null;
  }
}

function isAboutMoneyBack(fact: PaymentFact): fact is MoneyBack {
  return fact.kind === 'refund' || fact.kind === 'refunded' || fact.kind === 'dispute';
}

/** Its amount would be taken for so much of the top-up's currency. */
function isOtherMoney({ currency }: TopUpRow, fact: PaymentFact): boolean {
  const money = 'amount' in fact ? fact.amount : 'total' in fact ? fact.total : null;
  return money !== null && money.currency !== currency;
}

/** A fact as it comes back from JSON: its money is not Money yet. */
type StoredFact = Readonly<Record<string, unknown>>;

function revived(fact: StoredFact): PaymentFact {
  const entries = Object.entries(fact).map(([name, value]) =>
    typeof value === 'object' && value !== null ? [name, Money.fromJson(value as MoneyJson)] : [name, value],
  );
  return Object.fromEntries(entries) as PaymentFact;
}
