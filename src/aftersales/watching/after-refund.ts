import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../../events/outbox.ts';
import type { PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { DAY_MS, instant, plusDays } from '../../kernel/clock.ts';
import { Money } from '../../kernel/money.ts';
import type { Terms } from '../../policies/policies.service.ts';
import { WalletService, type GivenBack } from '../../wallet/wallet.service.ts';
import type { PackageKey } from '../caller.ts';
import { decisionsOf, type DecisionRecord } from '../decision.store.ts';
import { NON_DELIVERY } from '../claims/claim-terms.ts';
import { setDue } from '../due.store.ts';
import { openReview } from '../open-review.store.ts';
import { addNotice } from './notice.store.ts';

/** The merchant is told so many days before money is taken back. */
export const NOTICE_DAYS = 7;

type Action = Terms['settlement']['delivered_after_refund'];

/**
 * A package that was paid back as undelivered, or as stopped, and is delivered after all: kept, taken back after notice,
 * or looked at by a person. Source: product.md, Refunded, then delivered; policies.md, `delivered_after_refund`.
 */
@Injectable()
export class AfterRefund {
  constructor(
    private readonly wallet: WalletService,
    private readonly outbox: Outbox,
  ) {}

  /** Once a package, however often the courier says so. */
  async delivered(tx: EntityManager, parcel: PackageRecord, { settlement }: Terms, at: Date): Promise<void> {
    const credit = await this.creditOf(tx, parcel);
    if (credit === null) return;
    const { credited } = credit;
    const { merchantId, orderId, id: packageId } = parcel;
    const key = { merchantId, orderId, packageId };
    const owed = (await this.owedOf(tx, credit, at)).total;
    const asked = settlement.delivered_after_refund;
    const what = asked === 'take_back' && owed.isZero() ? 'keep' : asked; // there is nothing that could be taken
    const takenBackAt = what === 'take_back' ? plusDays(at, NOTICE_DAYS) : null;
    const role = what === 'review' ? 'support' : 'finance';
    const text = `Delivered after ${credited.toString()} were refunded: ${sentence(what, owed, takenBackAt)}`;
    if (!(await addNotice(tx, { ...key, kind: 'delivered_after_refund', role, text, at }))) return;
    if (takenBackAt !== null) setDue(tx, { ...key, kind: 'take_back' }, takenBackAt);
    if (what === 'review') {
      await openReview(tx, key, { kind: 'delivered_after_refund', decisionId: credit.id, since: at });
    }
    const amount = what === 'take_back' ? owed : credited;
    this.tell(tx, key, { amount, action: what, at, takenBackAt });
  }

  /** A person has decided that it is taken back. */
  async giveNotice(tx: EntityManager, parcel: PackageRecord, at: Date): Promise<void> {
    const credit = await this.creditOf(tx, parcel);
    const owed = credit === null ? null : (await this.owedOf(tx, credit, at)).total;
    if (owed === null || owed.isZero()) return;
    const { merchantId, orderId, id: packageId } = parcel;
    const key = { merchantId, orderId, packageId };
    const takenBackAt = plusDays(at, NOTICE_DAYS);
    setDue(tx, { ...key, kind: 'take_back' }, takenBackAt);
    this.tell(tx, key, { amount: owed, action: 'take_back', at, takenBackAt });
  }

  /** The notice is over. Not enough money: tried again every day, for the wallet is never overdrawn. */
  async takeBack(tx: EntityManager, parcel: PackageRecord, at: Date): Promise<void> {
    const credit = await this.creditOf(tx, parcel);
    const owed = credit === null ? null : await this.owedOf(tx, credit, at);
    if (owed === null || owed.total.isZero()) return;
    const { merchantId, orderId, id: packageId, number, orderReference } = parcel;
    const key = { merchantId, orderId, packageId };
    const text = `Refund of package ${number} of order ${orderReference} taken back: it was delivered`;
    const [balance] = (await this.wallet.balances(tx, merchantId, at)).filter(
      ({ currency }) => currency === owed.cash.currency,
    );
    if (balance === undefined || balance.available.compare(owed.cash) < 0) {
      setDue(tx, { ...key, kind: 'take_back' }, new Date(at.getTime() + DAY_MS));
      return;
    }
    const cause = { type: 'package', id: packageId };
    await this.wallet.takeBack(tx, owed, { merchantId, key: `take_back:${packageId}`, cause, at, text });
    this.outbox.tell(tx, 'package.refund_taken_back', { ...key, amount: owed.total.toJSON(), at: instant(at) });
    await addNotice(tx, { ...key, kind: 'taken_back', role: 'finance', text: `${text}.`, at });
  }

  private tell(
    tx: EntityManager,
    key: PackageKey,
    { amount, action, at, takenBackAt }: { amount: Money; action: Action; at: Date; takenBackAt: Date | null },
  ): void {
    this.outbox.tell(tx, 'package.delivered_after_refund', {
      ...{ ...key, amount: amount.toJSON(), action, at: instant(at) },
      takenBackAt: takenBackAt === null ? null : instant(takenBackAt),
    });
  }

  /** The decision that paid back because the package would not come; null: none did, or it has not come. */
  private async creditOf(tx: EntityManager, parcel: PackageRecord): Promise<DecisionRecord | null> {
    const { merchantId, id, status, courierStatus } = parcel;
    const wasStopped = status === 'cancelled';
    if ((wasStopped ? courierStatus : status) !== 'delivered') return null;
    const reason = wasStopped ? 'cancellation' : 'undelivered';
    const made = await decisionsOf(tx, merchantId, id);
    return (
      made.find(
        (one) => one.credited.isPositive() && (one.cause === reason || (!wasStopped && isCreditInPlace(one))),
      ) ?? null
    );
  }

  /** What can be taken back: what the merchant still has of it, where it came to. Only a credit has a journal. */
  private async owedOf(tx: EntityManager, credit: DecisionRecord, at: Date): Promise<GivenBack> {
    const { merchantId, journalId, credited } = credit;
    const { currency } = credited;
    const none = Money.zero(currency);
    if (journalId === null) return { cash: none, lots: [], total: none };
    return this.wallet.givenBack(tx, { merchantId, journalId, currency, at });
  }
}

/** Store credit of a claim that it had not come: no refund, whose cause would say so. */
function isCreditInPlace({ kind, decision, facts }: DecisionRecord): boolean {
  const { type } = facts.request;
  return kind === 'claim' && decision.outcome === 'store_credit' && NON_DELIVERY.some((one) => one === type);
}

function sentence(what: Action, owed: Money, takenBackAt: Date | null): string {
  if (takenBackAt !== null) return `${owed.toString()} are taken back on ${instant(takenBackAt)}.`;
  return what === 'keep' ? 'the merchant keeps it.' : 'a person decides.';
}
