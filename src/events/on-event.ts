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
  /** Does its part when no other listener has one to do: nobody waits for it. */
  isPatient: boolean;
  /** Gets the events that are there together. */
  takesMany: boolean;
}

const LISTENERS = Symbol('waybill:listeners');

type Listens<N extends EventName> = (tx: EntityManager, event: DomainEvent<N>) => Promise<void> | void;
type ListensToMany<N extends EventName> = (tx: EntityManager, events: readonly DomainEvent<N>[]) => Promise<void>;

/** The method that is declared. */
interface Of<Method> {
  value?: Method;
}

/**
 * Makes a method a listener of one or more events. It runs once, in a transaction with other listeners of the same
 * order's events; throwing tries again later, in a transaction of its own. What it does beyond the database it must
 * leave to rows that somebody works off.
 */
export function OnEvent<N extends EventName>(...events: N[]) {
  return (target: object, method: string, _: Of<Listens<N>>): void => {
    declare(target, { events, method, isPatient: false, takesMany: false });
  };
}

/**
 * The same for what may come a little later: letters, documents, webhooks. Money and goods go first. It shares its
 * transaction with events of other orders, so it locks none, nor packages or stock.
 */
export function OnEventLater<N extends EventName>(...events: N[]) {
  return (target: object, method: string, _: Of<Listens<N>>): void => {
    declare(target, { events, method, isPatient: true, takesMany: false });
  };
}

/** The same for one that gets what is there of a merchant's events together, oldest first: it reads once what they share. */
export function OnEventsLater<N extends EventName>(...events: N[]) {
  return (target: object, method: string, _: Of<ListensToMany<N>>): void => {
    declare(target, { events, method, isPatient: true, takesMany: true });
  };
}

function declare(target: object, mark: ListenerMark): void {
  Object.defineProperty(target, LISTENERS, { value: [...listenersOf(target), mark], configurable: true });
}

/** The listeners that a provider's class declares. */
export function listenersOf(target: object): readonly ListenerMark[] {
  return (target as { [LISTENERS]?: readonly ListenerMark[] })[LISTENERS] ?? [];
}
