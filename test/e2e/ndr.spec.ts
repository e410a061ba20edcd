import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, SHIP_TO, World, type Merchant } from '../support/world.ts';

type Body = Record<string, unknown>;

interface Parcel {
  id: string;
  path: string;
  order: string;
  number: string;
}

describe('a delivery that failed', () => {
  let test: TestApp;
  let world: World;
  let merchant: Merchant;
  let numbers = 0;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
    merchant = await world.merchant('5000.00');
  });

  afterAll(() => test.close());

  const say = async (parcel: Parcel, status: string, minutes: number, description?: string): Promise<void> => {
    const at = new Date(test.clock.now().getTime() + minutes * 60_000).toISOString();
    const event = { courier: 'ups', tracking_number: parcel.number, status, occurred_at: at, description };
    expectStatus(await world.admin.post('/v1/tracking/events', { events: [event] }), 200);
    await test.settle();
  };

  const shipped = async (): Promise<Parcel> => {
    numbers += 1;
    const number = `1Z9990000000${String(numbers).padStart(6, '0')}`;
    const placed = await merchant.caller.post('/v1/orders', world.order(`NDR-${numbers}`));
    const order = expectStatus<{ id: string; packages: { id: string }[] }>(placed, 201);
    const id = order.packages[0]?.id ?? '';
    await world.ship(id, number);
    return { id, path: `/v1/packages/${id}`, order: order.id, number };
  };

  const failed = async (): Promise<Parcel> => {
    const parcel = await shipped();
    await say(parcel, 'attempt_failed', 1, 'Recipient not home');
    return parcel;
  };

  const instruct = (parcel: Parcel, body: object) => merchant.caller.post(`${parcel.path}/delivery-instruction`, body);

  const queue = async (parcel: Parcel, waitingFor?: string): Promise<Body[]> => {
    const query = waitingFor === undefined ? '' : `&waiting_for=${waitingFor}`;
    const { data } = expectStatus<{ data: Body[] }>(await world.admin.get(`/v1/ndr?limit=100${query}`), 200);
    return data.filter((row) => row['package'] === parcel.id);
  };

  const advance = async (duration: string): Promise<void> => {
    expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: duration }), 200);
  };

  it('takes the merchant’s answer, lets it change, and refuses it once the courier was told', async () => {
    const parcel = await failed();
    const [waiting] = await queue(parcel, 'merchant');
    expect(waiting).toMatchObject({ order: parcel.order, status: 'open', reason: 'recipient_not_home', instruction: null });

    const first = expectStatus<Body>(await instruct(parcel, { action: 'hold_for_pickup' }), 200);
    expect(first).toMatchObject({ id: parcel.id, status: 'attempt_failed', failed_delivery: { status: 'instructed' } });
    const tomorrow = new Date(test.clock.now().getTime() + 86_400_000).toISOString().slice(0, 10);
    const changed = await instruct(parcel, { action: 'reattempt', on: tomorrow, note: 'Ring twice' });
    expect(expectStatus<Body>(changed, 200)).toMatchObject({
      failed_delivery: { instruction: { action: 'reattempt', on: tomorrow, note: 'Ring twice', passed_on_at: null } },
    });

    expect(await queue(parcel, 'staff')).toHaveLength(1);
    expectStatus(await world.admin.post(`${parcel.path}/delivery-instruction/passing-on`), 200);
    expect([await queue(parcel, 'staff'), (await queue(parcel, 'courier')).length]).toEqual([[], 1]);
    const late = await instruct(parcel, { action: 'return_to_origin' });
    expect([late.status, (late.body as Body)['code']]).toEqual([409, 'instruction_passed_on']);

    await say(parcel, 'out_for_delivery', 600);
    expect(await queue(parcel)).toEqual([]);
    const gone = await instruct(parcel, { action: 'reattempt' });
    expect([gone.status, (gone.body as Body)['code']]).toEqual([409, 'no_failed_attempt']);
  }); // prettier-ignore

  it('refuses an answer where nothing failed, and one that does not hold together', async () => {
    const parcel = await shipped();
    expect((await instruct(parcel, { action: 'reattempt' })).status).toBe(409);
    await say(parcel, 'attempt_failed', 1);
    const faults = async (body: object): Promise<unknown> => {
      const answer = await instruct(parcel, body);
      return [answer.status, (answer.body as { errors?: { pointer: string }[] }).errors?.map(({ pointer }) => pointer)];
    };
    expect(await faults({ action: 'throw_away' })).toEqual([422, ['/action']]);
    expect(await faults({ action: 'change_address' })).toEqual([422, ['/ship_to']]);
    expect(await faults({ action: 'reattempt', ship_to: SHIP_TO })).toEqual([422, ['/ship_to']]);
    expect(await faults({ action: 'reattempt', on: '2020-01-01' })).toEqual([422, ['/on']]);
    const abroad = { ...SHIP_TO, country: 'NL', postal_code: '3811 AB' };
    expect(await faults({ action: 'change_address', ship_to: abroad })).toEqual([422, ['/ship_to/country']]);
    const moved = { ...SHIP_TO, line1: '14 Analytical Row' };
    const answer = expectStatus<Body>(await instruct(parcel, { action: 'change_address', ship_to: moved }), 200);
    expect(answer).toMatchObject({ failed_delivery: { instruction: { ship_to: { line1: '14 Analytical Row' } } } });
  });

  it('lets the default count when the time is over, and opens a new window with the next attempt', async () => {
    const parcel = await failed();
    await advance('PT23H59M');
    expect(await queue(parcel, 'merchant')).toHaveLength(1);
    await advance('PT1M');
    expect(await queue(parcel)).toMatchObject([
      { status: 'defaulted', instruction: { action: 'reattempt', given_at: null } },
    ]);
    const late = await instruct(parcel, { action: 'hold_for_pickup' });
    expect([late.status, (late.body as Body)['code']]).toEqual([409, 'instruction_too_late']);

    await say(parcel, 'attempt_failed', 5);
    expect(await queue(parcel)).toMatchObject([{ status: 'open', instruction: null }]);
    expectStatus(await instruct(parcel, { action: 'return_to_origin' }), 200);
  });

  it('asks the courier for proof of the attempt, and shows the answer', async () => {
    const parcel = await failed();
    const ask = await merchant.caller.post(`${parcel.path}/proof-of-attempt`, { note: 'The buyer was at home' });
    expect(expectStatus<Body>(ask, 200)).toMatchObject({ failed_delivery: { proof: { question: 'The buyer was at home', given: null } } });
    expect(await queue(parcel, 'staff')).toHaveLength(1);
    await say(parcel, 'delivered', 60);
    expect(await queue(parcel, 'staff')).toHaveLength(1);
    const answer = { given: false, note: 'No scan at the address' };
    expectStatus(await world.admin.post(`${parcel.path}/proof-of-attempt/answer`, answer), 200);
    expect(await queue(parcel)).toEqual([]);
    expect((await world.admin.post(`${parcel.path}/proof-of-attempt/answer`, answer)).status).toBe(409);
    const seen = expectStatus<Body>(await merchant.caller.get(`${parcel.path}/delivery-instruction`), 200);
    expect(seen).toMatchObject({
      status: 'delivered',
      failed_delivery: { status: 'closed', proof: { given: false, answer: 'No scan at the address' } },
    });
  }); // prettier-ignore

  it('is nobody else’s', async () => {
    const parcel = await failed();
    const stranger = await world.merchant();
    const body = { action: 'reattempt' };
    expect((await stranger.caller.post(`${parcel.path}/delivery-instruction`, body)).status).toBe(404);
    expect((await stranger.caller.post(`${parcel.path}/proof-of-attempt`, {})).status).toBe(404);
    expect((await stranger.caller.get('/v1/ndr')).status).toBe(403);
  });
});
