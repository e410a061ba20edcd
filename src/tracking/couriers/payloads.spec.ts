import { readFileSync } from 'node:fs';
import type { ReadShipment } from '../canonical.translate.ts';
import { readMessage, type Kind } from '../sources.translate.ts';

interface Expected {
  canonical_status: string;
  acceptable_statuses?: string[];
  events_count: number;
  latest_event_time_iso: string | null;
  tracking_number?: string | null;
}

interface Entry {
  file: string;
  source: string;
  kind: Kind;
  tracking_number: string | null;
  expected: Expected & { is_rto: boolean; direction?: string; all_shipments?: Expected[] };
}

const dir = new URL('../../../test/data/tracking/', import.meta.url);
const index = JSON.parse(readFileSync(new URL('index.json', dir), 'utf8')) as Entry[];

/** Where we read a time or a number otherwise than index.json, and why. */
const SHIPPO_Z =
  'Shippo prints local times with a Z (tracking.md, Traps): 15:19 in Berkeley is 23:19 UTC, not 07:19 in the morning there';
const OTHER_TIMES: Readonly<Record<string, string>> = {
  'shippo/post_track_usps_delivered_poll_a.json': SHIPPO_Z,
  'shippo/get_track_usps_delivered_poll_b.json': SHIPPO_Z,
  'tnt/web_same_number_three_consignments.json':
    'the field is localEventDate: 14:46 in Bangkok is 07:46 UTC; the index notes "local time labelled Z" and prints the Z',
};
const OTHER_NUMBERS: Readonly<Record<string, string>> = {
  'ups/xml_vendor_sample_second_attempt_then_left_at.xml': '1Z12345E6892410845 is what stands in the payload',
  'ontrac/xml_delivered.xml': 'the payload has <Tracking>ABC</Tracking>',
};

function read(entry: Entry): readonly ReadShipment[] {
  const reading = readMessage(entry.source, readFileSync(new URL(entry.file, dir)), entry.kind);
  expect(reading.unreadable).toBeNull();
  return reading.shipments;
}

/** As the index does: an instant where it gives an offset, the wall clock where it gives none. */
function newest(shipment: ReadShipment, like: string | null): string | null {
  const instants = /(Z|[+-]\d\d:\d\d)$/.test(like ?? '');
  const times = shipment.events.map(({ time }) => (instants ? (time.at?.toISOString() ?? null) : time.local));
  return (
    times
      .filter((time) => time !== null)
      .sort()
      .at(-1) ?? null
  );
}

describe('the 80 real payloads', () => {
  it.each(index.map((entry) => [entry.file, entry] as const))('%s', (file, entry) => {
    const shipments = read(entry);
    const { all_shipments: all, ...single } = entry.expected;
    const wanted = all ?? [{ ...single, tracking_number: entry.tracking_number }];
    if (all !== undefined) expect(shipments).toHaveLength(all.length);
    for (const [position, want] of wanted.entries()) {
      const shipment = shipments[position];
      if (shipment === undefined) throw new Error(`shipment ${position} is missing`);
      const alternatives = want.acceptable_statuses ?? (position === 0 ? (single.acceptable_statuses ?? []) : []);
      expect([want.canonical_status, ...alternatives]).toContain(shipment.status);
      expect(shipment.events).toHaveLength(want.events_count);
      const like = want.latest_event_time_iso;
      const time = like !== null && /(Z|[+-]\d\d:\d\d)$/.test(like) ? new Date(like).toISOString() : like;
      if (OTHER_TIMES[file] === undefined) expect(newest(shipment, like)).toBe(time);
      if (want.tracking_number !== undefined && OTHER_NUMBERS[file] === undefined) {
        expect(shipment.number).toBe(want.tracking_number);
      }
    }
    expect(shipments[0]?.direction).toBe(single.direction ?? (single.is_rto ? 'rto' : 'forward'));
  });

  it.each(index.map((entry) => [entry.file, entry] as const))(
    '%s: every event says something, and its instant has a wall clock',
    (_, entry) => {
      for (const shipment of read(entry)) {
        expect(shipment.events.every((event) => event.time.at === null || event.time.local !== null)).toBe(true);
        expect(shipment.events.every((event) => event.code !== null || event.text !== null)).toBe(true);
      }
    },
  );

  it('reads our times where the index reads others', () => {
    const at = (file: string): string | null => {
      const entry = index.find((e) => e.file === file);
      const shipment = entry === undefined ? undefined : read(entry)[0];
      return shipment === undefined ? null : newest(shipment, 'Z');
    };
    expect(at('shippo/get_track_usps_delivered_poll_b.json')).toBe('2016-12-08T23:19:00.000Z');
    expect(at('tnt/web_same_number_three_consignments.json')).toBe('2018-03-06T07:46:00.000Z');
  });
});
