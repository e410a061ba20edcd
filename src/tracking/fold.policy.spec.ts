import fc from 'fast-check';
import { COURIER_STATUSES, type CourierStatus } from './canonical.translate.ts';
import { fold, type FoldEvent, type PackageWord } from './fold.policy.ts';

const START = Date.parse('2026-03-02T08:00:00Z');

/** `hours` after the start, one event. */
function event(hours: number, status: CourierStatus | null, more: Partial<FoldEvent> = {}): FoldEvent {
  const at = new Date(START + hours * 3_600_000);
  return {
    key: `${hours}:${status ?? 'note'}`,
    status,
    reason: null,
    direction: status?.startsWith('rto_') === true ? 'rto' : 'forward',
    at,
    orderAt: at,
    receivedAt: null,
    sequence: 0,
    ...more,
  };
}

function history(...statuses: [number, CourierStatus | null][]): FoldEvent[] {
  return statuses.map(([hours, status]) => event(hours, status));
}

describe('the fold', () => {
  it.each<[string, FoldEvent[], string[]]>([
    ['by its way', history([0, 'rto_in_transit']), ['rto_initiated', 'rto_in_transit']],
    ['step by step', history([0, 'rto_initiated'], [1, 'rto_in_transit']), ['rto_initiated', 'rto_in_transit']],
    ['by its end', history([0, 'rto_delivered']), ['rto_delivered']],
  ])('tells once that it turned back: %s', (_, events, words) => {
    expect(fold(events).steps.map(({ word, ordinal }) => `${word} ${ordinal}`)).toEqual(
      words.map((word) => `${word} 1`),
    );
  });

  it.each<[string, FoldEvent[], CourierStatus | null, PackageWord | null]>([
    ['nothing', [], null, null],
    ['a label', history([0, 'label_created']), 'label_created', null],
    ['a label told after the pickup', history([0, 'accepted'], [5, 'label_created']), 'accepted', 'handed_over'],
    ['a pickup stamped after the delivery', history([0, 'delivered'], [2, 'accepted']), 'delivered', 'delivered'],
    ['a minor scan after the delivery', history([0, 'delivered'], [2, 'in_transit']), 'delivered', 'delivered'],
    ['a note after the delivery', history([0, 'delivered'], [72, null]), 'delivered', 'delivered'],
    [
      'an attempt and a delivery half an hour later',
      history([0, 'attempt_failed'], [0.5, 'delivered']),
      'delivered',
      'delivered',
    ],
    ['a delivery without any scan before', history([0, 'delivered']), 'delivered', 'delivered'],
    ['an exception that recovers', history([0, 'exception'], [1, 'in_transit']), 'in_transit', 'in_transit'],
    ['damaged', history([0, 'in_transit'], [1, 'damaged']), 'damaged', 'exception'],
    ['seized, then a scan', history([0, 'seized_by_customs'], [1, 'in_transit']), 'seized_by_customs', 'exception'],
    ['destroyed', history([0, 'in_transit'], [1, 'destroyed']), 'destroyed', 'lost'],
    ['the aggregator stopped looking', history([0, 'in_transit'], [999, 'expired']), 'in_transit', 'in_transit'],
    ['a failed pickup', history([0, 'label_created'], [1, 'pickup_failed']), 'pickup_failed', null],
    ['a void label', history([0, 'label_created'], [1, 'cancelled']), 'cancelled', null],
    [
      'a plain scan on the way back',
      history([0, 'rto_initiated'], [1, 'in_transit']),
      'rto_in_transit',
      'rto_in_transit',
    ],
    [
      'a second start of the return',
      history([0, 'rto_in_transit'], [1, 'rto_initiated']),
      'rto_in_transit',
      'rto_in_transit',
    ],
    [
      'back at the sender',
      history([0, 'rto_initiated'], [9, 'rto_delivered'], [10, 'in_transit']),
      'rto_delivered',
      'rto_delivered',
    ],
    ['lost on the way back', history([0, 'rto_in_transit'], [9, 'lost']), 'lost', 'lost'],
  ])('%s', (_, events, courier, word) => {
    const now = fold(events);
    expect([now.courierStatus, now.packageWord]).toEqual([courier, word]);
    expect(now.disputed).toBe(false);
  });

  it.each<[string, FoldEvent[], boolean, PackageWord]>([
    [
      'an addressing error the day after',
      [event(0, 'delivered'), event(24, 'exception', { reason: 'address_incorrect' })],
      true,
      'delivered',
    ],
    ['an attempt the day after', history([0, 'delivered'], [24, 'attempt_failed']), true, 'delivered'],
    [
      'a return after the delivery',
      history([0, 'delivered'], [24, 'rto_initiated'], [48, 'rto_delivered']),
      true,
      'delivered',
    ],
    ['lost, then delivered', history([0, 'lost'], [24, 'delivered']), true, 'lost'],
    ['back at the sender, then delivered', history([0, 'rto_delivered'], [24, 'delivered']), true, 'rto_delivered'],
    ['a delivery after a return began', history([0, 'rto_initiated'], [24, 'delivered']), true, 'rto_initiated'],
    ['an unnamed exception after the delivery', history([0, 'delivered'], [24, 'exception']), false, 'delivered'],
    [
      'the finer word of another source for the same moment',
      history([0, 'delivered'], [0, 'rto_delivered']),
      false,
      'rto_delivered',
    ],
  ])('%s: disputed %s', (_, events, disputed, word) => {
    const now = fold(events);
    expect([now.disputed, now.packageWord]).toEqual([disputed, word]);
  });

  it('counts an attempt once per 4 hours, and none that was not made', () => {
    const now = fold([
      event(0, 'attempt_failed'),
      event(3.9, 'attempt_failed'),
      event(24, 'attempt_failed'),
      event(48, 'attempt_failed', { reason: 'not_attempted' }),
    ]);
    expect(now.attempts).toBe(2);
    expect(now.steps.map((step) => [step.word, step.ordinal])).toEqual([
      ['attempt_failed', 1],
      ['attempt_failed', 2],
    ]);
  });

  it('measures distances by the times as sent, also where they are in the future', () => {
    const early = { receivedAt: new Date(START) };
    const now = fold([event(24, 'attempt_failed', early), event(48, 'attempt_failed', early)]);
    expect(now.attempts).toBe(2);
    expect(fold([event(24, 'delivered', early), event(48, 'rto_delivered', early)]).disputed).toBe(true);
  });

  it('takes the cause of a return from the trouble before it', () => {
    const now = fold([
      event(0, 'attempt_failed', { reason: 'refused' }),
      event(5, 'rto_initiated'),
      event(60, 'rto_delivered'),
    ]);
    expect(now.reason).toBe('refused');
    expect(now.direction).toBe('rto');
  });

  it.each([
    ['damaged', 'damaged'],
    ['seized_by_customs', 'customs_hold'],
    ['lost', 'lost'],
  ] as const)('gives %s its plain reason where the courier gives none', (status, reason) => {
    expect(fold([event(0, 'in_transit'), event(5, status)]).reason).toBe(reason);
    expect(fold([event(0, 'in_transit'), event(5, status, { reason: 'other' })]).reason).toBe('other');
  });

  it('clamps times in the future, so that a wrong year does not rule for ever', () => {
    const received = new Date(START + 3_600_000);
    const now = fold([
      event(99_999, 'in_transit', { receivedAt: received }),
      event(2, 'out_for_delivery', { receivedAt: new Date(START + 3 * 3_600_000) }),
    ]);
    expect(now.courierStatus).toBe('out_for_delivery');
  });

  it('keeps a time that lies ahead, but takes no wrong date for the end', () => {
    const told = { receivedAt: new Date(START) };
    const ahead = new Date(START + 30 * 3_600_000);
    expect(fold([event(30, 'delivered', { ...told, at: ahead })]).deliveredAt).toEqual(ahead);
    const wrong = fold([event(9_000, 'delivered', { ...told, at: new Date(START + 9_000 * 3_600_000) })]);
    expect([wrong.deliveredAt, wrong.lastEventAt]).toEqual([told.receivedAt, told.receivedAt]);
  });

  it('knows the first physical scan and the times of the ends', () => {
    const now = fold(history([0, 'label_created'], [1, 'accepted'], [30, 'delivered']));
    expect(now.scannedAt).toEqual(new Date(START + 3_600_000));
    expect(now.deliveredAt).toEqual(new Date(START + 30 * 3_600_000));
    expect(fold(history([1, 'lost'])).scannedAt).toBeNull();
  });
});

