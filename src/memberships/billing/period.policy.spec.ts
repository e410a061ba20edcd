import fc from 'fast-check';
import { DateTime } from 'luxon';
import { anchorDayOf, dunningFrom, owedAt, periodFrom, retriesLeft, retryAt, trialFrom } from './period.policy.ts';

/** So many ends in a row, from one start. */
function ends(start: string, anchorDay: number, count: number): string[] {
  const found: string[] = [];
  let at = new Date(start);
  for (let i = 0; i < count; i += 1) {
    at = periodFrom(at, anchorDay).end;
    found.push(at.toISOString());
  }
  return found;
}

describe('a period', () => {
  it.each<[string, string, string]>([
    // joined, first end, second end
    ['2026-01-15T10:20:30.400Z', '2026-02-15T10:20:30.400Z', '2026-03-15T10:20:30.400Z'],
    ['2026-01-28T00:00:00.000Z', '2026-02-28T00:00:00.000Z', '2026-03-28T00:00:00.000Z'],
    ['2026-01-29T12:00:00.000Z', '2026-02-28T12:00:00.000Z', '2026-03-29T12:00:00.000Z'],
    ['2026-01-30T12:00:00.000Z', '2026-02-28T12:00:00.000Z', '2026-03-30T12:00:00.000Z'],
    ['2026-01-31T23:59:59.999Z', '2026-02-28T23:59:59.999Z', '2026-03-31T23:59:59.999Z'],
    ['2028-01-31T23:59:59.999Z', '2028-02-29T23:59:59.999Z', '2028-03-31T23:59:59.999Z'],
    ['2028-01-29T06:00:00.000Z', '2028-02-29T06:00:00.000Z', '2028-03-29T06:00:00.000Z'],
    ['2028-02-29T06:00:00.000Z', '2028-03-29T06:00:00.000Z', '2028-04-29T06:00:00.000Z'],
    ['2100-01-31T06:00:00.000Z', '2100-02-28T06:00:00.000Z', '2100-03-31T06:00:00.000Z'],
    ['2000-01-30T06:00:00.000Z', '2000-02-29T06:00:00.000Z', '2000-03-30T06:00:00.000Z'],
    ['2026-03-31T00:00:00.000Z', '2026-04-30T00:00:00.000Z', '2026-05-31T00:00:00.000Z'],
    ['2026-11-30T08:00:00.000Z', '2026-12-30T08:00:00.000Z', '2027-01-30T08:00:00.000Z'],
    ['2026-12-31T08:00:00.000Z', '2027-01-31T08:00:00.000Z', '2027-02-28T08:00:00.000Z'],
    // summer time begins and ends in many zones, not in UTC
    ['2026-03-29T01:30:00.000Z', '2026-04-29T01:30:00.000Z', '2026-05-29T01:30:00.000Z'],
    ['2026-10-25T00:30:00.000Z', '2026-11-25T00:30:00.000Z', '2026-12-25T00:30:00.000Z'],
  ])('that begins %s ends %s, and the next %s', (start, first, second) => {
    expect(ends(start, anchorDayOf(new Date(start)), 2)).toEqual([first, second]);
  });

  it('keeps its anchor day over a year of short months', () => {
    const days = ends('2027-12-31T10:00:00.000Z', 31, 14).map((end) => end.slice(5, 10));
    expect(days).toEqual([
      ...['01-31', '02-29', '03-31', '04-30', '05-31', '06-30', '07-31', '08-31'],
      ...['09-30', '10-31', '11-30', '12-31', '01-31', '02-28'],
    ]);
  });

  it('equals the calendar counted in whole months from the first day, whatever the start', () => {
    const anyStart = fc.date({ min: new Date('1999-01-01'), max: new Date('2101-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(anyStart, fc.integer({ min: 1, max: 60 }), (start, months) => {
        const expected = Array.from({ length: months }, (_, i) =>
          DateTime.fromJSDate(start, { zone: 'utc' })
            .plus({ months: i + 1 })
            .toJSDate()
            .toISOString(),
        );
        expect(ends(start.toISOString(), anchorDayOf(start), months)).toEqual(expected);
      }),
    );
  });

  it('leaves the instant that it was given as it was', () => {
    const start = new Date('2026-01-31T10:00:00.000Z');
    const period = periodFrom(start, 31);
    period.start.setUTCFullYear(1970);
    expect(start.toISOString()).toBe('2026-01-31T10:00:00.000Z');
  });

  it('of a trial is so many times 24 hours', () => {
    expect(trialFrom(new Date('2026-02-20T10:00:00.000Z'), 14).end.toISOString()).toBe('2026-03-06T10:00:00.000Z');
  });
});

