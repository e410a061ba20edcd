import fc from 'fast-check';
import { InvalidFields } from '../kernel/errors.ts';
import { COURIER_STATUSES } from './canonical.translate.ts';
import { isSound, soundEvents } from './sound-events.ts';

const SOUND = {
  ...{ courier: 'ups', tracking_number: '1Z', status: 'delivered', occurred_at: '2026-03-02T13:10:00+01:00' },
  ...{ description: 'Left at the door', location: 'Lyon', event_id: 'e-1' },
};

/** Does the check by the fields' own rules let it pass? One event that is surely not sound makes all be checked so. */
async function faultsOf(event: object): Promise<string[]> {
  const refused = await soundEvents([event, { unknown: true }]).catch((error: unknown) => error);
  if (!(refused instanceof InvalidFields)) throw new Error('It was let pass.');
  return refused.errors.map(({ pointer }) => pointer).filter((pointer) => pointer.startsWith('/events/0'));
}

describe('events of a request', () => {
  it('are taken as they are where all are sound', async () => {
    const { courier, tracking_number, status, occurred_at } = SOUND;
    const events = [SOUND, { courier, tracking_number, status, occurred_at }];
    expect(events.every(isSound)).toBe(true);
    expect(await soundEvents(events)).toBe(events);
    expect(await faultsOf(SOUND)).toEqual([]);
  });

  it.each([
    ['courier', ' '],
    ['courier', 'x'.repeat(51)],
    ['tracking_number', 1],
    ['tracking_number', null],
    ['status', 'teleported'],
    ['occurred_at', '2026-02-30T00:00:00Z'],
    ['occurred_at', 'yesterday'],
    ['description', ''],
    ['location', 'x'.repeat(201)],
    ['event_id', {}],
    ['colour', 'red'],
  ])('are refused with the field that is wrong: %s %j', async (name, value) => {
    const event = { ...SOUND, [name]: value };
    expect(isSound(event)).toBe(false);
    expect(await faultsOf(event)).toEqual([`/events/0/${name}`]);
  });

  it('are never let pass by the plain look where the fields’ own rules refuse them', async () => {
    const text = fc.string({ minLength: 1, maxLength: 120, unit: 'grapheme' });
    const optional = fc.oneof(text, fc.constant(undefined));
    const event = fc.record({
      ...{ courier: fc.oneof(text, fc.constant('ups')), tracking_number: text },
      ...{ description: optional, location: optional, event_id: optional },
      status: fc.constantFrom(...COURIER_STATUSES),
      occurred_at: fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
    });
    await fc.assert(
      fc.asyncProperty(event, async (given) => {
        const plain = JSON.parse(JSON.stringify(given)) as object;
        fc.pre(isSound(plain));
        expect(await faultsOf(plain)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
