import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Statement } from '../database/sql.ts';
import { afterCommit, gather } from '../database/transaction.ts';
import { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import type { EventCatalog, EventName } from './catalog.ts';

/** Events of a merchant are published by whoever leases the merchant's lane, so in order. */
export const LANES = 16;

export function laneOf(merchantId: string): number {
  return Number.parseInt(merchantId.slice(-4), 16) % LANES;
}

/** What a commit told. */
export interface Told {
  merchantId: string;
  lane: number;
  name: EventName;
}

interface Row extends Told {
  id: string;
  aggregate: string;
  payload: string;
  at: string;
}

/** What an event is about, which decides what it is in order with: its order, else its package, else the merchant. */
export function aggregateOf(payload: {
  merchantId: string;
  orderId?: string | null;
  packageId?: string | null;
}): string {
  return payload.orderId ?? payload.packageId ?? payload.merchantId;
}

/** Events that commit with the change that they tell of (transactional outbox). */
@Injectable()
export class Outbox {
  private wakers: ((told: Told) => void)[] = [];

  constructor(private readonly clock: Clock) {}

  /** Tells of a change, in the transaction of the change; written with its COMMIT. */
  tell<N extends EventName>(tx: EntityManager, name: N, payload: EventCatalog[N]): void {
    const { merchantId } = payload;
    const lane = laneOf(merchantId);
    const at = this.clock.now().toISOString();
    const event: Row = {
      merchantId,
      id: newId(),
      lane,
      name,
      aggregate: aggregateOf(payload),
      payload: JSON.stringify(payload),
      at,
    };
    gather(tx, 'outbox', event, insertion);
    afterCommit(tx, () => {
      for (const wake of this.wakers) wake(event);
    });
  }

  /** Called after each commit that told something, for each thing. */
  onTold(wake: (told: Told) => void): void {
    this.wakers = [...this.wakers, wake];
  }
}

function insertion(told: readonly Row[]): Statement {
  return {
    text: `INSERT INTO event (merchant_id, id, lane, name, aggregate, payload, created_at)
      SELECT * FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::smallint[]), unnest($4::text[]),
        unnest($5::uuid[]), jsonb_array_elements($6::jsonb), unnest($7::timestamptz[])) AS told`,
    values: [
      told.map(({ merchantId }) => merchantId),
      told.map(({ id }) => id),
      told.map(({ lane }) => lane),
      told.map(({ name }) => name),
      told.map(({ aggregate }) => aggregate),
      `[${told.map(({ payload }) => payload).join(',')}]`,
      told.map(({ at }) => at),
    ],
  };
}
