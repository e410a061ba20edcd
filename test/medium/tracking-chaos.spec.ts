import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { playTracking, type TrackingOutcome } from '../../src/cli/chaos/tracking.ts';
import { Client } from '../../src/cli/demo/client.ts';
import { TrackingService } from '../../src/tracking/tracking.service.ts';
import { ADMIN, startApp, type TestApp } from '../support/app.ts';

const STORY = { seed: 20_270_301, parcels: 200, events: 2_000, stepHours: 24 };

jest.setTimeout(240_000);

describe('two thousand events of two hundred parcels, tripled, shuffled, up to fourteen days late', () => {
  let apps: TestApp[];
  let outcome: TrackingOutcome;

  beforeAll(async () => {
    apps = [await startApp({ SANDBOX_START: '2027-03-01T00:00:00.000Z' }), await startApp()];
    const clients: Client[] = [];
    for (const { app } of apps) {
      await app.listen(0, '127.0.0.1');
      clients.push(new Client(await app.getUrl()));
    }
    const [anyone] = clients as [Client];
    const { token } = await anyone.post<{ token: string }>('/v1/sessions', ADMIN);
    const tracking = apps[0]?.app.get(TrackingService, { strict: false });
    outcome = await playTracking(
      {
        ...{ anyone, admin: anyone.as(token), disturb: () => Promise.resolve(), say: () => undefined },
        doors: () => clients.map((client) => client.as(token)),
        polled: async (source, body) => {
          const raw = { source, kind: 'poll', contentType: 'application/json', headers: {} } as const;
          await tracking?.ingest({ ...raw, body: Buffer.from(body) });
        },
      },
      STORY,
    );
  });

  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
  });

  it('end where the ordered list ends, told once, refunded once, with verified books', () => {
    expect(outcome.faults).toEqual([]);
    expect(outcome.events).toBe(2_000);
  });

  it('were worth telling: there were refunds, disputes and repeated messages', () => {
    expect(outcome.refunds).toBeGreaterThan(30);
    expect(outcome.disputed).toBeGreaterThan(5);
    expect(outcome.repeated).toBeGreaterThan(20);
  });
});
