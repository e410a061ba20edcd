import { Ticks } from '../../src/events/ticks.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { counted } from '../support/counted.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

describe('round trips of tracking', () => {
  let test: TestApp;
  let world: World;
  let merchant: Merchant;
  let numbers: string[];

  beforeAll(async () => {
    test = await startApp({ ROLE: 'api' }); // no relay beside: only the request's own statements are counted
    await test.app.get(Ticks).stop();
    world = await World.open(test);
    await world.catalogue();
    merchant = await world.merchant('900.00');
    numbers = [];
    for (let n = 0; n < 8; n += 1) {
      const number = `1Z5550000000${String(n).padStart(6, '0')}`;
      const placed = await merchant.caller.post('/v1/orders', world.order(`TRIPS-${n}`));
      const [parcel] = expectStatus<{ packages: { id: string }[] }>(placed, 201).packages;
      await world.ship(parcel?.id ?? '', number);
      numbers.push(number);
    }
  });

  afterAll(() => test.close());

  /** Statements about packages and tracking that the pool sends while these numbers are reported. */
  const statements = async (reported: readonly string[], status: string, hours: number): Promise<string[]> => {
    const occurred_at = new Date(test.clock.now().getTime() + hours * 3_600_000).toISOString();
    const events = reported.map((tracking_number) => ({ courier: 'ups', tracking_number, status, occurred_at }));
    const sent = await counted(async () => {
      expectStatus(await world.admin.post('/v1/tracking/events', { events }), 200);
    });
    return sent.flat(2).filter((sql) => /tracking_|\bpackage\b/.test(sql));
  };

  it('stores and folds eight packages of a merchant in as many statements as two', async () => {
    await statements(numbers.slice(0, 1), 'in_transit', 1); // what rarely changes is in the caches now
    const two = await statements(numbers.slice(0, 2), 'out_for_delivery', 2);
    const eight = await statements(numbers, 'delivered', 3);
    expect(two.length).toBeGreaterThan(5);
    expect(eight.length).toBe(two.length);
    expect(eight.length).toBeLessThanOrEqual(10);
  });

  it('changes no package that a message says nothing new of', async () => {
    const again = await statements(numbers, 'in_transit', 1);
    expect(again.filter((sql) => sql.includes('UPDATE package'))).toEqual([]);
  });
});
