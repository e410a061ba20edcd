import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rows } from '../database/sql.ts';
import type { PageRequest } from '../kernel/pages.ts';
import type { EventName } from './catalog.ts';

/** An event as it was told, for people who look back. */
export interface ToldEvent {
  id: string;
  name: EventName;
  payload: Readonly<Record<string, unknown>>;
  createdAt: Date;
  /** Its place among the events of its aggregate. */
  position: string;
}

/** What was told, read again. */
@Injectable()
export class EventLog {
  constructor(private readonly db: DataSource) {}

  /** Every event of one aggregate (an order), oldest first; one more than the page holds. */
  async ofAggregate(merchantId: string, aggregate: string, { limit, after }: PageRequest): Promise<ToldEvent[]> {
    const found = await rows<{
      id: string;
      name: EventName;
      payload: ToldEvent['payload'];
      created_at: Date;
      position: string;
    }>(
      this.db,
      `SELECT id, name, payload, created_at, position FROM event
       WHERE merchant_id = $1 AND aggregate = $2 AND position > $3::bigint ORDER BY position LIMIT $4`,
      [merchantId, aggregate, after?.[0] ?? '0', limit + 1],
    );
    return found.map((row) => ({
      id: row.id,
      name: row.name,
      payload: row.payload,
      createdAt: row.created_at,
      position: row.position,
    }));
  }
}
