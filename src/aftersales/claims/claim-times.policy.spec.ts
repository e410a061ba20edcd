import { describe, expect, it } from '@jest/globals';
import { afterEdge, closingOf, replyDue, type ReplyWithin } from './claim-times.policy.ts';

const paris = { timeZone: 'Europe/Paris', holidays: ['2026-05-08'] };

describe('an answer to a claim', () => {
  it.each<[string, ReplyWithin, string]>([
    ['2026-05-04T10:00:00Z', { working_days: 3 }, '2026-05-07T10:00:00.000Z'],
    ['2026-05-01T10:00:00Z', { working_days: 3 }, '2026-05-06T10:00:00.000Z'], // over a weekend
    ['2026-05-06T10:00:00Z', { working_days: 3 }, '2026-05-12T10:00:00.000Z'], // over a holiday and a weekend
    ['2026-05-08T23:00:00Z', { hours: 24 }, '2026-05-09T23:00:00.000Z'], // hours count weekends
  ])('asked for at %s, within %j, is due at %s', (at, within, due) => {
    expect(replyDue(new Date(at), within, paris).toISOString()).toBe(due);
  });
});

describe('what falls due by itself', () => {
  it('is decided again strictly after the edge of a wait, and never where it has none', () => {
    expect(afterEdge('2026-05-22T10:00:00Z')?.toISOString()).toBe('2026-05-22T10:00:00.001Z');
    expect(afterEdge(null)).toBeNull();
  });

  it.each([
    [30, '2026-05-28T10:00:00.000Z', '2026-05-31T10:00:00.000Z'],
    [2, '2026-05-01T10:00:00.000Z', '2026-05-03T10:00:00.000Z'],
  ])('after %i days without activity: notice at %s, closed at %s', (days, noticeAt, closesAt) => {
    const closing = closingOf(new Date('2026-05-01T10:00:00Z'), days);
    expect(closing).toEqual({ noticeAt: new Date(noticeAt), closesAt: new Date(closesAt) });
  });
});
