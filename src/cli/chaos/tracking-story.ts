import { Chance } from './chance.ts';

/** What couriers say of these parcels; `accepted` only where the parcel is reported in our own words. */
export type Word =
  | 'accepted'
  | 'in_transit'
  | 'out_for_delivery'
  | 'attempt_failed'
  | 'available_for_pickup'
  | 'exception'
  | 'delivered'
  | 'rto_initiated'
  | 'rto_in_transit'
  | 'rto_delivered'
  | 'lost';

export interface Saying {
  word: Word;
  at: Date;
  /** One parcel's, from 0 on. */
  n: number;
}

/** `events`: in our own words, many parcels a request; `easypost`: pushed and polled. */
export type Source = 'events' | 'easypost';

export interface StoryParcel {
  n: number;
  number: string;
  source: Source;
  /** Nothing is said after its end: what is told of it does not depend on the order in which it comes. */
  plain: boolean;
  /** In the order in which it happened. */
  said: readonly Saying[];
}

export interface Delivery {
  parcel: StoryParcel;
  arrives: Date;
  how: 'push' | 'poll';
  /** Positions in `said`. */
  of: readonly number[];
}

export interface TrackingStory {
  start: Date;
  /** Everything has arrived, and nobody's patience is over. */
  end: Date;
  parcels: readonly StoryParcel[];
  /** In the order of arrival. */
  deliveries: readonly Delivery[];
}

export interface TrackingOptions {
  seed: number;
  parcels: number;
  /** Of all parcels together, before they are tripled. */
  events: number;
  /** The clock moves so far at a time; what arrives meanwhile comes at once, in any order. Divides a day. */
  stepHours: number;
}

const START = Date.parse('2027-03-01T08:00:00.000Z');
const HOUR_MS = 3_600_000;
/** All happens in five days and comes up to fourteen later: before the courier-proof limit of twenty days. */
const LONGEST_STORY_H = 120;
const LATEST_H = 14 * 24;
const ROUNDS = 3;

/** What is said after the scans on the way, by how it ends; the first six end and are over. */
const PLAIN: readonly [readonly Word[], ...(readonly Word[])[]] = [
  ['out_for_delivery', 'delivered'],
  ['out_for_delivery', 'attempt_failed', 'out_for_delivery', 'delivered'],
  ['out_for_delivery', 'attempt_failed', 'available_for_pickup', 'delivered'],
  ['out_for_delivery', 'attempt_failed', 'attempt_failed', 'rto_initiated', 'rto_in_transit', 'rto_delivered'],
  ['exception', 'rto_initiated', 'rto_in_transit', 'rto_in_transit', 'rto_delivered'],
  ['exception', 'lost'],
  ['out_for_delivery', 'attempt_failed'],
  ['exception', 'in_transit'],
];
const CONTRADICTED: readonly [readonly Word[], ...(readonly Word[])[]] = [
  ['out_for_delivery', 'delivered', 'in_transit', 'out_for_delivery'],
  ['out_for_delivery', 'delivered', 'rto_initiated', 'rto_delivered'],
  ['out_for_delivery', 'delivered', 'attempt_failed'],
  ['exception', 'lost', 'delivered'],
];
const CONTRADICTED_SHARE = 0.1;

/** The same seed, the same story. */
export function trackingStory(options: TrackingOptions): TrackingStory {
  const chance = new Chance(options.seed);
  const each = Math.floor(options.events / options.parcels);
  const parcels = Array.from({ length: options.parcels }, (_, n) =>
    parcelOf(chance, { n, events: n < options.events - each * options.parcels ? each + 1 : each }, options.seed),
  );
  const deliveries = parcels.flatMap((parcel) => deliveriesOf(chance, parcel));
  deliveries.sort((a, b) => a.arrives.getTime() - b.arrives.getTime());
  return { start: new Date(START), end: hours(LONGEST_STORY_H + LATEST_H + 1), parcels, deliveries };
}

function hours(n: number): Date {
  return new Date(START + Math.round(n * HOUR_MS));
}

function parcelOf(chance: Chance, { n, events }: { n: number; events: number }, seed: number): StoryParcel {
  const plain = !chance.happens(CONTRADICTED_SHARE);
  const source = chance.pick<Source>(['events', 'easypost']);
  const ending = chance.pick(plain ? PLAIN : CONTRADICTED);
  const first: Word[] = source === 'events' ? ['accepted'] : [];
  const onTheWay = Math.max(1, events - ending.length - first.length);
  const words = [...first, ...Array.from({ length: onTheWay }, (): Word => 'in_transit'), ...ending];
  const times = words.map(() => chance.next() * LONGEST_STORY_H).sort((a, b) => a - b);
  const said = words.map((word, at) => ({ word, n: at, at: hours(1 + (times[at] ?? 0) + at / 3_600) })); // never two in one second
  return { n, number: `CHAOS${seed}N${n}`, source, plain, said };
}

/** Everything is said three times, by and by, cut otherwise each time; the last time by asking, where one can. */
function deliveriesOf(chance: Chance, parcel: StoryParcel): Delivery[] {
  const found: Delivery[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const asked = round === ROUNDS - 1 && parcel.source === 'easypost';
    for (let from = 0; from < parcel.said.length;) {
      const to = Math.min(parcel.said.length, from + chance.between(1, 4));
      const of = parcel.said.slice(asked ? 0 : from, to).map(({ n }) => n); // who is asked tells all so far
      const happened = parcel.said[to - 1]?.at.getTime() ?? START;
      const late = chance.happens(0.6) ? chance.next() * 2 : chance.next() * LATEST_H;
      const arrives = new Date(happened + Math.round(late * HOUR_MS));
      found.push({ parcel, arrives, how: asked ? 'poll' : 'push', of });
      from = to;
    }
  }
  return found;
}
