import type { ReadShipment } from '../canonical.translate.ts';
import { byCode, byPhrase, finest, type Meaning, means, says } from './mapping.translate.ts';
import { DHL_ENGLISH, ENGLISH, GERMAN } from './phrases.translate.ts';
import { orNothing, shipment, type EventDraft, type Translator } from './reading.translate.ts';
import { at, flagAt, isFields, joined, list, textAt } from './shape.translate.ts';
import { readTime } from './time.translate.ts';

const HOME = 'Europe/Berlin';

/**
 * DHL Paket, Germany: XML of nested `data` elements whose attributes hold everything. `ruecksendung="true"` stands on
 * the shipment and on every event of a parcel that goes back: its "delivered" is the sender's.
 */
export const dhlPaket: Translator = {
  source: 'dhl_paket',
  read(payload) {
    return orNothing(named(payload, 'piece-shipment').map(readPiece));
  },
};

/** The `data` elements of a name, wherever they are nested. */
function named(value: unknown, name: string): unknown[] {
  return list(at(value, 'data')).flatMap((item) =>
    textAt(item, 'name') === name ? [item] : isFields(item) ? named(item, name) : [],
  );
}

function readPiece(piece: unknown): ReadShipment {
  const events = named(piece, 'piece-event');
  const back = flagAt(piece, 'ruecksendung');
  return shipment({
    number: textAt(piece, 'piece-code', 'searched-piece-code', 'piece-identifier'),
    aliases: [textAt(piece, 'leitcode'), textAt(piece, 'international-piece-code')],
    header: turned(meaningOf(textAt(piece, 'standard-event-code'), textAt(piece, 'status')), back),
    events: events.map((event) => readEvent(event, back)),
    newestFirst: false,
    destination: textAt(piece, 'dest-country', 'pan-recipient-city'),
  });
}

function readEvent(event: unknown, pieceReturns: boolean): EventDraft {
  const back = pieceReturns || flagAt(event, 'ruecksendung');
  const [code, text] = [textAt(event, 'standard-event-code'), textAt(event, 'event-status', 'event-text')];
  return {
    time: readTime(textAt(event, 'event-timestamp'), { zone: HOME, order: 'dmy' }),
    code: code ?? textAt(event, 'ice'),
    text,
    meaning: turned(meaningOf(code, text), back),
    place: joined([textAt(event, 'event-location'), textAt(event, 'event-country')]),
    ...(back ? { direction: 'rto' as const } : {}),
  };
}

function meaningOf(code: string | null, text: string | null): Meaning | undefined {
  const phrase = byPhrase(GERMAN, text) ?? byPhrase(DHL_ENGLISH, text) ?? byPhrase(ENGLISH, text);
  if (phrase?.status === 'rto_delivered' || phrase?.status === 'attempt_failed') return phrase;
  return finest(byCode('dhl_paket.standard-event-code', code), phrase);
}

function turned(meaning: Meaning | undefined, back: boolean): Meaning | undefined {
  if (!back || !says(meaning)) return meaning;
  if (meaning.status === 'delivered') return means('rto_delivered');
  return byCode('dhl_paket.standard-event-code', 'ruecksendung=true') ?? meaning;
}
