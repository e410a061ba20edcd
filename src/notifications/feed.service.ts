import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { inTransaction } from '../database/transaction.ts';
import { EventLog, type Stretch } from '../events/event-log.ts';
import { noneOf } from '../http/choices.ts';
import { realNow } from '../kernel/clock.ts';
import { invalidField, NotFound } from '../kernel/errors.ts';
import { idIn } from '../kernel/ids.ts';
import { decodeCursor, encodeCursor } from '../kernel/pages.ts';
import { EVENT_FILTERS, EVENT_NAMES } from './event-subjects.ts';
import { FeedWatch } from './feed-watch.ts';
import { bodyOf, Snapshots, type Snapshot } from './snapshots.ts';

const NUMBER = /^\d{1,18}$/;

export interface FeedRequest {
  merchantId: string;
  /** What came after this number. */
  after: bigint;
  /** Null: every event. */
  names: readonly string[] | null;
  limit: number;
}

/** A merchant's events, one by one, oldest first, each once and none left out: what makes a lost webhook harmless. */
@Injectable()
export class FeedService {
  constructor(
    private readonly db: DataSource,
    private readonly log: EventLog,
    private readonly snapshots: Snapshots,
    private readonly watch: FeedWatch,
  ) {}

  /**
   * A page as JSON; `next_cursor` is null where nothing more is there yet.
   * @param waitMs for an event where there is none yet
   * @param gone the reader has left
   */
  async page(request: FeedRequest, waitMs: number, gone: AbortSignal): Promise<string> {
    const { events, seen } = await this.stretch(request, waitMs, gone);
    const shown = events.length === 0 ? [] : await this.shown(request.merchantId, events);
    const last = (await this.log.counts([request.merchantId])).get(request.merchantId) ?? 0n;
    const next = seen < last ? JSON.stringify(encodeCursor([seen.toString()])) : 'null';
    return `{"data":[${shown.map(bodyOf).join(',')}],"next_cursor":${next}}`;
  }

  /** One event as JSON. @throws NotFound */
  async one(merchantId: string, id: string): Promise<string> {
    const event = await this.log.published(merchantId, id);
    if (event === null) throw new NotFound('event');
    const [shown] = await this.shown(merchantId, [event]);
    if (shown === undefined) throw new NotFound('event');
    return bodyOf(shown);
  }

  /**
   * The number after which to go on.
   * @param text a cursor of the feed, the id of an event or its number
   * @throws InvalidFields it is none of them
   */
  async position(merchantId: string, text: string): Promise<bigint> {
    if (NUMBER.test(text)) return BigInt(text);
    const id = idIn('evt', text);
    const event = id === null ? null : await this.log.published(merchantId, id);
    if (event !== null) return event.sequence;
    const [number] = decodeCursor(text, 1) ?? [];
    if (number === undefined || !NUMBER.test(number))
      throw invalidField('/after', 'cursor', 'This is no cursor of the feed, nor the id or number of an event.');
    return BigInt(number);
  }

  private async stretch(request: FeedRequest, waitMs: number, gone: AbortSignal): Promise<Stretch> {
    const { merchantId, names, limit } = request;
    const until = realNow().getTime() + waitMs;
    for (let after = request.after; ;) {
      const stretch = await this.log.after(merchantId, after, names, limit);
      const left = until - realNow().getTime();
      if (stretch.events.length > 0 || left <= 0 || gone.aborted) return stretch;
      after = stretch.seen;
      await this.watch.newer(merchantId, after, left, gone);
      if (this.watch.isOver) return stretch;
    }
  }

  private shown(merchantId: string, events: Stretch['events']): Promise<Snapshot[]> {
    return inTransaction(asMerchant(this.db, merchantId), (tx) => this.snapshots.of(tx, merchantId, events));
  }
}

/**
 * The names that `?type=` asks for.
 * @param text names and `noun.*`, with commas between them
 * @throws InvalidFields with the first that is no event
 */
export function namesOf(text: string): readonly string[] | null {
  const asked = text.split(',').map((name) => name.trim());
  const unknown = asked.find((name) => !EVENT_FILTERS.includes(name));
  if (unknown !== undefined) throw invalidField('/type', 'not_allowed', `${noneOf(unknown, EVENT_FILTERS)}.`);
  if (asked.includes('*')) return null;
  return EVENT_NAMES.filter((name) => asked.some((a) => a === name || a === `${name.split('.')[0] ?? name}.*`));
}
