import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { atOnce, rows, type Db } from '../database/sql.ts';
import type { EventName } from '../events/catalog.ts';
import type { PublishedEvent } from '../events/event-log.ts';
import { EventViews } from '../events/event-views.ts';
import type { DomainEvent } from '../events/on-event.ts';
import { aggregateOf } from '../events/outbox.ts';
import { packageView } from '../fulfilment/fulfilment.service.ts';
import { instant } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { idOut, type IdPrefix } from '../kernel/ids.ts';
import { OrdersService } from '../orders/orders.service.ts';
import { PayoutsService } from '../wallet/payouts/payouts.service.ts';
import { TopUpsService } from '../wallet/top-ups.service.ts';
import { SUBJECTS, type Subject } from './event-subjects.ts';
import { factsOf } from './facts.translate.ts';
import { Reads } from './reads.ts';

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
    private readonly reads: Reads,
    private readonly topUps: TopUpsService,
    private readonly payouts: PayoutsService,
    private readonly views: EventViews,
  ) {}

  /** Takes the snapshots of events of one merchant, without keeping them; what several are about is read once. */
  async take(tx: EntityManager, events: readonly PublishedEvent[]): Promise<Snapshot[]> {
    const shown = new Map<string, Promise<string>>();
    const taken = events.map((event) => async (): Promise<Snapshot> => {
      const { id, merchantId, name: type, aggregate, sequence, createdAt } = event;
      const about = aboutOf(event);
      const data = shown.get(about) ?? this.show(tx, event).then((view) => JSON.stringify(view));
      shown.set(about, data);
      return { id, merchantId, type, aggregate, sequence, createdAt, data: await data };
    });
    return atOnce(tx, taken);
  }

  /** The snapshots of events of one merchant, in their order; what nobody took before is taken now. */
  async of(tx: EntityManager, merchantId: string, events: readonly PublishedEvent[]): Promise<Snapshot[]> {
    const ids = events.map(({ id }) => id);
    const kept = await this.kept(tx, merchantId, ids);
    const missing = events.filter(({ id }) => !kept.has(id));
    if (missing.length > 0) await rows(tx, KEEP, [merchantId, ...columnsOf(await this.take(tx, missing))]);
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
    const subject = subjectOf(name);
    const id = payload[ID_OF[subject]];
    if (subject === 'claim' && id === null) return this.decision(tx, merchantId, payload);
    if (subject === 'facts' || typeof id !== 'string') return null;
    if (subject === 'package') return packageView(await this.reads.package(tx, merchantId, id));
    if (subject === 'transaction') return this.reads.transaction(tx, merchantId, id);
    if (subject === 'claim' || subject === 'return') return this.views.of(subject)?.(tx, merchantId, id) ?? null;
    if (subject === 'payout') return without(await this.payouts.get(tx, merchantId, id), 'destination');
    if (subject === 'top_up') return this.topUps.get(tx, merchantId, id);
    return without(this.orders.viewOf(await this.reads.order(tx, merchantId, id)), 'ship_to'); // the buyer's data go to no hook
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

const subjectOf = (name: string): Subject =>
  (SUBJECTS as Readonly<Record<string, Subject | undefined>>)[name] ?? 'facts';

/** What is the same for events that show the same. */
function aboutOf({ id, name, payload }: PublishedEvent): string {
  const subject = subjectOf(name);
  const of = payload[ID_OF[subject]];
  return subject !== 'facts' && typeof of === 'string' ? `${subject}:${of}` : id;
}

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

/** Keeps snapshots of one merchant's events ($1; `columnsOf` gives the other parameters); what is there stays. */
export const KEEP = `INSERT INTO event_view (merchant_id, id, type, aggregate, sequence, created_at, data)
  SELECT $1, t.* FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::timestamptz[], string_to_array($7, E'\\n')) AS t
  ON CONFLICT DO NOTHING`;

export function columnsOf(snapshots: readonly Snapshot[]): readonly unknown[] {
  return [
    snapshots.map(({ id }) => id),
    snapshots.map(({ type }) => type),
    snapshots.map(({ aggregate }) => aggregate),
    snapshots.map(({ sequence }) => sequence.toString()),
    snapshots.map(({ createdAt }) => createdAt),
    snapshots.map(({ data }) => data).join('\n'), // JSON has no line breaks; an array would escape each of its quotes
  ];
}

/** The bytes that a webhook carries and that the feed shows (api.md, Webhooks out). */
export function bodyOf({ id, type, createdAt, sequence, data }: Omit<Snapshot, 'merchantId' | 'aggregate'>): string {
  const head = { id: idOut('evt', id), type, created_at: instant(createdAt), sequence: Number(sequence) };
  return `${JSON.stringify(head).slice(0, -1)},"data":${data}}`;
}