const anyEvent = fc
  .record({
    hours: fc.option(fc.integer({ min: 0, max: 40 }), { nil: null }),
    status: fc.option(fc.constantFrom(...COURIER_STATUSES), { nil: null }),
    reason: fc.constantFrom(null, 'refused', 'other', 'not_attempted'),
    rto: fc.boolean(),
    known: fc.boolean(),
    received: fc.option(fc.integer({ min: 0, max: 50 }), { nil: null }),
    sequence: fc.nat(5),
  })
  .map(({ hours, status, reason, rto, known, received, sequence }): FoldEvent => {
    const at = hours === null ? null : new Date(START + hours * 3_600_000);
    return {
      key: JSON.stringify([hours, status, reason, rto, known]),
      status,
      reason,
      direction: rto ? 'rto' : 'forward',
      at: known ? at : null,
      orderAt: at,
      receivedAt: received === null ? null : new Date(START + received * 3_600_000),
      sequence,
    };
  });

/** The events in another order, some of them several times. */
const shuffled = fc
  .array(anyEvent, { minLength: 1, maxLength: 14 })
  .chain((events) =>
    fc
      .tuple(fc.constant(events), fc.array(fc.constantFrom(...events), { maxLength: 10 }))
      .chain(([original, again]) =>
        fc.tuple(
          fc.constant(original),
          fc.shuffledSubarray([...original, ...again], { minLength: original.length + again.length }),
        ),
      ),
  );

describe('the fold, whatever arrives', () => {
  it('ends the same in every order and with every duplicate', () => {
    fc.assert(
      fc.property(shuffled, ([original, other]) => {
        expect(fold(other)).toEqual(fold(original));
      }),
      { numRuns: 500 },
    );
  });

  it('names each step once, with duplicates or without', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 14 }), (events) => {
        const steps = fold(events).steps.map((step) => `${step.word}#${step.ordinal}`);
        expect(new Set(steps).size).toBe(steps.length);
        expect(fold([...events, ...events]).steps).toEqual(fold(events).steps);
      }),
      { numRuns: 300 },
    );
  });

  it('moves no package for words that say nothing physical', () => {
    const mute = fc.constantFrom<CourierStatus | null>(
      'unknown',
      'label_created',
      'pickup_failed',
      'cancelled',
      'expired',
      null,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), mute), { maxLength: 10 }), (lines) => {
        const now = fold(lines.map(([hours, status]) => event(hours, status)));
        expect([now.packageWord, now.scannedAt, now.steps, now.disputed]).toEqual([null, null, [], false]);
      }),
    );
  });
});
