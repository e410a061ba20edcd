import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventName } from '../../events/catalog.ts';
import type { DomainEvent } from '../../events/on-event.ts';
import type { PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { idOut } from '../../kernel/ids.ts';
import { Money, type MoneyJson } from '../../kernel/money.ts';
import type { OrderWithPackages } from '../../orders/orders.service.ts';
import { TopUpsService } from '../../wallet/top-ups.service.ts';
import { Reads } from '../reads.ts';
import type { FixedKind, LetterKind } from './letter-kinds.ts';
import type { Contents, Fact } from './letter.ts';
import type { Label } from './words.ts';

type Kind = LetterKind | FixedKind;
type Payload = Readonly<Record<string, unknown>>;

const money = ({ amount, currency }: MoneyJson): string => `${amount} ${currency}`;
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const words = (code: string): string => code.replaceAll('_', ' ');
/** 2026-05-01 10:00 UTC */
const moment = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;

/** Finds out what a letter has to tell, from the event and from what it is about. */
@Injectable()
export class LetterContents {
  constructor(
    private readonly reads: Reads,
    private readonly topUps: TopUpsService,
  ) {}

  /** Null: this one is not worth a letter. */
  async of(tx: EntityManager, kind: Kind, event: DomainEvent<EventName>): Promise<Contents | null> {
    const { merchantId } = event;
    const payload: Payload = { ...event.payload };
    const [orderId, packageId, topUpId] = ['orderId', 'packageId', 'topUpId'].map((key) => textOf(payload[key]));
    if (kind === 'refunded') return this.refund(tx, merchantId, payload);
    if (kind === 'membership_downgraded' && payload['reason'] === 'closing') return null; // the account’s end has its own letters
    if (kind === 'claim_decided' && textOf(payload['claimId']) === null) return null; // the refund has its own letter
    if (kind.startsWith('order_') && orderId) return this.order(tx, kind, merchantId, orderId);
    if (packageId) return aboutPackage(await this.reads.package(tx, merchantId, packageId), payload);
    if (orderId) return aboutOrder((await this.reads.order(tx, merchantId, orderId)).order.reference, payload);
    if (topUpId) {
      const { amount, received, reference } = await this.topUps.get(tx, merchantId, topUpId);
      const moved = kind === 'top_up_refunded' || kind === 'top_up_disputed' ? moneyOf(payload['amount']) : null;
      return { values: { amount: moved ?? money(received ?? amount), reference }, facts: factsOf(payload) };
    }
    return { values: valuesOf(payload), facts: factsOf(payload) };
  }

  /** An order as it stands: its goods and their packages. @throws NotFound */
  async order(tx: EntityManager, kind: Kind, merchantId: string, orderId: string): Promise<Contents> {
    const found = await this.reads.order(tx, merchantId, orderId);
    const packages = packagesOf(found);
    const facts =
      kind === 'order_shipped'
        ? packages
        : kind === 'order_confirmed'
          ? [...goodsOf(found), ...packages]
          : goodsOf(found);
    return { values: { order: found.order.reference }, facts };
  }

  private async refund(tx: EntityManager, merchantId: string, payload: Payload): Promise<Contents | null> {
    const journalId = textOf(payload['journalId']);
    if (payload['type'] !== 'refund' || journalId === null) return null;
    const { amount, balance_after, explanation } = await this.reads.transaction(tx, merchantId, journalId);
    return {
      values: { amount: money(amount), balance: money(balance_after) },
      facts: explanation.map((line): Fact => [{ as: line.text }, money(line.amount)]),
    };
  }
}

function goodsOf({ order }: OrderWithPackages): Fact[] {
  const lines = order.lines.map(({ title, quantity, paid }): Fact => [
    { as: `${quantity} x ${title}` },
    paid.toString(),
  ]);
  return [...lines, ['total', order.total.toString()]];
}

function packagesOf({ packages }: OrderWithPackages): Fact[] {
  return packages
    .filter(({ status }) => status !== 'cancelled')
    .map(({ items, courier, trackingNumber }): Fact => {
      const parts = [itemsOf(items), courier, trackingNumber];
      return ['package', parts.filter((part) => part !== null).join(', ')];
    });
}

const itemsOf = (items: PackageRecord['items']): string =>
  items.map(({ sku, quantity }) => `${quantity} x ${sku}`).join(', ');

function aboutPackage({ orderReference, items, courier, trackingNumber }: PackageRecord, payload: Payload): Contents {
  return {
    values: { ...valuesOf(payload), order: orderReference },
    facts: [
      ['order', orderReference],
      ['package', itemsOf(items)],
      ...known('courier', courier),
      ...known('trackingNumber', trackingNumber),
      ...factsOf(payload),
    ],
  };
}

function aboutOrder(reference: string, payload: Payload): Contents {
  return { values: { ...valuesOf(payload), order: reference }, facts: [['order', reference], ...factsOf(payload)] };
}

const known = (label: Label, value: string | null): Fact[] => (value === null ? [] : [[label, value]]);

const isMoney = (value: unknown): value is MoneyJson =>
  typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value;

const moneyOf = (value: unknown): string | null => (isMoney(value) ? money(value) : null);

/** Of a part of the payload that is an object. */
const partOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Payload)[key] : undefined;

const momentOf = (value: unknown): string | null => (typeof value === 'string' ? moment(value) : null);

/** What a decision gave the wallet; null: nothing. */
function creditedOf({ credited }: Payload): unknown {
  return isMoney(credited) && Money.fromJson(credited).isPositive() ? credited : null;
}

/** What sentences may name. */
function valuesOf(payload: Payload): Contents['values'] {
  const claimId = textOf(payload['claimId']);
  const { scheduledChange, period } = payload;
  const until =
    payload['expiresAt'] ?? payload['closesAt'] ?? partOf(scheduledChange, 'effectiveAt') ?? partOf(period, 'end');
  return {
    claim: claimId === null ? null : idOut('clm', claimId),
    returnCode: textOf(payload['returnCode']),
    amount: moneyOf(payload['amount'] ?? creditedOf(payload)),
    balance: moneyOf(payload['available']),
    limit: moneyOf(payload['limit']),
    plan: textOf(payload['plan']),
    from: textOf(payload['from']),
    nextPlan: textOf(partOf(scheduledChange, 'plan')),
    nextTry: momentOf(partOf(payload['nextCharge'], 'at')),
    newPrice: payload['change'] === 'price_changed' ? moneyOf(partOf(payload['nextCharge'], 'amount')) : null,
    until: momentOf(until),
    takenBackAt: momentOf(payload['takenBackAt']),
    sku: textOf(payload['sku']),
    key: textOf(payload['lastFour']),
  };
}

/** What stands in the table. */
function factsOf(payload: Payload): Fact[] {
  const { claimId, missing, daysLeft } = payload;
  const [reason, outcome, type] = ['reason', 'outcome', 'type'].map((key) => textOf(payload[key]));
  return [
    ...known('claim', typeof claimId === 'string' ? idOut('clm', claimId) : null),
    ...known('claimType', typeof claimId === 'string' && type ? words(type) : null),
    ...known('missing', Array.isArray(missing) ? missing.map((part) => words(String(part))).join(', ') : null),
    ...known('outcome', outcome ? words(outcome) : null),
    ...known('returnCode', textOf(payload['returnCode'])),
    ...known('reason', reason ? words(reason) : textOf(payload['why'])),
    ...known('daysLeft', typeof daysLeft === 'number' ? String(daysLeft) : null),
  ];
}
