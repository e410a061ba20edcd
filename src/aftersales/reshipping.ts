import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../database/sql.ts';
import { attempt } from '../database/transaction.ts';
import { Outbox } from '../events/outbox.ts';
import { FulfilmentService, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { DomainError } from '../kernel/errors.ts';
import { idOut } from '../kernel/ids.ts';
import type { Money } from '../kernel/money.ts';
import { OrdersService, type OrderWithPackages } from '../orders/orders.service.ts';
import { CannotSendAgain } from './aftersales.errors.ts';
import { endCase, openCase } from './open-case.store.ts';
import { Settling } from './settling.ts';
import type { Units } from './units.policy.ts';

/** Units of a package that are sent again. */
export interface SendAgain {
  parcel: PackageRecord;
  /** `claim:<id>` or `return:<id>` */
  cause: string;
  units: readonly Units[];
  /** What was paid for them, with their shipping. */
  worth: Money;
  /** A person asked for it: where it cannot be, it is refused. */
  isFinal: boolean;
}

/** The free order, or why there is none. */
export type SentAgain = { orderId: string } | { orderId: null; why: string };

interface ReshipRow {
  of_order_id: string;
  of_package_id: string;
}

/** Goods that are sent again: a free order through the normal packing path (product.md, cases). */
@Injectable()
export class Reshipping {
  constructor(
    private readonly clock: Clock,
    private readonly orders: OrdersService,
    private readonly fulfilment: FulfilmentService,
    private readonly settling: Settling,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Places the free order where its goods are in stock and a courier goes there. What was paid for the units counts as
   * given back, and the package settles with its replacement (product.md, Settlement).
   * @param it locked
   * @throws CannotSendAgain a person asked for what cannot be
   */
  async send(tx: EntityManager, it: OrderWithPackages, asked: SendAgain): Promise<SentAgain> {
    const { merchantId, id: packageId, orderId: ofOrderId } = asked.parcel;
    const { cause } = asked;
    const placed = await this.place(tx, it, asked);
    if (placed.orderId === null && asked.isFinal) throw new CannotSendAgain(placed.why);
    if (placed.orderId === null) return placed;
    const { orderId } = placed;
    await rows(
      tx,
      `INSERT INTO reship (merchant_id, order_id, of_order_id, of_package_id, cause) VALUES ($1, $2, $3, $4, $5)`,
      [merchantId, orderId, ofOrderId, packageId, cause],
    );
    await this.fulfilment.markMadeGood(tx, { merchantId, packageId, amount: asked.worth });
    const at = this.clock.now();
    await openCase(tx, { merchantId, packageId, orderId: ofOrderId, cause: replacement(orderId), at });
    const told = { merchantId, orderId: ofOrderId, packageId, replacementOrderId: orderId, at: instant(at) };
    this.outbox.tell(tx, 'package.sent_again', { ...told, cause: causeOut(cause) });
    return { orderId };
  }

  private async place(
    tx: EntityManager,
    it: OrderWithPackages,
    { parcel: { id: packageId }, cause, units, worth }: SendAgain,
  ): Promise<SentAgain> {
    if (units.length === 0) return { orderId: null, why: 'Earlier cases have settled all of its units.' };
    try {
      return {
        orderId: await attempt(tx, () => this.orders.sendAgain(tx, it, { packageId, cause, units, worth })),
      };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { orderId: null, why: error.message };
    }
  }

  /** An order has been settled: where it was a replacement, what it stood for has one reason less to stay open. */
  async afterReplacement(tx: EntityManager, merchantId: string, orderId: string): Promise<void> {
    const found = await one<ReshipRow>(
      tx,
      `SELECT of_order_id, of_package_id FROM reship WHERE merchant_id = $1 AND order_id = $2`,
      [merchantId, orderId],
    );
    if (found === null) return;
    const it = await this.orders.lock(tx, merchantId, found.of_order_id);
    await endCase(tx, { merchantId, packageId: found.of_package_id, cause: replacement(orderId) });
    await this.settling.afterCase(tx, it, found.of_package_id, this.clock.now());
  }
}

/** As causes are written everywhere outside: `claim:clm_…`. */
function causeOut(cause: string): string {
  const [kind = '', id = ''] = cause.split(':');
  return `${kind}:${idOut(kind === 'claim' ? 'clm' : 'ret', id)}`;
}

function replacement(orderId: string): string {
  return `order:${orderId}`;
}

/** The free order by which a case's goods were sent again. */
export async function reshipOf(db: Db, merchantId: string, packageId: string, cause: string): Promise<string | null> {
  const row = await one<{ order_id: string }>(
    db,
    `SELECT order_id FROM reship WHERE merchant_id = $1 AND of_package_id = $2 AND cause = $3`,
    [merchantId, packageId, cause],
  );
  return row?.order_id ?? null;
}

/** The free orders of several cases, by their causes, in one statement. */
export async function reshipsOf(
  db: Db,
  cases: readonly { merchantId: string; packageId: string; cause: string }[],
): Promise<Map<string, string>> {
  const found = await rows<{ cause: string; order_id: string }>(
    db,
    `SELECT r.cause, r.order_id FROM reship r JOIN unnest($1::uuid[], $2::uuid[], $3::text[]) AS k (merchant_id, package_id, cause)
       ON r.merchant_id = k.merchant_id AND r.of_package_id = k.package_id AND r.cause = k.cause`,
    [
      cases.map(({ merchantId }) => merchantId),
      cases.map(({ packageId }) => packageId),
      cases.map(({ cause }) => cause),
    ],
  );
  return new Map(found.map(({ cause, order_id }) => [cause, order_id]));
}
