import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  FulfilmentService,
  type HandOverScan,
  type InterceptionCause,
  type PackageRecord,
} from '../fulfilment/fulfilment.service.ts';
import type { ShipTo } from '../kernel/address.ts';
import { instant } from '../kernel/clock.ts';
import { invalidField, NotFound } from '../kernel/errors.ts';
import { idOut } from '../kernel/ids.ts';
import { OrdersService, type OrderWithPackages } from '../orders/orders.service.ts';
import type { Decision } from '../policies/policies.service.ts';
import { keepAddress, takeAddress } from './address-request.store.ts';
import { AddressChangeDenied } from './aftersales.errors.ts';
import { Deciding, type Verdict } from './deciding.ts';
import { findFollowUp, type DecisionRecord } from './decision.store.ts';
import { Settling } from './settling.ts';

/** Who asks, when, and in which words. */
export interface Request {
  at: Date;
  byUser: string | null;
  note?: string | null;
}

/** The warehouse's answer to a request to stop a package, or the scan that was the answer. */
export interface Answered {
  packageId: string;
  cause: InterceptionCause;
  /** The decision that asked. */
  causeId: string | null;
  stopped: boolean;
  at: Date;
  byUser: string | null;
}

/** What was decided about one package of an order. */
export interface PackageDecision {
  packageId: string;
  decision: Decision;
  /** The scan that came first, and when; null: the package is still here. */
  handedOver: { scan: HandOverScan; at: Date } | null;
}

interface Weighed {
  parcel: PackageRecord;
  verdict: Verdict;
}

function decided({ parcel, verdict }: Weighed): PackageDecision {
  const { id, handedOverBy: scan, handedOverAt: at } = parcel;
  return { packageId: id, decision: verdict.decision, handedOver: scan === null || at === null ? null : { scan, at } };
}

/** As the API shows it. */
export const told = ({ packageId, decision, handedOver }: PackageDecision) => ({
  package: idOut('pkg', packageId),
  decision,
  handed_over: handedOver && { scan: handedOver.scan, at: instant(handedOver.at) },
});

/** Cancellations and changes of address: what can still be stopped, package by package. */
@Injectable()
export class Stopping {
  constructor(
    private readonly orders: OrdersService,
    private readonly fulfilment: FulfilmentService,
    private readonly deciding: Deciding,
    private readonly settling: Settling,
  ) {}

  /**
   * Cancels packages of an order as its policy lets them be. Against a hand-over the packages' locks decide.
   * @param it locked
   * @param packageIds null: all of them
   * @throws NotFound one of them is no package of the order
   */
  async cancel(
    tx: EntityManager,
    it: OrderWithPackages,
    packageIds: readonly string[] | null,
    request: Request,
  ): Promise<PackageDecision[]> {
    const { merchantId, id: orderId } = it.order;
    const weighed = await this.weigh(it, chosen(it, packageIds), 'cancellation', request.at);
    // All locks of stock come before the first of the wallet's book.
    const now = weighed.filter(({ verdict, parcel }) => isRefund(verdict) && parcel.cancelledAt === null);
    await this.fulfilment.cancel(
      tx,
      merchantId,
      now.map(({ parcel }) => parcel.id),
      request.at,
    );
    for (const one of weighed.filter(({ verdict }) => verdict.decision.outcome === 'intercept')) {
      await this.askToStop(tx, it, one, request);
    }
    for (const one of weighed.filter(({ verdict }) => verdict.decision.outcome !== 'intercept')) {
      await this.deciding.carryOut(tx, it, { ...asked(one, 'cancellation', request) }, one.verdict);
    }
    await this.orders.follow(tx, merchantId, orderId);
    await this.settling.settleEnded(tx, merchantId, orderId, request.at);
    return weighed.map(decided);
  }

  /**
   * Another address for the packages that go to the order's: at once, when the warehouse has stopped them, or not.
   * @param it locked
   * @throws InvalidFields the couriers cannot go there
   * @throws AddressChangeDenied none of them can be changed, stopped or looked at any more
   */
  async changeAddress(
    tx: EntityManager,
    it: OrderWithPackages,
    shipTo: ShipTo,
    request: Request,
  ): Promise<PackageDecision[]> {
    const { merchantId, id: orderId } = it.order;
    if (it.order.shipTo !== null && it.order.shipTo.country !== shipTo.country) {
      const detail = 'An address changes within its country: shipping was chosen and paid for it.';
      throw invalidField('/ship_to/country', 'not_allowed', detail);
    }
    const concerned = await this.concerned(tx, it);
    await this.orders.checkAddress(shipTo, '/ship_to', concerned);
    const weighed = await this.weigh(it, concerned, 'address_change', request.at);
    const decisions = weighed.map(decided);
    if (weighed.length > 0 && weighed.every(({ verdict }) => verdict.decision.outcome === 'deny'))
      throw new AddressChangeDenied(decisions.map(told));
    const now = weighed.filter(({ verdict }) => verdict.decision.outcome === 'accept').map(({ parcel }) => parcel.id);
    if (now.length > 0 || weighed.length === 0) await this.orders.changeAddress(tx, merchantId, orderId, shipTo, now);
    for (const one of weighed) {
      const { outcome } = one.verdict.decision;
      if (outcome !== 'intercept') {
        await this.deciding.carryOut(tx, it, asked(one, 'address_change', request), one.verdict);
        // A person will say where it goes.
        if (outcome === 'review') await keepAddress(tx, { merchantId, orderId, packageId: one.parcel.id, shipTo });
        continue;
      }
      await this.askToStop(tx, it, one, request);
      await keepAddress(tx, { merchantId, orderId, packageId: one.parcel.id, shipTo });
    }
    return decisions;
  }

