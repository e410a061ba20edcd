import { describe, expect, it } from '@jest/globals';
import { openForMs, RETRIED_FOR_MS, verdict, type Outcome } from './retry.policy.ts';

const HOUR = 3_600_000;
const answer = (status: number, asked: number | null = null): Outcome => ({
  kind: 'answer',
  status,
  retryAfterMs: asked,
});
const silence: Outcome = { kind: 'failure', error: 'timeout' };

it.each<[string, Outcome, number, number, unknown]>([
  // what, outcome, tries, ms left, verdict
  ['an acknowledgement', answer(204), 1, 100, { status: 'delivered' }],
  ['a redirect', answer(302), 1, HOUR, { status: 'pending', pauseMs: 5_000, holds: true }],
  ['a server error', answer(500), 2, HOUR, { status: 'pending', pauseMs: 30_000, holds: true }],
  ['a third failure', answer(404), 3, HOUR, { status: 'pending', pauseMs: 120_000, holds: false }],
  ['silence after a day', silence, 12, 40 * HOUR, { status: 'pending', pauseMs: 12 * HOUR, holds: false }],
  ['the last pause', silence, 12, HOUR, { status: 'pending', pauseMs: HOUR, holds: false }],
  ['silence after 3 days', silence, 20, 0, { status: 'failed', gone: false }],
  ['a receiver that is gone', answer(410), 1, HOUR, { status: 'failed', gone: true }],
  ['a receiver that asks for time', answer(429, 90_000), 1, HOUR, { status: 'pending', pauseMs: 90_000, holds: true }],
  [
    'one that asks for a year',
    answer(503, 8_760 * HOUR),
    1,
    72 * HOUR,
    { status: 'pending', pauseMs: 24 * HOUR, holds: true },
  ],
])('%s: the verdict', (_, outcome, tries, left, expected) => {
  expect(verdict(outcome, tries, left, 0.5)).toEqual(expected);
});

it('grows the pauses and tries for three days, the last time when they are over', () => {
  const pauses: number[] = [];
  let at = 0;
  for (let tries = 1; ; tries += 1) {
    const next = verdict(silence, tries, RETRIED_FOR_MS - at, 0.5);
    if (next.status !== 'pending') break;
    pauses.push(next.pauseMs);
    at += next.pauseMs;
  }
  expect(at).toBe(RETRIED_FOR_MS);
  expect(pauses.length).toBeGreaterThan(12);
  expect(pauses.slice(0, -1)).toEqual([...pauses.slice(0, -1)].sort((a, b) => a - b));
});

describe('the breaker', () => {
  it.each<[Outcome, number, number]>([
    // outcome, failures in a row, ms
    [silence, 1, 0],
    [silence, 4, 0],
    [silence, 5, 30_000],
    [silence, 6, 60_000],
    [silence, 50, 600_000],
    [answer(429, 7_000), 1, 7_000],
    [answer(500, 7_000), 1, 0],
  ])('after %j, %d in a row, leaves the endpoint alone for %d ms', (outcome, failures, ms) => {
    expect(openForMs(outcome, failures, 0.5)).toBe(ms);
  });
});
