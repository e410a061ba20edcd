import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Response } from 'supertest';
import { rows } from '../../src/database/sql.ts';
import { LedgerVerification } from '../../src/wallet/wallet.service.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { hearTrips } from '../support/counted.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

interface Placed {
  id: string;
  status: string;
  reference: string;
}

const codeOf = ({ body }: Response): unknown => (body as { code?: unknown }).code;

describe('orders that are in flight at the same time', () => {
  let test: TestApp;
  let world: World;
  let rich: Merchant;
  let other: Merchant;
  let poor: Merchant;

  beforeAll(async () => {
    test = await startApp({ ROLE: 'api' });
    world = await World.open(test);
    await world.catalogue();
    [rich, other, poor] = [
      await world.merchant('900.00'),
      await world.merchant('900.00'),
      await world.merchant('30.00'),
    ];
  });
  afterAll(async () => {
    const { faults } = await new LedgerVerification(test.db.source).run();
    expect(faults).toEqual([]);
    await test.close();
  });

  const free = async (sku: string): Promise<number> => {
    const [row] = await rows<{ free: number }>(
      test.db,
      'SELECT sum(on_hand - reserved)::int AS free FROM stock WHERE sku = $1',
      [sku],
    );
    return row?.free ?? 0;
  };

  /** How many transactions placed orders meanwhile, and how many orders each asked to store. */
  async function watched<T>(work: () => Promise<T>): Promise<{ answers: T; stored: number }> {
    let stored = 0;
    const stop = hearTrips((_client, trip) => {
      if (trip.some((sql) => sql.includes('order_place('))) stored += 1;
    });
    try {
      return { answers: await work(), stored };
    } finally {
      stop();
    }
  }

  it('share transactions, each with its own verdict', async () => {
    const before = await free('LAMP');
    const lamps = (quantity: number) => [{ sku: 'LAMP', quantity }];
    const { answers, stored } = await watched(() =>
      Promise.all([
        ...Array.from({ length: 10 }, (_, i) => rich.caller.post('/v1/orders', world.order(`R-${i}`, lamps(1)))),
        ...Array.from({ length: 10 }, (_, i) => other.caller.post('/v1/orders', world.order(`O-${i}`, lamps(1)))),
        poor.caller.post('/v1/orders', world.order('P-1', lamps(1))),
        poor.caller.post('/v1/orders', world.order('P-2', lamps(1))),
        rich.caller.post('/v1/orders', world.order('TOO-MANY', lamps(50_000))),
        rich.caller.post('/v1/orders', world.order('UNKNOWN', [{ sku: 'NOTHING', quantity: 1 }])),
        rich.caller.post('/v1/orders', world.order('SAME', lamps(1))),
        rich.caller.post('/v1/orders', world.order('SAME', lamps(1))),
      ]),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.slice(0, 22)).toEqual(Array<number>(22).fill(201));
    const [tooMany, unknown, ...same] = answers.slice(22);
    expect([tooMany?.status, tooMany && codeOf(tooMany)]).toEqual([422, 'out_of_stock']);
    expect([unknown?.status, unknown && codeOf(unknown)]).toEqual([422, 'validation_failed']);
    expect(same.map(({ status }) => status).sort()).toEqual([201, 409]);
    const waiting = answers.slice(20, 22).map((answer) => (answer.body as Placed).status);
    expect(waiting.sort()).toEqual(['awaiting_funds', 'paid']);
    expect(before - (await free('LAMP'))).toBe(23);
    expect(stored).toBeLessThan(15); // 23 orders were placed
  });

  it('keep their answers and final refusals under their keys, and give back the keys of those that were wrong in form', async () => {
    const send = (body: object, key: string) => rich.caller.post('/v1/orders', body, key);
    const [good, refused, wrong] = [randomUUID(), randomUUID(), randomUUID()];
    const bodies = {
      good: world.order('KEPT-1'),
      refused: world.order('KEPT-2', [{ sku: 'LAMP', quantity: 60_000 }]),
      wrong: world.order('KEPT-3', [{ sku: 'NOTHING', quantity: 1 }]),
    };
    const crowd = Array.from({ length: 8 }, (_, i) => other.caller.post('/v1/orders', world.order(`CROWD-${i}`)));
    const [first, no, bad, twin] = await Promise.all([
      send(bodies.good, good),
      send(bodies.refused, refused),
      send(bodies.wrong, wrong),
      send(bodies.good, good),
    ]);
    await Promise.all(crowd);
    expect([first.status, no.status, bad.status, twin.status]).toEqual([201, 422, 422, 201]);
    expect(twin.text).toBe(first.text);
    expect(twin.headers['idempotent-replayed'] ?? first.headers['idempotent-replayed']).toBe('true');
    await world.variant('LAMP', '20.00', [], 70_000);
    const again = await send(bodies.refused, refused);
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([422, no.text, 'true']);
    expect(codeOf(await send(world.order('KEPT-9'), good))).toBe('idempotency_key_reused');
    expectStatus(await send(world.order('KEPT-3'), wrong), 201);
  });

  it('do not share the fate of one whose reference another transaction takes meanwhile', async () => {
    const blocker = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
    await blocker.connect();
    try {
      await blocker.query('BEGIN');
      await blocker.query(
        `INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'reference', 'RACE'))).*
         FROM orders o WHERE merchant_id = $1 LIMIT 1`,
        [
          (await rows<{ id: string }>(test.db, 'SELECT merchant_id AS id FROM orders WHERE reference = $1', ['R-0']))[0]
            ?.id,
        ],
      );
      const sent = Promise.all([
        ...Array.from({ length: 6 }, (_, i) => other.caller.post('/v1/orders', world.order(`BEFORE-${i}`))),
        rich.caller.post('/v1/orders', world.order('RACE')),
        ...Array.from({ length: 6 }, (_, i) => other.caller.post('/v1/orders', world.order(`AFTER-${i}`))),
      ]);
      await new Promise((resolve) => setTimeout(resolve, 300)); // they have come to wait for the reference
      await blocker.query('COMMIT');
      const answers = await sent;
      expect(answers.map(({ status }) => status)).toEqual([
        ...Array<number>(6).fill(201),
        409,
        ...Array<number>(6).fill(201),
      ]);
      expect(codeOf(answers[6] as Response)).toBe('reference_taken');
    } finally {
      await blocker.end();
    }
  });
});
