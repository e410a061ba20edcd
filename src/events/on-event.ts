import type { EntityManager } from 'typeorm';
import type { EventCatalog, EventName } from './catalog.ts';

/** One thing that happened, as listeners get it. */
export interface DomainEvent<N extends EventName> {
  id: string;
  merchantId: string;
  name: N;
  payload: EventCatalog[N];
  /** On the house's clock. */
  createdAt: Date;
  /** Gapless per merchant. */
  sequence: bigint;
}

export interface ListenerMark {
  events: readonly EventName[];
  /** Names the listener's part in the outbox, for ever: `RefundListeners.refundReturned`. */
  method: string;
  /** Does its part when no other listener of the lane has one to do: nobody waits for it. */
  isPatient: boolean;
}

const LISTENERS = Symbol('waybill:listeners');

type Listens<N extends EventName> = (tx: EntityManager, event: DomainEvent<N>) => Promise<void>;

/**
 * Makes a method a listener of one or more events. It runs in a transaction of its own, once; throwing tries again later. What it does beyond
 * the database it must leave to rows that somebody works off.
 */
export function OnEvent<N extends EventName>(...events: N[]) {
  return listening(events, false);
}

/** The same for what may come a little later: letters, webhooks. Money and goods go first. */
export function OnEventLater<N extends EventName>(...events: N[]) {
  return listening(events, true);
}

function listening<N extends EventName>(events: readonly N[], isPatient: boolean) {
  return (target: object, method: string, _: TypedPropertyDescriptor<Listens<N>>): void => {
    const marks = listenersOf(target);
    Object.defineProperty(target, LISTENERS, { value: [...marks, { events, method, isPatient }], configurable: true });
  };
}

/** The listeners that a provider's class declares. */
export function listenersOf(target: object): readonly ListenerMark[] {
  return (target as { [LISTENERS]?: readonly ListenerMark[] })[LISTENERS] ?? [];
}
