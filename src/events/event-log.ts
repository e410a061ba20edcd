import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { rows } from '../database/sql.ts';
import type { PageRequest } from '../kernel/pages.ts';
import type { EventName } from './catalog.ts';

/** An event as it was told, for people who look back. */
export interface ToldEvent {
  id: string;
  name: EventName;
  payload: Readonly<Record<string, unknown>>;
  /** When it happened; a courier may tell of it later. */
  happenedAt: Date;
  /** Its place among the events of its aggregate, as they were told. */
  position: string;
  /** Whose request it came of: merchant, staff or public; null: nobody's. */
  byKind: string | null;
  byUser: string | null;
}

/** An event that was published: it has its gapless number among the merchant's. */
export interface PublishedEvent {
  id: string;
  merchantId: string;
  name: EventName;
  /** What it is in order with: its order, else its package, else the merchant. */
  aggregate: string;
  payload: Readonly<Record<string, unknown>>;
  createdAt: Date;
  sequence: bigint;
}

/** A stretch of a merchant's events, oldest first. */
export interface Stretch {
  events: PublishedEvent[];
  /** The number up to which was looked, whether or not its event was among the names asked for. */
  seen: bigint;
}

/** So many events are looked at for one page, where only some names are asked for. */
const LOOKED_AT = 10_000;

const PUBLISHED = `id, merchant_id AS "merchantId", name, aggregate, payload, created_at AS "createdAt", sequence`;

type PublishedRow = Omit<PublishedEvent, 'sequence'> & { sequence: string };

const published = (row: PublishedRow): PublishedEvent => ({ ...row, sequence: BigInt(row.sequence) });

/** What was told, read again. */
@Injectable()
export class EventLog {
  constructor(private readonly db: DataSource) {}

  /** Every event of one aggregate (an order), by when it happened, then as it was told; one more than the page holds. */
  ofAggregate(merchantId: string, aggregate: string, { limit, after }: PageRequest): Promise<ToldEvent[]> {
    const [instant, position] = after ?? ['-infinity', '0'];
    return rows<ToldEvent>(
      asHouse(this.db),
      `SELECT id, name, payload, happened_at AS "happenedAt", position, by_kind AS "byKind", by_user AS "byUser"
       FROM (SELECT *, coalesce((payload ->> 'at')::timestamptz, created_at) AS happened_at
             FROM event WHERE merchant_id = $1 AND aggregate = $2) told
       WHERE (happened_at, position) > ($3::timestamptz, $4::bigint) ORDER BY happened_at, position LIMIT $5`,
      [merchantId, aggregate, instant, position, limit + 1],
    );
  }

  /**
   * What comes after a number: the relay publishes a merchant's events one by one, so nothing is ever filled in behind.
   * @param names only these; null: all
   */
  async after(merchantId: string, after: bigint, names: readonly string[] | null, limit: number): Promise<Stretch> {
    const found = await rows<PublishedRow & { last: string }>(
      asHouse(this.db),
      `SELECT * FROM (
         SELECT ${PUBLISHED}, max(sequence) OVER () AS last FROM (
           SELECT * FROM event WHERE merchant_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $5) looked) stretch
       WHERE $3::text[] IS NULL OR name = ANY ($3) OR "sequence" = last ORDER BY sequence LIMIT $4`,
      [merchantId, after.toString(), names, limit + 1, names === null ? limit : LOOKED_AT],
    );
    const wanted = found.filter(({ name }) => names === null || names.includes(name)).slice(0, limit);
    const last = wanted.length === limit ? wanted.at(-1)?.sequence : found[0]?.last;
    return { events: wanted.map(({ last: _, ...row }) => published(row)), seen: BigInt(last ?? after) };
  }

  /** One event that was published; null: there is none. */
  async published(merchantId: string, id: string): Promise<PublishedEvent | null> {
    const [row] = await rows<PublishedRow>(
      asHouse(this.db),
      `SELECT ${PUBLISHED} FROM event WHERE merchant_id = $1 AND id = $2 AND sequence IS NOT NULL`,
      [merchantId, id],
    );
    return row === undefined ? null : published(row);
  }

  /** How many events of each merchant were published; a merchant with none is left out. */
  async counts(merchantIds: readonly string[]): Promise<Map<string, bigint>> {
    const found = await rows<{ merchant_id: string; last: string }>(
      asHouse(this.db),
      `SELECT merchant_id, last FROM event_counter WHERE merchant_id = ANY ($1::uuid[])`,
      [merchantIds],
    );
    return new Map(found.map(({ merchant_id, last }) => [merchant_id, BigInt(last)]));
  }
}
