import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { playBilling, type Outcome } from '../../src/cli/chaos/billing.ts';
import { storyOf } from '../../src/cli/chaos/billing-story.ts';
import { Client } from '../../src/cli/demo/client.ts';
import { MembershipsCron } from '../../src/memberships/memberships.cron.ts';
import { ADMIN, startApp, type TestApp } from '../support/app.ts';

const STORY = { seed: 20_270_131, merchants: 20, months: 3 };
const SCHEDULERS = 4;
const TICK_MS = 100;

jest.setTimeout(120_000);

describe('three months of twenty merchants with mixed fortunes', () => {
  let apps: TestApp[];
  let outcome: Outcome;

  beforeAll(async () => {
    const { start } = storyOf(STORY);
    apps = [await startApp({ SANDBOX_START: start.toISOString() })];
    while (apps.length < SCHEDULERS) apps.push(await startApp());
    const [first, ...others] = apps as [TestApp, ...TestApp[]];
    await first.app.listen(0, '127.0.0.1');
    const anyone = new Client(await first.app.getUrl());
    const { token } = await anyone.post<{ token: string }>('/v1/sessions', ADMIN);
    const stage = { anyone, admin: anyone.as(token), disturb: () => Promise.resolve(), say: () => undefined };
    const ticking = setInterval(() => {
      for (const { app, db, clock } of others) void app.get(MembershipsCron).run(db, clock.now());
    }, TICK_MS);
    try {
      outcome = await playBilling(stage, STORY);
    } finally {
      clearInterval(ticking);
    }
  });

  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
  });

  it('end as an independent calculation says: every charge, period, balance and plan, and verified books', () => {
    expect(outcome.faults).toEqual([]);
  });

  it('were worth playing: there were renewals, refusals, trials, and memberships that were given up', () => {
    expect(outcome.deeds).toBeGreaterThan(80);
    expect(outcome.charges).toBeGreaterThan(15);
    expect(outcome.refused).toBeGreaterThan(0);
    expect(outcome.periods.trial).toBeGreaterThan(0);
    expect(outcome.periods.unpaid).toBeGreaterThan(0);
  });
});
