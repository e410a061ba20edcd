import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../config.ts';
import type { Scope } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import { Outbox } from '../events/outbox.ts';
import type { Timer } from '../events/timers.ts';
import { FulfilmentService, type KnownBuyer, type OrderKey } from '../fulfilment/fulfilment.service.ts';
import { HeldDrafts, type SoughtBuyer } from '../http/held-drafts.ts';
import { KeptAnswers } from '../http/kept-answers.ts';
import { ImportsService } from '../imports/imports.service.ts';
import { Clock, instant, plusDays } from '../kernel/clock.ts';
import { invalidField, NotFound } from '../kernel/errors.ts';
import { idIn, idOut } from '../kernel/ids.ts';
import type { ErasureBody, ErasureView } from './erasures.dto.ts';
import { findOrder } from './order.store.ts';

const ERASED_A_RUN = 200;
/** What is shorter stands in too many texts. */
const SHORTEST_WORD = 4;

/**
 * The buyers' personal data go a set time after settlement, or at once on request once settled; the ledger and the
 * statistics stay (product.md, Privacy).
 */
@Injectable()
export class Erasures {
  readonly sweep: Timer = {
    name: 'orders.erasure',
    nextDue: async (db) => {
      const next = await one<{ due: Date | null }>(
        db,
        'SELECT min(ended_at) AS due FROM orders WHERE ended_at IS NOT NULL AND erased_at IS NULL',
      );
      const due = next?.due ?? null;
      return due === null ? null : plusDays(due, this.config.eraseAfterDays);
    },
    run: (db, now) => this.eraseOld(db, now),
  };

  constructor(
    private readonly fulfilment: FulfilmentService,
    private readonly answers: KeptAnswers,
    private readonly imports: ImportsService,
    private readonly drafts: HeldDrafts,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * @param merchantId null: staff, across merchants
   * @throws InvalidFields not one of order, email and address
   * @throws NotFound no such order
   */
  async ask(tx: EntityManager, merchantId: string | null, asked: ErasureBody): Promise<ErasureView> {
    const erased: string[] = [];
    const waiting: string[] = [];
    for (const order of await this.ordersOf(tx, merchantId, asked)) {
      if (await this.erase(tx, order)) erased.push(idOut('ord', order.orderId));
      else {
        await this.keep(tx, order);
        waiting.push(idOut('ord', order.orderId));
      }
    }
    return { erased, waiting };
  }

  /** An order has ended: does what was asked for before. */
  async eraseIfAsked(tx: EntityManager, order: OrderKey): Promise<void> {
    const asked = await rows(
      tx,
      'DELETE FROM erasure_request WHERE merchant_id = $1 AND order_id = $2 RETURNING order_id',
      [order.merchantId, order.orderId],
    );
    if (asked.length > 0) await this.erase(tx, order);
  }

  /** @returns false where the order has not ended; erased before counts as erased */
  private async erase(tx: EntityManager, { merchantId, orderId }: OrderKey): Promise<boolean> {
    const now = this.clock.now();
    const order = await one<{ ended: boolean; erased: boolean }>(
      tx,
      `SELECT ended_at IS NOT NULL AS ended, erased_at IS NOT NULL AS erased FROM orders
       WHERE merchant_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [merchantId, orderId],
    );
    if (order?.ended !== true) return false;
    if (order.erased) return true;
    await rows(tx, 'UPDATE orders SET erased_at = $3 WHERE merchant_id = $1 AND id = $2', [merchantId, orderId, now]);
    const buyers = await this.fulfilment.buyersOf(tx, merchantId, orderId);
    await rows(tx, 'DELETE FROM order_address WHERE merchant_id = $1 AND order_id = $2', [merchantId, orderId]);
    await this.fulfilment.eraseAddresses(tx, merchantId, orderId, now);
    const ids = [idOut('ord', orderId)];
    await this.answers.forget(tx, [merchantId], { ids, words: buyers.flatMap(wordsOf).map(([word = '']) => word) });
    const named = buyers.flatMap(wordsOf);
    if (named.length > 0) await this.imports.forgetBuyer(tx, merchantId, named);
    this.outbox.tell(tx, 'order.erased', { merchantId, orderId, at: instant(now) });
    return true;
  }

  private async keep(tx: EntityManager, { merchantId, orderId }: OrderKey): Promise<void> {
    await rows(
      tx,
      'INSERT INTO erasure_request (merchant_id, order_id, asked_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [merchantId, orderId, this.clock.now()],
    );
  }

  private async ordersOf(
    tx: EntityManager,
    merchantId: string | null,
    { order, email, address }: ErasureBody,
  ): Promise<OrderKey[]> {
    if ([order, email, address].filter((said) => said !== undefined).length !== 1)
      throw invalidField('/order', 'required', 'Say one of `order`, `email` and `address`.');
    if (order === undefined) {
      await this.forgetUnplaced(tx, merchantId, { email, address });
      return this.fulfilment.ordersSentTo(tx, merchantId, { email, address });
    }
    const id = idIn('ord', order);
    const found = id === null ? null : await findOrder(tx, merchantId, id);
    if (found === null) throw new NotFound('order');
    return [{ merchantId: found.merchantId, orderId: found.id }];
  }

  /** What never became an order: rows of files that failed, orders of stores that were held. */
  private async forgetUnplaced(tx: EntityManager, merchantId: string | null, buyer: SoughtBuyer): Promise<void> {
    const { email, address } = buyer;
    const place = address === undefined ? [] : [address.line1, address.postal_code ?? address.country];
    await this.imports.forgetBuyer(tx, merchantId, [email === undefined ? place : [email]]);
    await this.drafts.forget(tx, merchantId, buyer);
  }

  private async eraseOld(db: Scope, now: Date): Promise<number> {
    const due = await rows<OrderKey>(
      db,
      `SELECT merchant_id AS "merchantId", id AS "orderId" FROM orders
       WHERE ended_at <= $1 AND erased_at IS NULL ORDER BY ended_at LIMIT $2`,
      [plusDays(now, -this.config.eraseAfterDays), ERASED_A_RUN],
    );
    for (const order of due) await inTransaction(db, (tx) => this.erase(tx, order));
    return due.length;
  }
}

/** What names a buyer, each by itself; a street only together with its postal code. */
function wordsOf({ name, email, phone, line1, postalCode }: KnownBuyer): string[][] {
  const single = [name, email, phone].filter((word) => word !== null && word.length >= SHORTEST_WORD);
  return [...single.map((word) => [word ?? '']), ...(line1 === '' ? [] : [[line1, postalCode ?? '']])];
}
