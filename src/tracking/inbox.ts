import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import type { Db } from '../database/sql.ts';
import { FulfilmentService } from '../fulfilment/fulfilment.service.ts';
import { Clock } from '../kernel/clock.ts';
import type { CourierStatus, ReadEvent, ReadShipment } from './canonical.translate.ts';
import { byPhrase } from './couriers/mapping.translate.ts';
import { ENGLISH } from './couriers/phrases.translate.ts';
import { readTime } from './couriers/time.translate.ts';
import {
  CANONICAL,
  match,
  numberKey,
  sameShipment,
  type Match,
  type Reporters,
  type Route,
  type Sighting,
} from './matching.policy.ts';
import { readMessage, type Kind } from './sources.translate.ts';
import { TrackingStore, type NewEvent, type NewMessage, type PackageKey } from './tracking.store.ts';

/** An event that staff, a WMS or a simulated courier reports in our own words. */
export interface CanonicalEvent {
  /** A courier's code of ours. */
  courier: string;
  trackingNumber: string;
  status: CourierStatus;
  occurredAt: Date;
  /** As it was sent, with its offset: the local time that buyers are shown. */
  timeRaw?: string | null;
  description?: string | null;
  location?: string | null;
  /** The reporter's own; the same one is the same event. */
  eventId?: string | null;
  reason?: string | null;
}

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

/** A number longer than this is none. */
const MAX_NUMBER = 100;

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
    const { shipments, unreadable } = readMessage(raw.source, raw.body, raw.kind);
    const said = shipments.flatMap((shipment, index) => shipment.events.map((event) => ({ shipment, index, event })));
    const message: NewMessage = {
      ...raw,
      hash: sha256(raw.body),
      receivedAt: this.clock.now(),
      state: unreadable === null ? 'read' : 'unreadable',
      problem: unreadable,
      events: said.length,
    };
    const kept = await this.store.keepMessage(tx, message);
    if (!kept.fresh) return nothingNew(kept.events);
    const matches = await this.matchShipments(tx, raw.source, shipments);
    const events = said.map(({ shipment, index, event }) => toEvent(raw.source, shipment, event, matches[index]));
    return this.keep(tx, kept.id, events);
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
    await this.store.noteDue(tx, packages);
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
    const routes = keys.length === 0 ? [] : await this.fulfilment.routesOf(db, keys);
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

function nothingNew(events: number): Stored {
  return { counts: { accepted: 0, duplicates: events, unmatched: 0 }, packages: [], unmatched: [] };
}

function sighting(source: string, carrier: string | null, numbers: readonly (string | null)[]): Sighting {
  const sound = numbers.filter((number): number is string => number !== null && number.length <= MAX_NUMBER);
  return { source, carrier, numberKeys: [...new Set(sound.map(numberKey))] };
}

/** The same event twice in one message is one; the lower position counts. */
function onceEach(events: readonly NewEvent[]): NewEvent[] {
  const byKey = new Map<string, NewEvent>();
  for (const event of events) {
    const known = byKey.get(event.eventKey);
    if (known === undefined || event.sequence < known.sequence) byKey.set(event.eventKey, event);
  }
  return [...byKey.values()];
}

function outcome(matched: Match | undefined): Pick<NewEvent, 'route' | 'unmatchedWhy'> {
  if (matched !== undefined && 'route' in matched) return { route: keyOf(matched.route), unmatchedWhy: null };
  return { route: null, unmatchedWhy: matched?.why ?? 'unknown_number' };
}

/** Null: it has no number to keep it under. */
function toEvent(
  source: string,
  shipment: ReadShipment,
  event: ReadEvent,
  matched: Match | undefined,
): NewEvent | null {
  const { number } = shipment;
  if (number === null || number.length > MAX_NUMBER) return null;
  const key = numberKey(number);
  return {
    numberKey: key,
    // made of what the courier sent, never of what we derive from it (tracking.md, Algorithm 4)
    eventKey: sha256(
      JSON.stringify([source, key, shipment.direction === 'reverse', said(source, event), event.time.raw, event.place]),
    ),
    source,
    number,
    carrier: shipment.carrier,
    status: event.status,
    reason: event.reason,
    direction: event.direction,
    code: event.code,
    description: event.text,
    place: event.place,
    timeRaw: event.time.raw,
    localTime: event.time.local,
    zone: event.time.zone,
    occurredAt: event.time.at,
    orderAt: event.orderAt,
    sequence: event.sequence,
    needsMapping: event.unmapped,
    ...outcome(matched),
  };
}

/** Sources whose codes are so coarse that two events of one second and place may share them: the text counts too. */
const COARSE_CODES = new Set(['easypost', 'aftership', 'shippo', 'ship24', 'trackingmore', '17track', 'dhl_unified']);

/** The code or the text, as the courier sent it. */
function said(source: string, { code, text }: ReadEvent): string | null {
  return COARSE_CODES.has(source) && code !== null ? `${code}|${text ?? ''}` : (code ?? text);
}

function canonicalEvent(event: CanonicalEvent, matched: Match | undefined): NewEvent {
  const { courier, trackingNumber, status, occurredAt, eventId = null, description = null, location = null } = event;
  const key = numberKey(trackingNumber);
  const at = occurredAt.toISOString();
  const identity = eventId === null ? [status, at, location, description] : [eventId];
  const phrase = byPhrase(ENGLISH, description);
  const time = readTime(event.timeRaw ?? at);
  return {
    numberKey: key,
    eventKey: sha256(JSON.stringify([CANONICAL, courier.toLowerCase(), key, ...identity])),
    source: CANONICAL,
    number: trackingNumber,
    carrier: courier,
    status,
    reason: event.reason ?? (phrase?.status === status ? phrase.reason : null),
    direction: status.startsWith('rto_') ? 'rto' : 'forward',
    code: status,
    description,
    place: location,
    timeRaw: time.raw,
    localTime: time.local,
    zone: time.zone,
    occurredAt,
    orderAt: occurredAt,
    sequence: 0,
    needsMapping: false,
    ...outcome(matched),
  };
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
