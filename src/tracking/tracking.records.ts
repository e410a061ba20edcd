import type { CourierStatus, Direction } from './canonical.translate.ts';
import type { Route } from './matching.policy.ts';

export type MessageKind = 'webhook' | 'poll' | 'events';

export interface NewMessage {
  source: string;
  kind: MessageKind;
  /** SHA-256 of the body, hex. */
  hash: string;
  contentType: string | null;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  receivedAt: Date;
  state: 'read' | 'unreadable';
  problem: string | null;
  events: number;
}

/** A raw message as it was kept. */
export interface MessageRecord extends Omit<NewMessage, 'hash'> {
  id: string;
  /** How many times it came. */
  seen: number;
}

/** One event to keep. Keys as in tracking_event. */
export interface NewEvent {
  numberKey: string;
  eventKey: string;
  source: string;
  number: string;
  carrier: string | null;
  status: CourierStatus | null;
  reason: string | null;
  direction: Direction;
  code: string | null;
  description: string | null;
  place: string | null;
  timeRaw: string | null;
  localTime: string | null;
  zone: string | null;
  occurredAt: Date | null;
  orderAt: Date | null;
  sequence: number;
  needsMapping: boolean;
  route: Pick<Route, 'merchantId' | 'packageId'> | null;
  /** Null where it is matched. */
  unmatchedWhy: string | null;
}

/** What became of an event that was to be kept. */
export interface KeptEvent {
  eventKey: string;
  /** Not known before. */
  fresh: boolean;
  merchantId: string | null;
  packageId: string | null;
}

/** An event as it is kept. */
export interface EventRecord {
  eventKey: string;
  id: string;
  messageId: string | null;
  source: string;
  number: string;
  packageId: string;
  status: CourierStatus | null;
  reason: string | null;
  direction: Direction;
  code: string | null;
  description: string | null;
  place: string | null;
  timeRaw: string | null;
  localTime: string | null;
  occurredAt: Date | null;
  orderAt: Date | null;
  sequence: number;
  receivedAt: Date;
}

export interface UnmatchedRow {
  messageId: string | null;
  numberKey: string;
  number: string;
  source: string;
  carrier: string | null;
  why: string;
  events: number;
  status: CourierStatus | null;
  occurredAt: Date | null;
  receivedAt: Date;
}

export interface PackageKey {
  merchantId: string;
  packageId: string;
}

/** A package that is to be folded. */
export interface Due extends PackageKey {
  /** Since when, in microseconds. */
  since: string;
}

/** As much of an event as the fold needs. */
export type FoldRow = Pick<
  EventRecord,
  | 'eventKey'
  | 'messageId'
  | 'packageId'
  | 'source'
  | 'status'
  | 'reason'
  | 'direction'
  | 'occurredAt'
  | 'orderAt'
  | 'sequence'
  | 'receivedAt'
>;
