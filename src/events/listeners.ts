import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { EventName } from './catalog.ts';
import { listenersOf, type DomainEvent } from './on-event.ts';

type Events = readonly DomainEvent<EventName>[];
type Method = (tx: EntityManager, of: unknown) => Promise<void> | void;

/** A listener as the relay calls it. */
export interface Listener {
  name: string;
  isPatient: boolean;
  /** Does its part for events of one merchant, oldest first. */
  hear(tx: EntityManager, events: Events): Promise<void>;
}

/** All listeners of the house, by the events that they listen to. */
@Injectable()
export class Listeners {
  private readonly byName = new Map<string, Listener>();
  private readonly byEvent = new Map<EventName, Listener[]>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** Finds them among the providers. */
  gather(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (typeof instance === 'object' && instance !== null) this.adopt(instance as Record<string, Method>);
    }
  }

  named(name: string): Listener | undefined {
    return this.byName.get(name);
  }

  of(event: EventName): readonly Listener[] {
    return this.byEvent.get(event) ?? [];
  }

  /** Is there one that does its part at once? */
  isUrgent(event: EventName): boolean {
    return this.of(event).some(({ isPatient }) => !isPatient);
  }

  /** Events with a listener that does its part at once. */
  urgentEvents(): EventName[] {
    return [...this.byEvent.keys()].filter((event) => this.isUrgent(event));
  }

  /** Those that are not patient do their parts, event by event. */
  async hearNow(tx: EntityManager, events: Events): Promise<void> {
    for (const event of events)
      for (const listener of this.of(event.name)) if (!listener.isPatient) await listener.hear(tx, [event]);
  }

  /** The patient ones do their parts, each for all its events. */
  async hearLater(tx: EntityManager, events: Events): Promise<void> {
    const parts = new Map<Listener, DomainEvent<EventName>[]>();
    for (const event of events) {
      for (const listener of this.of(event.name)) {
        if (!listener.isPatient) continue;
        const part = parts.get(listener);
        if (part === undefined) parts.set(listener, [event]);
        else part.push(event);
      }
    }
    for (const [listener, part] of parts) await listener.hear(tx, part);
  }

  private adopt(instance: Record<string, Method>): void {
    for (const { events, method, isPatient, takesMany } of listenersOf(instance)) {
      const name = `${instance.constructor.name}.${method}`;
      const run = instance[method]?.bind(instance);
      if (run === undefined || this.byName.has(name)) throw new Error(`The listener ${name} cannot be bound.`);
      const hear = async (tx: EntityManager, heard: Events): Promise<void> => {
        for (const part of takesMany ? [heard] : heard) await run(tx, part);
      };
      const listener: Listener = { name, isPatient, hear };
      this.byName.set(name, listener);
      for (const event of events) this.byEvent.set(event, [...this.of(event), listener]);
    }
  }
}
