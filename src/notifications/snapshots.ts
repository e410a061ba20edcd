import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../database/sql.ts';
import type { EventName } from '../events/catalog.ts';
import type { PublishedEvent } from '../events/event-log.ts';
import { EventViews } from '../events/event-views.ts';
import type { DomainEvent } from '../events/on-event.ts';
import { aggregateOf } from '../events/outbox.ts';
import { FulfilmentService, packageView } from '../fulfilment/fulfilment.service.ts';
import { instant } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { idOut, type IdPrefix } from '../kernel/ids.ts';
import { OrdersService } from '../orders/orders.service.ts';
import { PayoutsService } from '../wallet/payouts/payouts.service.ts';
import { StatementService } from '../wallet/statement.service.ts';
import { TopUpsService } from '../wallet/top-ups.service.ts';
import { SUBJECTS, type Subject } from './event-subjects.ts';
import { factsOf } from './facts.translate.ts';

/** An event with the object it is about, as the API showed it when the event was handled. */
export interface Snapshot {
  id: string;
  merchantId: string;
  type: string;
  aggregate: string;
  sequence: bigint;
  createdAt: Date;
  /** JSON */
  data: string;
}

interface SnapshotRow {
  id: string;
  merchant_id: string;
  type: string;
  aggregate: string;
  sequence: string;
  created_at: Date;
  data: string;
}

/**
 * The bodies of events. Each is taken once, by whoever needs it first (the listener, as a rule), and kept: every
 * endpoint, every redelivery and the feed show the same.
 */
@Injectable()
export class Snapshots {
  constructor(
    private readonly orders: OrdersService,
    private readonly fulfilment: FulfilmentService,
    private readonly statements: StatementService,
    private readonly topUps: TopUpsService,
    private readonly payouts: PayoutsService,
    private readonly views: EventViews,
  ) {}

  /** Takes the snapshot of an event, without keeping it. */
  async take(tx: EntityManager, event: PublishedEvent): Promise<Snapshot> {
    const { id, merchantId, name: type, aggregate, sequence, createdAt } = event;
    return { id, merchantId, type, aggregate, sequence, createdAt, data: JSON.stringify(await this.show(tx, event)) };
  }

  /** The snapshots of events of one merchant, in their order; what nobody took before is taken now. */
  async of(tx: EntityManager, merchantId: string, events: readonly PublishedEvent[]): Promise<Snapshot[]> {
    const ids = events.map(({ id }) => id);
    const kept = await this.kept(tx, merchantId, ids);
    const missing = events.filter(({ id }) => !kept.has(id));
    for (const event of missing) await keep(tx, await this.take(tx, event));
    const all = missing.length === 0 ? kept : await this.kept(tx, merchantId, ids);
    return ids.map((id) => all.get(id)).filter((found) => found !== undefined);
  }

  private async kept(db: Db, merchantId: string, ids: readonly string[]): Promise<Map<string, Snapshot>> {
    const found = await rows<SnapshotRow>(
      db,
      `SELECT * FROM event_view WHERE merchant_id = $1 AND id = ANY ($2::uuid[])`,
      [merchantId, ids],
    );
    return new Map(found.map((row) => [row.id, snapshotOf(row)]));
  }

  /** What is not there (any more) is told as the event told it. */
  private async show(tx: EntityManager, event: PublishedEvent): Promise<object> {
    try {
      const shown = await this.subject(tx, event);
      if (shown !== null) return shown;
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
    return factsOf(event.name, event.payload, (prefix, uuid) => idOut(prefix as IdPrefix, uuid));
  }

  private async subject(tx: EntityManager, { merchantId, name, payload }: PublishedEvent): Promise<object | null> {
    const subject = (SUBJECTS as Readonly<Record<string, Subject | undefined>>)[name] ?? 'facts';
    const id = payload[ID_OF[subject]];
    if (subject === 'claim' && id === null) return this.decision(tx, merchantId, payload);
    if (subject === 'facts' || typeof id !== 'string') return null;
    if (subject === 'package') return packageView(await this.fulfilment.get(tx, merchantId, id));
    if (subject === 'transaction') return this.statements.transaction(tx, merchantId, id);
    if (subject === 'claim' || subject === 'return') return this.views.of(subject)?.(tx, merchantId, id) ?? null;
    if (subject === 'payout') return without(await this.payouts.get(tx, merchantId, id), 'destination');
    if (subject === 'top_up') return this.topUps.get(tx, merchantId, id);
    return without(await this.orders.view(tx, merchantId, id), 'ship_to'); // the buyer's data go to no hook
  }

  /** What was decided without a claim: of a courier's word, or of what came back. */
  private async decision(
    tx: EntityManager,
    merchantId: string,
    { decisionId }: PublishedEvent['payload'],
  ): Promise<object | null> {
    const show = this.views.of('decision');
    return show === null || typeof decisionId !== 'string' ? null : show(tx, merchantId, decisionId);
  }
}

const ID_OF: Readonly<Record<Subject, string>> = {
  order: 'orderId',
  package: 'packageId',
  transaction: 'journalId',
  top_up: 'topUpId',
  payout: 'payoutId',
  claim: 'claimId',
  return: 'returnId',
  facts: 'merchantId',
};

function without(view: object, name: string): object {
  return Object.fromEntries(Object.entries(view).filter(([field]) => field !== name));
}

/** An event as listeners get it -> as it is read back. */
export function publishedOf({ payload, ...event }: DomainEvent<EventName>): PublishedEvent {
  return { ...event, payload: { ...payload }, aggregate: aggregateOf(payload) };
}

export function snapshotOf(row: SnapshotRow): Snapshot {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    type: row.type,
    aggregate: row.aggregate,
    sequence: BigInt(row.sequence),
    createdAt: row.created_at,
    data: row.data,
  };
}

/** Keeps a snapshot; one that is there stays. */
export async function keep(tx: EntityManager, snapshot: Snapshot): Promise<void> {
  await one(
    tx,
    `INSERT INTO event_view (merchant_id, id, type, aggregate, sequence, created_at, data)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [
      ...[snapshot.merchantId, snapshot.id, snapshot.type, snapshot.aggregate, snapshot.sequence.toString()],
      ...[snapshot.createdAt, snapshot.data],
    ],
  );
}

/** The bytes that a webhook carries and that the feed shows (api.md, Webhooks out). */
export function bodyOf({ id, type, createdAt, sequence, data }: Omit<Snapshot, 'merchantId' | 'aggregate'>): string {
  const head = { id: idOut('evt', id), type, created_at: instant(createdAt), sequence: Number(sequence) };
  return `${JSON.stringify(head).slice(0, -1)},"data":${data}}`;
}
