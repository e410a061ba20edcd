import { readFileSync } from 'node:fs';
import { readMessage, type Kind } from '../sources.translate.ts';

interface Entry {
  file: string;
  source: string;
  kind: Kind;
}

const dir = new URL('../../../test/data/tracking/', import.meta.url);
const index = JSON.parse(readFileSync(new URL('index.json', dir), 'utf8')) as Entry[];

/** What is read, without what only the place in a list decides. */
function said({ source, kind }: Entry, payload: unknown): unknown[] {
  const { shipments } = readMessage(source, Buffer.from(JSON.stringify(payload)), kind);
  return shipments.map(({ number, status, reason, events }) => [number, status, reason, events.length]);
}

describe('messages in envelopes', () => {
  it.each(index.filter(({ file }) => file.endsWith('.json')).map((entry) => [entry.file, entry] as const))(
    '%s: in a list, in a text, in somebody’s wrapper, and two at once',
    (_, entry) => {
      const payload = JSON.parse(readFileSync(new URL(entry.file, dir), 'utf8')) as unknown;
      const bare = said(entry, payload);
      expect(said(entry, [payload])).toEqual(bare);
      expect(said(entry, JSON.stringify(payload))).toEqual(bare);
      expect(said(entry, { result: payload })).toEqual(bare);
      expect(said(entry, { response: { body: JSON.stringify(payload) } })).toEqual(bare);
      const isKnown = bare.some((shipment) => (shipment as unknown[])[0] !== null);
      if (isKnown) expect(said(entry, [payload, payload])).toHaveLength(bare.length * 2);
    },
  );

  it('keeps every digit of a number that was sent without quotes', () => {
    const numberOf = (body: string): unknown => readMessage('usps', Buffer.from(body), 'poll').shipments[0]?.number;
    expect(numberOf('{"trackingNumber":9400110898825022579493}')).toBe('9400110898825022579493');
    expect(numberOf('[{ "trackingNumber" : 9400110898825022579493 }]')).toBe('9400110898825022579493');
    const said = '{"trackingNumber":9400110898825022579493,"trackingEvents":[{"eventCode":"01","eventType":"No. : 1234567890123456789, \\"x\\""}]}';
    expect(readMessage('usps', Buffer.from(said), 'poll').shipments[0]?.events[0]?.text).toBe('No. : 1234567890123456789, "x"');
  }); // prettier-ignore

  it('reads a form whose field holds JSON or XML', () => {
    const body = { awb: '1', shipment_status_id: 7, scans: [] };
    const form = new URLSearchParams({ sign: 'abc', data: JSON.stringify(body) }).toString();
    const [json] = readMessage('shiprocket', Buffer.from(form), 'webhook').shipments;
    expect([json?.number, json?.status]).toEqual(['1', 'delivered']);
    const xml =
      '<TrackResponse><TrackInfo ID="9"><StatusCategory>Delivered</StatusCategory></TrackInfo></TrackResponse>';
    const [usps] = readMessage('usps', Buffer.from(new URLSearchParams({ xml }).toString()), 'webhook').shipments;
    expect(usps?.number).toBe('9');
    expect(readMessage('usps', Buffer.from('just=text&no=payload'), 'webhook').unreadable).toMatch(
      /neither JSON nor XML/,
    );
  });
});