describe('what is owed', () => {
  it.each<[string, number, string | null, string]>([
    // charged at, waived, until, the current period's start
    ['2026-03-31T10:00:00.000Z', 0, null, '2026-03-31T10:00:00.000Z'],
    ['2026-04-07T10:00:00.000Z', 0, null, '2026-03-31T10:00:00.000Z'],
    ['2026-04-30T09:59:59.999Z', 0, null, '2026-03-31T10:00:00.000Z'],
    ['2026-04-30T10:00:00.000Z', 1, '2026-04-30T10:00:00.000Z', '2026-04-30T10:00:00.000Z'],
    ['2026-07-01T10:00:00.000Z', 3, '2026-06-30T10:00:00.000Z', '2026-06-30T10:00:00.000Z'],
  ])('at %s: %s waived, until %s, then the period from %s', (now, waived, until, start) => {
    const owed = owedAt(new Date('2026-03-31T10:00:00.000Z'), 31, new Date(now));
    expect(owed.waived).toHaveLength(waived);
    expect(owed.waived.at(-1)?.end.toISOString() ?? null).toBe(until);
    expect(owed.current.start.toISOString()).toBe(start);
  });

  it('leaves no gap and no overlap, and the last period holds the instant', () => {
    const anyDue = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(anyDue, fc.integer({ min: 0, max: 900 * 86_400_000 }), (due, lateMs) => {
        const now = new Date(due.getTime() + lateMs);
        const { waived, current } = owedAt(due, anchorDayOf(due), now);
        const all = [...waived, current];
        expect(all[0]?.start).toEqual(due);
        all.forEach((p, i) => {
          expect(p.start).toEqual(i === 0 ? due : all[i - 1]?.end);
        });
        expect(current.start <= now && now < current.end).toBe(true);
      }),
    );
  });
});

describe('dunning', () => {
  const due = new Date('2026-02-27T10:00:00.000Z');

  it.each<[number, string | null]>([
    [1, '2026-02-28T10:00:00.000Z'],
    [2, '2026-03-02T10:00:00.000Z'],
    [3, '2026-03-04T10:00:00.000Z'],
    [4, null],
    [5, null],
  ])('after %s failures tries again at %s', (failures, at) => {
    expect(retryAt(due, failures)?.toISOString() ?? null).toBe(at);
  });

  it.each<[string, string]>([
    // first tried, counted from
    ['2026-02-27T10:00:00.000Z', '2026-02-27T10:00:00.000Z'],
    ['2026-02-27T10:00:02.000Z', '2026-02-27T10:00:00.000Z'],
    ['2026-02-28T09:59:59.999Z', '2026-02-27T10:00:00.000Z'],
    ['2026-02-28T10:00:00.000Z', '2026-02-28T10:00:00.000Z'],
    ['2026-03-09T10:00:00.000Z', '2026-03-09T10:00:00.000Z'],
  ])('first tried at %s is counted from %s', (tried, from) => {
    expect(dunningFrom(due, new Date(tried)).toISOString()).toBe(from);
  });

  it('ends before the period does', () => {
    expect(retriesLeft(due, 0).at(-1)?.getTime()).toBeLessThan(periodFrom(due, 27).end.getTime());
  });

  it('names the tries that are left', () => {
    expect([0, 1, 2, 3, 4].map((failures) => retriesLeft(due, failures).length)).toEqual([3, 3, 2, 1, 0]);
  });
});
