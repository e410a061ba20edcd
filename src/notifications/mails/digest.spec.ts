import { expect, it } from '@jest/globals';
import { digestDue } from './digest.policy.ts';

it.each([
  ['2026-05-01T05:59:59.999Z', '2026-05-01T06:00:00.000Z'],
  ['2026-05-01T06:00:00.000Z', '2026-05-02T06:00:00.000Z'],
  ['2026-12-31T23:00:00.000Z', '2027-01-01T06:00:00.000Z'],
])('a letter of %s is in the summary of %s', (now, due) => {
  expect(digestDue(new Date(now)).toISOString()).toBe(due);
});
