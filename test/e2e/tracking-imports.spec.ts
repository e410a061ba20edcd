import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World, type Caller, type Merchant } from '../support/world.ts';

type Body = Record<string, unknown>;

interface Imported {
  dry_run: boolean;
  rows: number;
  imported: number;
  unchanged: number;
  set_aside: number;
  failed: number;
  results: { row: number; status: string; subject: string | null; errors: { pointer: string }[] }[];
}

describe('tracking that comes as files, and numbers before they are labels', () => {
  let test: TestApp;
  let world: World;
  let admin: Caller;
  let merchant: Merchant;
  let numbers = 0;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
    admin = world.admin;
    merchant = await world.merchant('500.00');
  });

  afterAll(() => test.close());

  const shipped = async (): Promise<{ id: string; number: string }> => {
    numbers += 1;
    const number = `1Z77700000000${String(numbers).padStart(5, '0')}`;
    const placed = await merchant.caller.post('/v1/orders', world.order(`CSV-${numbers}`));
    const id = expectStatus<{ packages: { id: string }[] }>(placed, 201).packages[0]?.id ?? '';
    await world.ship(id, number);
    return { id, number };
  };

  const upload = async (lines: readonly string[], query = ''): Promise<Imported> =>
    expectStatus(
      await test.http
        .post(`/v1/imports/tracking${query}`)
        .set({ Authorization: `Bearer ${admin.token ?? ''}`, 'Content-Type': 'text/csv' })
        .send(['courier,tracking_number,status,occurred_at,description,location', ...lines].join('\n')),
      200,
    );

  const at = (hours: number): string => new Date(test.clock.now().getTime() + hours * 3_600_000).toISOString();

  it('shows what would come of a file, then does it, each row by itself', async () => {
    const { id, number } = await shipped();
    const lines = [
      `ups,${number},In transit,${at(1)},Arrived,Newark`,
      `ups,${number},delivered,${at(5)},Delivered,Springfield`,
      `ups,NOBODYS-1,delivered,${at(5)},,`,
      `ups,${number},teleported,${at(5)},,`,
      `pigeon,${number},delivered,${at(5)},,`,
      `ups,${number},delivered,yesterday,,`,
    ];
    const dry = await upload(lines, '?dry_run=true');
    expect([dry.dry_run, dry.imported, dry.set_aside, dry.failed]).toEqual([true, 2, 1, 3]);
    expect(expectStatus<Body>(await admin.get(`/v1/packages/${id}`), 200)).toMatchObject({ status: 'handed_over' });

    const real = await upload(lines);
    expect(real.results.map(({ row, status, errors }) => [row, status, errors.map(({ pointer }) => pointer)])).toEqual([
      [2, 'imported', []],
      [3, 'imported', []],
      [4, 'set_aside', []],
      [5, 'failed', ['/status']],
      [6, 'failed', ['/courier']],
      [7, 'failed', ['/occurred_at']],
    ]);
    expect(real.results[0]?.subject).toBe(id);
    expect(expectStatus<Body>(await admin.get(`/v1/packages/${id}`), 200)).toMatchObject({
      ...{ status: 'delivered', delivered_at: at(5) },
    });
    const again = await upload(lines);
    expect([again.imported, again.unchanged]).toEqual([0, 3]);
  });

  it('is for staff', async () => {
    const answer = await test.http
      .post('/v1/imports/tracking')
      .set({ Authorization: `Bearer ${merchant.caller.token ?? ''}`, 'Content-Type': 'text/csv' })
      .send('courier,tracking_number,status,occurred_at');
    expect(answer.status).toBe(403);
  });

  it('suggests the courier of a number, and tells who has it already', async () => {
    const guessed = expectStatus<Body>(await admin.get('/v1/tracking/guess?number=1z879e93%200346834440'), 200);
    expect(guessed).toEqual({
      number: '1Z879E930346834440',
      suggestions: [{ source: 'ups', form: 'UPS 1Z', check: 'valid', couriers: ['ups'] }],
      packages: [],
    });
    const { id, number } = await shipped();
    const taken = expectStatus<Body>(await admin.get(`/v1/tracking/guess?number=${number}`), 200);
    expect(taken).toMatchObject({ suggestions: [{ source: 'ups' }], packages: [{ package: id, courier: 'ups' }] });
    expect((await admin.get('/v1/tracking/guess')).status).toBe(422);
    expect((await merchant.caller.get('/v1/tracking/guess?number=1')).status).toBe(403);
  });
});
