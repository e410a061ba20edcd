import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Scope } from '../../database/scope.ts';
import { asHouse, asMerchant } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { inTransaction } from '../../database/transaction.ts';
import type { Timer } from '../../events/timers.ts';
import { Clock } from '../../kernel/clock.ts';
import { invalidField } from '../../kernel/errors.ts';
import { idOut } from '../../kernel/ids.ts';
import type { Money } from '../../kernel/money.ts';
import { amountOf, lockTopUp, type TopUpRow } from '../top-up.store.ts';
import { TopUpsService } from '../top-ups.service.ts';
import { NoPaymentProvider, PaymentRefused } from '../wallet.errors.ts';
import { PaymentFacts } from './payment-facts.ts';
import { ProviderFees } from './provider-fees.ts';
import { StripePayments, type PaymentDetails, type SavedCard } from './stripe.ts';
import { toStripe } from './stripe.translate.ts';

const ASKED_A_RUN = 10;
/** The first pause between two questions about a payment; each further one doubles. */
const PAUSE_MS = 30_000;
const MOST_TRIES = 12;

export interface CheckoutAsked {
  merchantId: string;
  /** The merchant's idempotency key. */
  key: string;
  amount: Money;
  method: 'card' | 'paypal';
  saveCard: boolean;
}

/**
 * Everything that is asked of the payment provider: each call follows a row that was committed before it, carries a key
 * of its own, and its outcome is committed after it (reliability.md, Outside calls).
 */
@Injectable()
export class PaymentDesk {
  private readonly log = new Logger('payments');
  /** One call for all who ask for the same page at once. */
  private readonly making = new Map<string, Promise<void>>();
  readonly questions: Timer = {
    name: 'wallet.payments',
    realTime: true,
    nextDue: () => Promise.resolve(null), // never part of a jump
    run: (db, now) => this.askDue(db, now),
  };

  constructor(
    private readonly db: DataSource,
    private readonly stripe: StripePayments,
    private readonly topUps: TopUpsService,
    private readonly facts: PaymentFacts,
    private readonly fees: ProviderFees,
    private readonly clock: Clock,
  ) {}

  /**
   * A top-up with a page to pay it on. The same key again: the same one.
   * @returns its id
   * @throws NoPaymentProvider none is configured
   * @throws PaymentRefused the provider does not take it
   * @throws ProviderUnavailable try again with the same key: it goes on where it stood
   */
  async checkout(asked: CheckoutAsked): Promise<string> {
    const { merchantId, key, amount, method } = asked;
    if (!this.stripe.isConfigured) throw new NoPaymentProvider(method);
    if (toStripe(amount) === null)
      throw invalidField('/amount', 'not_allowed', 'The payment provider cannot take this amount.');
    const topUp = await inTransaction(asMerchant(this.db, merchantId), (tx) =>
      this.topUps.open(tx, merchantId, { amount, method, clientKey: key }),
    );
    if (topUp.checkout_url === null && topUp.status === 'pending') await this.once(topUp, asked.saveCard);
    return topUp.id;
  }

  private async once(topUp: TopUpRow, saveCard: boolean): Promise<void> {
    const under = this.making.get(topUp.id) ?? this.makePage(topUp, saveCard);
    this.making.set(topUp.id, under);
    try {
      await under;
    } finally {
      this.making.delete(topUp.id);
    }
  }

  private async makePage(topUp: TopUpRow, saveCard: boolean): Promise<void> {
    const { merchant_id: merchantId, id, reference, method } = topUp;
    const wish = { topUp: idOut('top', id), title: `Wallet top-up ${reference}`, amount: amountOf(topUp) };
    try {
      const { session, url } = await this.stripe.checkout({
        ...wish,
        method: method === 'paypal' ? method : 'card',
        saveCard: saveCard && method === 'card',
      });
      await inTransaction(asMerchant(this.db, merchantId), async (tx) => {
        await rows(tx, 'UPDATE top_up SET checkout_url = $3 WHERE merchant_id = $1 AND id = $2', [merchantId, id, url]);
        await rows(
          tx,
          'INSERT INTO payment_route (payment, merchant_id, top_up_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
          [session, merchantId, id],
        );
      });
    } catch (error) {
      if (error instanceof PaymentRefused) await this.fail(id);
      throw error;
    }
  }