  /**
   * The answer decides what was asked: stopped, refunded or sent elsewhere; left, judged by its status again. Once.
   * @param it locked, as it is after the answer
   * @returns null where it was decided before
   */
  async afterAnswer(tx: EntityManager, it: OrderWithPackages, answer: Answered): Promise<Decision | null> {
    const { merchantId, id: orderId } = it.order;
    const { packageId, cause, causeId, at, byUser } = answer;
    const shipTo = await takeAddress(tx, merchantId, packageId);
    if (causeId === null || (await findFollowUp(tx, merchantId, causeId)) !== null) return null;
    const isCancelled = it.packages.some((p) => p.id === packageId && p.cancelledAt !== null);
    if (cause === 'address_change' && isCancelled) return null; // it was cancelled meanwhile: there is nowhere to go
    const question = {
      kind: cause,
      packageId,
      at,
      answered: answer.stopped ? ('stopped' as const) : ('left' as const),
    };
    const verdict = await this.deciding.ask(it, question);
    await this.deciding.carryOut(tx, it, { ...question, cause, follows: causeId, byUser }, verdict);
    if (cause === 'cancellation') {
      await this.orders.follow(tx, merchantId, orderId);
      await this.settling.settleEnded(tx, merchantId, orderId, at);
    } else if (verdict.decision.outcome === 'accept' && shipTo !== null) {
      await this.orders.changeAddress(tx, merchantId, orderId, shipTo, [packageId]);
    }
    return verdict.decision;
  }

  private async weigh(
    it: OrderWithPackages,
    parcels: readonly PackageRecord[],
    kind: InterceptionCause,
    at: Date,
  ): Promise<Weighed[]> {
    const weighed: Weighed[] = [];
    for (const parcel of parcels) {
      const question = { kind, packageId: parcel.id, at };
      const verdict = await this.deciding.ask(it, question);
      // Before it is paid the warehouse does not have it in hand: it is stopped without asking.
      const unseen = it.order.paidAt === null && verdict.decision.outcome === 'intercept';
      weighed.push({
        parcel,
        verdict: unseen ? await this.deciding.ask(it, { ...question, answered: 'stopped' }) : verdict,
      });
    }
    return weighed;
  }

  private async askToStop(
    tx: EntityManager,
    it: OrderWithPackages,
    one: Weighed,
    request: Request,
  ): Promise<DecisionRecord> {
    const cause = one.verdict.facts.request.kind === 'cancellation' ? 'cancellation' : 'address_change';
    const made = await this.deciding.carryOut(tx, it, asked(one, cause, request), one.verdict);
    const { merchantId } = it.order;
    await this.fulfilment.requestInterception(tx, {
      ...{ merchantId, packageId: one.parcel.id, cause, causeId: made.id, at: request.at },
    });
    return made;
  }

  /** Packages that go where the order goes; a line may have been sent to an address of its own. */
  private async concerned(tx: EntityManager, { order, packages }: OrderWithPackages): Promise<PackageRecord[]> {
    const concerned: PackageRecord[] = [];
    for (const parcel of packages.filter((p) => p.cancelledAt === null)) {
      const to = await this.fulfilment.addressOf(tx, order.merchantId, parcel.id);
      const ours = order.shipTo;
      const same =
        ours === null || to === null || (to.name === ours.name && to.line1 === ours.line1 && to.city === ours.city);
      if (same) concerned.push(parcel);
    }
    return concerned;
  }
}

function chosen({ packages }: OrderWithPackages, ids: readonly string[] | null): PackageRecord[] {
  if (ids === null) return packages;
  const found = packages.filter(({ id }) => ids.includes(id));
  if (found.length < new Set(ids).size) throw new NotFound('package');
  return found;
}

function isRefund({ decision }: Verdict): boolean {
  return decision.outcome === 'refund';
}

function asked(
  { parcel }: Weighed,
  kind: InterceptionCause,
  { at, byUser, note }: Request,
): Parameters<Deciding['carryOut']>[2] {
  return { kind, cause: kind, packageId: parcel.id, at, byUser, note: note ?? null };
}
