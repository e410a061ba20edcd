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
});
