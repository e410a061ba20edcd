import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import type { Db } from '../database/sql.ts';
import { FulfilmentService } from '../fulfilment/fulfilment.service.ts';
import { Clock } from '../kernel/clock.ts';
import type { ReadShipment } from './canonical.translate.ts';
import {
  CANONICAL,
  isAlias,
  match,
  numberKey,
  sameShipment,
  type Match,
  type Reporters,
  type Route,
  type Sighting,
} from './matching.policy.ts';
import { canonicalEvent, MAX_NUMBER, onceEach, sha256, toEvent, type CanonicalEvent } from './new-events.ts';
import { readMessage, type Kind, type Reading } from './sources.translate.ts';
import {
  TrackingStore,
  type MessageRecord,
  type NewEvent,
  type NewMessage,
  type PackageKey,
} from './tracking.store.ts';

export interface RawMessage {
  source: string;
  kind: Kind;
  contentType: string | null;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Every event of a message is one of the three. */
export interface Counts {
  accepted: number;
  duplicates: number;
  unmatched: number;
}

export interface Stored {
  counts: Counts;
  /** Whose events changed: they are noted as due, and are to be folded. */
  packages: readonly PackageKey[];
  /** Numbers that led nowhere when they were looked up. */
  unmatched: readonly string[];
}

export interface ReadAgain extends Stored {
  /** Known events whose meaning is another one now. */
  revised: number;
  /** Why it still cannot be read. */
  problem: string | null;
}

/** Keeps what arrives, finds the packages it is about, and notes them as due; all of it set-based. */
@Injectable()
export class Inbox {
  constructor(
    private readonly store: TrackingStore,
    private readonly fulfilment: FulfilmentService,
    private readonly catalogue: CatalogueService,
    private readonly clock: Clock,
  ) {}

  /** A courier's or aggregator's own message. What cannot be read is kept with the reason. */
  async receive(tx: EntityManager, raw: RawMessage): Promise<Stored> {
    const reading = readMessage(raw.source, raw.body, raw.kind);
    const message: NewMessage = {
      ...raw,
      hash: sha256(raw.body),
      receivedAt: this.clock.now(),
      ...whatBecame(reading),
    };
    const kept = await this.store.keepMessage(tx, message);
    if (!kept.fresh) return nothingNew(kept.events);
    return this.keepAll(tx, kept.id, raw.source, reading);
  }

  /**
   * Reads a kept message once more, with the translators of today: events that it could not see are added, those that
   * are known get the meaning they have now.
   */
  async readAgain(tx: EntityManager, message: MessageRecord & { kind: Kind }): Promise<ReadAgain> {
    const reading = readMessage(message.source, message.body, message.kind);
    await this.store.noteReading(tx, message.id, whatBecame(reading));
    const stored = await this.keepAll(tx, message.id, message.source, reading);
    const known = onceEach(stored.events);
    const { revised, packages } = await this.store.reviseEvents(tx, known);
    await this.store.noteDue(tx, packages);
    return { ...stored, packages: [...stored.packages, ...packages], revised, problem: reading.unreadable };
  }

  private async keepAll(
    tx: EntityManager,
    messageId: string,
    source: string,
    { shipments }: Reading,
  ): Promise<Stored & { events: readonly NewEvent[] }> {
    const matches = await this.matchShipments(tx, source, shipments);
    const events = shipments.flatMap((shipment, index) =>
      shipment.events.map((event) => toEvent(source, shipment, event, matches[index])),
    );
    const stored = await this.keep(tx, messageId, events);
    const late = await this.learn(tx, shipments, matches);
    const numbered = events.filter((event) => event !== null);
    return { ...stored, packages: [...stored.packages, ...late], events: numbered };
  }

  /** Other numbers of parcels that are known lead to them from now on, also what was said of those before. */
  private async learn(
    tx: EntityManager,
    shipments: readonly ReadShipment[],
    matches: readonly Match[],
  ): Promise<PackageKey[]> {
    const aliases = shipments.flatMap(({ number, aliases: others }, index): Route[] => {
      const matched = matches[index];
      if (matched === undefined || !('route' in matched)) return [];
      const { route } = matched;
      const keys = sighting('', null, [number, ...others]).numberKeys;
      return keys.filter((key) => key !== route.numberKey && isAlias(key)).map((key) => ({ ...route, numberKey: key }));
    });
    return this.matchAgain(tx, await this.store.keepAliases(tx, aliases));
  }

  /** Events in our own words, many couriers' and merchants' at once. */
  async record(tx: EntityManager, events: readonly CanonicalEvent[], body: Buffer | null): Promise<Stored> {
    let messageId: string | null = null;
    if (body !== null) {
      const kept = await this.store.keepMessage(tx, {
        ...{
          source: CANONICAL,
          kind: 'events',
          hash: sha256(body),
          contentType: 'application/json',
          headers: {},
          body,
        },
        ...{ receivedAt: this.clock.now(), state: 'read', problem: null, events: events.length },
      });
      if (!kept.fresh) return nothingNew(kept.events);
      messageId = kept.id;
    }
    const sightings = events.map(({ courier, trackingNumber }) => sighting(CANONICAL, courier, [trackingNumber]));
    const matches = await this.matchAll(tx, sightings);
    return this.keep(
      tx,
      messageId,
      events.map((event, index) => canonicalEvent(event, matches[index])),
    );
  }

  /** The warehouse saw the parcel come back: the strongest word there is. */
  async recordReceipt(tx: EntityManager, of: PackageKey & { trackingNumber: string; at: Date }): Promise<Stored> {
    const event = canonicalEvent(
      {
        courier: 'warehouse',
        trackingNumber: of.trackingNumber,
        status: 'rto_delivered',
        occurredAt: of.at,
        description: 'Received by the warehouse',
      },
      { route: { numberKey: numberKey(of.trackingNumber), courier: 'warehouse', ...of } },
    );
    return this.keep(tx, null, [{ ...event, source: 'warehouse' }]);
  }

