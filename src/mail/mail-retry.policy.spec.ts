import { pauseMs, verdict } from './mail-retry.policy.ts';

it.each([
  // attempts, step, SMTP reply, verdict
  [1, 'ECONNECTION', undefined, 'waiting'],
  [1, 'EENVELOPE', 421, 'waiting'],
  [1, 'EENVELOPE', 550, 'failed'],
  [1, 'EMESSAGE', 554, 'failed'],
  [1, 'EAUTH', 535, 'waiting'],
  [8, 'ETIMEDOUT', undefined, 'waiting'],
  [9, 'EENVELOPE', 451, 'failed'],
] as const)('after attempt %d that ended with %s %s a mail is %s', (attempts, step, reply, expected) => {
  expect(verdict(attempts, { step, reply })).toBe(expected);
});

it.each([
  // attempts, jitter, minutes
  [1, 0.5, 1],
  [2, 0.5, 5],
  [8, 0.5, 720],
  [50, 0.5, 720],
  [4, 0, 45],
  [4, 1, 75],
])('after attempt %d, jitter %d, the pause is %d minutes', (attempts, jitter, minutes) => {
  expect(pauseMs(attempts, jitter)).toBe(minutes * 60_000);
});