  private async fail(id: string): Promise<void> {
    await inTransaction(asHouse(this.db), async (tx) => {
      const topUp = await lockTopUp(tx, id);
      if (topUp !== null) await this.topUps.end(tx, topUp, 'fail');
    });
  }

  /** Asks what is due: saved cards to charge, fees that are not known yet. A failed question is asked again later. */
  private async askDue(db: Scope, now: Date): Promise<number> {
    const due = await rows<TopUpRow>(db, 'SELECT * FROM top_up WHERE ask_at <= $1 ORDER BY ask_at LIMIT $2', [
      now,
      ASKED_A_RUN,
    ]);
    for (const topUp of due) {
      if (!(await this.claim(topUp, now))) continue; // another worker has it
      try {
        await (topUp.status === 'received' ? this.learn(topUp) : this.charge(topUp));
      } catch (error) {
        const err = error instanceof Error ? error.message : String(error);
        this.log.warn({
          msg: 'payment provider not answered',
          top_up: idOut('top', topUp.id),
          tries: topUp.tries,
          err,
        });
      }
    }
    return due.length;
  }

  /** Postpones the next try before this one: a crash in between costs a pause, never a second call at once. */
  private async claim({ merchant_id: merchantId, id, tries }: TopUpRow, now: Date): Promise<boolean> {
    const next = tries + 1 >= MOST_TRIES ? null : new Date(now.getTime() + PAUSE_MS * 2 ** tries);
    const claimed = await inTransaction(asMerchant(this.db, merchantId), (tx) =>
      rows(
        tx,
        `UPDATE top_up SET ask_at = $3, tries = tries + 1 WHERE merchant_id = $1 AND id = $2 AND ask_at <= $4 RETURNING id`,
        [merchantId, id, next, now],
      ),
    );
    return claimed.length === 1;
  }

  private async charge(topUp: TopUpRow): Promise<void> {
    const card = await one<SavedCard>(
      asMerchant(this.db, topUp.merchant_id),
      'SELECT customer, payment_method AS "paymentMethod", label FROM saved_card WHERE merchant_id = $1',
      [topUp.merchant_id],
    );
    const reference = idOut('top', topUp.id);
    const charged = card === null ? null : await this.stripe.charge(reference, amountOf(topUp), card);
    if (charged === null || charged.status === 'declined') {
      await this.fail(topUp.id);
      return;
    }
    const { payment, amount } = charged;
    await inTransaction(asMerchant(this.db, topUp.merchant_id), (tx) =>
      this.facts.apply(
        tx,
        charged.status === 'paid'
          ? { kind: 'paid', reference, session: null, payment, amount }
          : { kind: 'processing', reference, session: null, payment },
      ),
    );
  }

  private async learn(topUp: TopUpRow): Promise<void> {
    if (topUp.payment === null) return;
    const details = await this.stripe.details(topUp.payment);
    await inTransaction(asMerchant(this.db, topUp.merchant_id), (tx) => this.keep(tx, topUp, details));
  }

  private async keep(tx: EntityManager, topUp: TopUpRow, { settled, card }: PaymentDetails): Promise<void> {
    const { merchant_id: merchantId, id } = topUp;
    const at = this.clock.now();
    if (card !== null) {
      await rows(
        tx,
        `INSERT INTO saved_card (merchant_id, customer, payment_method, label, saved_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (merchant_id) DO UPDATE SET customer = excluded.customer, payment_method = excluded.payment_method,
           label = excluded.label, saved_at = excluded.saved_at`,
        [merchantId, card.customer, card.paymentMethod, card.label, at],
      );
    }
    if (settled === null) return; // not settled at the provider yet: asked again
    await this.fees.ofPayment(tx, id, settled);
  }
}