  /** Numbers that led nowhere may do so now. @returns the packages that got events, noted as due */
  async matchAgain(tx: EntityManager, numberKeys: readonly string[]): Promise<PackageKey[]> {
    const said = numberKeys.length === 0 ? [] : await this.store.unmatchedOf(tx, numberKeys);
    if (said.length === 0) return [];
    const matches = await this.matchAll(
      tx,
      said.map(({ source, carrier, numberKey: key }) => ({ source, carrier, numberKeys: [key] })),
    );
    const found: PackageKey[] = [];
    for (const [index, those] of said.entries()) {
      const matched = matches[index];
      if (matched === undefined || !('route' in matched)) continue;
      await this.store.assign(tx, those, matched.route);
      found.push(keyOf(matched.route));
    }
    await this.store.noteDue(tx, found);
    return found;
  }

  private async keep(tx: EntityManager, messageId: string | null, all: readonly (NewEvent | null)[]): Promise<Stored> {
    const numbered = all.filter((event) => event !== null);
    const events = onceEach(numbered);
    const kept = await this.store.keepEvents(tx, messageId, events, this.clock.now());
    const fresh = new Set(kept.filter((event) => event.fresh).map((event) => event.eventKey));
    const news = events.filter((event) => fresh.has(event.eventKey));
    const packages = kept.flatMap(({ merchantId, packageId }) =>
      merchantId === null || packageId === null ? [] : [{ merchantId, packageId }],
    );
    const lost = news.filter((event) => event.route === null);
    return {
      counts: {
        accepted: news.length - lost.length,
        duplicates: numbered.length - news.length,
        unmatched: lost.length + all.length - numbered.length,
      },
      packages,
      unmatched: [...new Set(lost.map((event) => event.numberKey))],
    };
  }

  /** Shipments that share a number in one answer are told apart by what is known of the package. */
  private async matchShipments(
    tx: EntityManager,
    source: string,
    shipments: readonly ReadShipment[],
  ): Promise<Match[]> {
    const sightings = shipments.map(({ number, aliases, carrier }) => sighting(source, carrier, [number, ...aliases]));
    const matches = await this.matchAll(tx, sightings);
    const groups = grouped(
      shipments.map((_, index) => index),
      (index) => shipments[index]?.number ?? '',
    );
    for (const [number, group] of groups) {
      const matched = matches[group[0] ?? -1];
      if (number === '' || group.length < 2 || matched === undefined || !('route' in matched)) continue;
      const chosen =
        group[
          await this.chosen(
            tx,
            matched.route,
            group.flatMap((index) => shipments[index] ?? []),
          )
        ];
      for (const index of group) if (index !== chosen) matches[index] = { why: 'several_shipments' };
    }
    return matches;
  }

  private async chosen(
    tx: EntityManager,
    { merchantId, packageId }: Route,
    shipments: readonly ReadShipment[],
  ): Promise<number> {
    const found = await this.fulfilment.get(tx, merchantId, packageId);
    const address = await this.fulfilment.addressOf(tx, merchantId, packageId);
    const wanted = { labelledAt: found.labelledAt, city: address?.city ?? null, country: address?.country ?? null };
    return sameShipment(
      shipments.map((s) => ({ shippedOn: s.shippedOn, destination: s.destination, events: s.events.length })),
      wanted,
    );
  }

  private async matchAll(db: Db, sightings: readonly Sighting[]): Promise<Match[]> {
    const keys = [...new Set(sightings.flatMap(({ numberKeys }) => numberKeys))];
    const routes = await this.routesOf(db, keys);
    const { couriers } = await this.catalogue.snapshot();
    const reporters = new Map<string, Reporters>(couriers.map(({ code, tracking }) => [code, tracking]));
    const byNumber = grouped(routes, (route) => route.numberKey);
    return sightings.map((seen) =>
      match(
        seen,
        seen.numberKeys.flatMap((key) => byNumber.get(key) ?? []),
        reporters,
      ),
    );
  }

  /** By the number on the label; by another number of the parcel only where no label has it. */
  private async routesOf(db: Db, keys: readonly string[]): Promise<Route[]> {
    if (keys.length === 0) return [];
    const routes = await this.fulfilment.routesOf(db, keys);
    const known = new Set(routes.map(({ numberKey: key }) => key));
    const unknown = keys.filter((key) => !known.has(key) && isAlias(key));
    return unknown.length === 0 ? routes : [...routes, ...(await this.store.aliasesOf(db, unknown))];
  }
}

function grouped<T>(items: readonly T[], keyFor: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyFor(item));
    if (group === undefined) groups.set(keyFor(item), [item]);
    else group.push(item);
  }
  return groups;
}

function keyOf({ merchantId, packageId }: PackageKey): PackageKey {
  return { merchantId, packageId };
}

function whatBecame({ shipments, unreadable }: Reading): Pick<NewMessage, 'state' | 'problem' | 'events'> {
  const events = shipments.reduce((sum, shipment) => sum + shipment.events.length, 0);
  return { state: unreadable === null ? 'read' : 'unreadable', problem: unreadable, events };
}

function nothingNew(events: number): Stored {
  return { counts: { accepted: 0, duplicates: events, unmatched: 0 }, packages: [], unmatched: [] };
}

function sighting(source: string, carrier: string | null, numbers: readonly (string | null)[]): Sighting {
  const sound = numbers.filter((number): number is string => number !== null && number.length <= MAX_NUMBER);
  return { source, carrier, numberKeys: [...new Set(sound.map(numberKey))] };
}
