import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ensureDatabase } from '../../src/database/migrate.ts';
import { startCluster, type Cluster } from '../../src/database/embedded-postgres.ts';
import { ADMIN } from '../support/app.ts';
import { build, pause, ServiceProcess, until } from '../support/process.ts';
import { SHIP_TO, usd } from '../support/world.ts';

const AT_ONCE = 16;
const ORDER_COST = 25;

interface Reply {
  status: number;
  body: Record<string, unknown>;
}

/** An order that somebody wants placed, under one key for ever. */
interface Wish {
  key: string;
  reference: string;
  /** The id that the service acknowledged. */
  acknowledged: string | null;
  /** What was said last, for whoever reads a failure. */
  said?: Reply;
}

jest.setTimeout(180_000);

describe('a SIGKILL at any moment', () => {
  const dataDir = fs.mkdtempSync(path.join(import.meta.dirname, '../../.cache/kill-'));
  fs.chmodSync(dataDir, 0o755);
  let cluster: Cluster;
  let service: ServiceProcess;
  let admin: string;
  let shop: string;
  let placed = 0;

  const settings = () => ({
    ...{ DATABASE_URL: cluster.url('waybill'), SANDBOX: 'true', RATE_LIMIT_FACTOR: '1000', LOG_LEVEL: 'fatal' },
    ...{ ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password },
  });
  /** Each one that was opened keeps the server up until it is left, too. */
  const opened: Cluster[] = [];
  const openCluster = async (): Promise<Cluster> => {
    const made = await startCluster({
      dataDir: path.join(dataDir, 'postgres'),
      binDir: process.env['PG_BIN_DIR'] ?? null,
      searchPath: process.env['PATH'] ?? '',
    });
    opened.push(made);
    return made;
  };

  /** Status 0: no answer came. */
  async function send(method: string, url: string, token: string | null, body?: object, key?: string): Promise<Reply> {
    try {
      const answer = await fetch(service.url + url, {
        method,
        headers: {
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    } catch (error) {
      if (['TypeError', 'SyntaxError'].includes((error as Error).name)) return { status: 0, body: {} }; // no answer, or half of one
      throw error;
    }
  }

  async function must(
    method: string,
    url: string,
    token: string | null,
    body?: object,
    status = 200,
  ): Promise<Record<string, never>> {
    const reply = await send(method, url, token, body, method === 'POST' ? randomUUID() : undefined);
    expect({ url, ...reply }).toMatchObject({ status });
    return reply.body as Record<string, never>;
  }

  async function restart(): Promise<void> {
    service = await (await ServiceProcess.start(settings())).ready();
    const session = await must('POST', '/v1/sessions', null, { email: ADMIN.email, password: ADMIN.password }, 201);
    admin = session['token'] as unknown as string;
  }

  beforeAll(async () => {
    build();
    cluster = await openCluster();
    await ensureDatabase(cluster.url('postgres'), 'waybill');
    await restart();
    const price = [{ up_to_g: 20_000, amount: usd('5.00') }];
    const ground = {
      code: 'ground',
      class: 'standard',
      countries: ['*'],
      days: { min: 2, max: 5 },
      max_weight_g: 20_000,
      max_units: 50,
      prices: price,
    };
    await must('PUT', '/v1/warehouses/EWR', admin, { name: 'Newark', country: 'US' });
    await must('PUT', '/v1/couriers/ups', admin, { name: 'UPS', services: [ground], tracking: [{ source: 'ups' }] });
    await must('PUT', '/v1/variants/LAMP', admin, {
      ...{ title: 'Lamp', prices: [usd('20.00')], weight_g: 500, length_mm: 100, width_mm: 100, height_mm: 100 },
      ...{ handling: [], hs_code: '9405.21', origin: 'CN', backorder: false },
    });
    await must(
      'POST',
      '/v1/stock-movements',
      admin,
      { sku: 'LAMP', warehouse: 'EWR', quantity: 10_000, reason: 'receipt' },
      201,
    );
    const signUp = {
      name: 'A shop',
      email: 'shop@merchants.example',
      password: 'a long enough password',
      country: 'US',
      currency: 'USD',
    };
    const made = (await must('POST', '/v1/merchants', null, signUp, 201)) as unknown as { api_key: { secret: string } };
    shop = made.api_key.secret;
    const topUp = await must('POST', '/v1/top-ups', shop, { amount: usd('100000.00'), method: 'bank_transfer' }, 201);
    await must('POST', `/v1/top-ups/${topUp['id'] as unknown as string}/confirmation`, admin, {
      amount: usd('100000.00'),
      bank_reference: 'B-1',
    });
  });

  afterAll(async () => {
    await service.stop();
    for (const made of opened) await made.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  });

  const place = async (wish: Wish): Promise<void> => {
    const body = {
      reference: wish.reference,
      currency: 'USD',
      ship_to: SHIP_TO,
      items: [{ sku: 'LAMP', quantity: 1 }],
    };
    wish.said = await send('POST', '/v1/orders', shop, body, wish.key);
    if (wish.said.status !== 201) return;
    const id = wish.said.body['id'] as string;
    if (wish.acknowledged !== null) expect(id).toBe(wish.acknowledged);
    wish.acknowledged = id;
  };

  const wishes = (round: string): Wish[] =>
    Array.from({ length: AT_ONCE }, (_, i) => ({ key: randomUUID(), reference: `${round}-${i}`, acknowledged: null }));

  /** Asks again under the same keys until every wish is acknowledged; what was acknowledged stays what it was. */
  async function settle(list: readonly Wish[]): Promise<void> {
    for (let tries = 0; tries < 100 && list.some((wish) => wish.acknowledged === null); tries += 1) {
      await Promise.all(list.map(place));
      await pause(50);
    }
    expect(list.filter((wish) => wish.acknowledged === null)).toEqual([]);
    placed += list.length;
  }

  async function expectSoundBooks(refunded = 0): Promise<void> {
    await must('POST', '/v1/sandbox/drain', admin, {});
    const { balances } = (await must('GET', '/v1/wallet', shop)) as unknown as {
      balances: { available: { amount: string } }[];
    };
    expect(balances[0]?.available.amount).toBe((100_000 - (placed - refunded) * ORDER_COST).toFixed(2));
    const verification = await must('GET', '/v1/ledger/verification', admin);
    expect(verification['faults']).toEqual([]);
    const stock = (await must('GET', '/v1/variants/LAMP', admin)) as unknown as { available: number };
    expect(stock.available).toBe(10_000 - placed);
  }

  it('of the service while orders are placed: acknowledged is there, the rest is all or nothing, the same key settles it', async () => {
    for (let round = 0; round < 4; round += 1) {
      const list = wishes(`service-${round}`);
      const load = Promise.all(list.map(place));
      await pause(8 + round * 25);
      service.kill('SIGKILL');
      await load;
      await service.exited;
      await restart();
      await settle(list);
    }
    await expectSoundBooks();
  });

  it('of PostgreSQL while orders are placed: the service lives on, and the same key settles it', async () => {
    for (let round = 0; round < 2; round += 1) {
      const list = wishes(`database-${round}`);
      const load = Promise.all(list.map(place));
      await pause(15 + round * 40);
      process.kill(cluster.pid, 'SIGKILL');
      await load;
      expect([0, 503]).toContain((await send('GET', '/health/ready', null)).status);
      await until('PostgreSQL back', async () => {
        try {
          cluster = await openCluster();
          return true;
        } catch (error) {
          if (!(error as Error).message.startsWith('postgres exited')) throw error; // its old processes are still leaving
          return false;
        }
      });
      await service.ready();
      await settle(list);
    }
    await expectSoundBooks();
  });

  it('of the service between a courier’s word and the refund: each package is refunded once', async () => {
    const list = wishes('refund');
    await settle(list);
    const numbers: string[] = [];
    for (const [i, { acknowledged }] of list.entries()) {
      const order = (await must('GET', `/v1/orders/${acknowledged ?? ''}`, shop)) as unknown as {
        packages: { id: string }[];
      };
      const url = `/v1/packages/${order.packages[0]?.id ?? ''}`;
      const number = `1ZKILL${String(i).padStart(10, '0')}`;
      await must('POST', `${url}/pick`, admin, {});
      await must('POST', `${url}/pack`, admin, { scans: [{ sku: 'LAMP', quantity: 1 }], weight_g: 600 });
      await must('POST', `${url}/label`, admin, { courier: 'ups', service: 'ground', tracking_number: number });
      await must('POST', `${url}/hand-over`, admin, {});
      numbers.push(number);
    }
    const { now } = (await must('GET', '/v1/sandbox/clock', admin)) as unknown as { now: string };
    const events = numbers.map((tracking_number) => ({
      courier: 'ups',
      tracking_number,
      status: 'rto_delivered',
      occurred_at: now,
    }));
    for (let round = 0; round < 4; round += 1) {
      const told = send('POST', '/v1/tracking/events', admin, { events }, randomUUID());
      await pause(10 + round * 30);
      service.kill('SIGKILL');
      await told;
      await service.exited;
      await restart();
    }
    await must('POST', '/v1/tracking/events', admin, { events });
    await expectSoundBooks(AT_ONCE);
  });
});
