import { rows } from '../../src/database/sql.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases, type Parcel } from '../support/case.ts';
import { Claims, type Claim } from '../support/claims.ts';
import { replayAll } from '../support/replays.ts';
import { expectStatus, usd, World } from '../support/world.ts';

let test: TestApp;
let world: World;
let cases: Cases;
let claims: Claims;

beforeAll(async () => {
  // A Friday: working days leave out what follows.
  test = await startApp({ SANDBOX_START: '2026-05-01T10:00:00Z' });
  world = await World.open(test);
  await world.catalogue();
});

afterAll(() => test.close());

/** A lamp costs 20.00 and its postage 5.00; every test has a merchant of its own. */
beforeEach(async () => {
  cases = new Cases(world, await world.merchant('100.00'));
  claims = new Claims(cases);
});

const post = async (claim: Claim, what: string, body: object = {}, status = 200): Promise<Claim> =>
  expectStatus<Claim>(await cases.merchant.caller.post(`/v1/claims/${claim.id}/${what}`, body), status);

const rule = (claim: Claim, body: object) => world.admin.post(`/v1/claims/${claim.id}/decision`, body);

const blocks = async (): Promise<string[]> => {
  const found = await rows<{ cause: string }>(
    test.db,
    `SELECT cause FROM payout_blocker WHERE merchant_id = $1 AND cause LIKE 'claim:%'`,
    [idIn('mer', cases.merchant.id)],
  );
  return found.map(({ cause }) => cause);
};

async function delivered(): Promise<Parcel> {
  const parcel = await cases.shipped();
  await cases.told(parcel, 'delivered');
  return parcel;
}

describe('a claim that a person looks at', () => {
  it('is answered within working days, holds up payouts, and is decided within what was paid', async () => {
    const parcel = await cases.shipped();
    const claim = await claims.open(parcel, { type: 'seized', description: 'Held by customs.' });
    const opened = test.clock.now();
    expect(claim).toMatchObject({
      ...{ status: 'in_review', decision: { outcome: 'review' }, description: 'Held by customs.' },
      reply_due_at: new Date(opened.getTime() + 5 * 86_400_000).toISOString(), // 3 working days over a weekend
    });
    expect(await blocks()).toHaveLength(1);
    const waiting = await world.admin.get('/v1/claims?status=in_review&type=seized');
    expect(expectStatus<{ data: Claim[] }>(waiting, 200).data.map(({ id }) => id)).toContain(claim.id);
    const much = await rule(claim, { outcome: 'refund', amount: usd('25.01'), note: 'Too much.' });
    expect(expectStatus(much, 422)).toMatchObject({ code: 'more_than_paid', left: usd('25.00') });
    expect(
      expectStatus(await rule(claim, { outcome: 'refund', amount: usd('12.50'), note: 'Half.' }), 200),
    ).toMatchObject({
      ...{ status: 'approved', credited: usd('12.50'), note: 'Half.', reply_due_at: null },
      decision: { outcome: 'refund', clauses: [await cases.pagesClause(parcel.order, 'operator/person')] },
    });
    expect(await blocks()).toEqual([]);
    expect(await cases.available()).toBe('87.50');
    expect(expectStatus(await rule(claim, { outcome: 'deny', note: 'No.' }), 409)).toMatchObject({
      code: 'illegal_step',
    });
    expectStatus(
      await cases.merchant.caller.post(`/v1/claims/${claim.id}/decision`, { outcome: 'deny', note: '' }),
      403,
    );
    await cases.told(parcel, 'lost');
    expect(await cases.available()).toBe('100.00'); // what was left
  });

  it('is worth what its units were paid where the person names no amount', async () => {
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 2 }]);
    const claim = await claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity: 1 }] });
    expect(claim).toMatchObject({ status: 'waiting', decision: { next_step: 'wait_for_courier' } });
    const granted = await rule(claim, { outcome: 'refund', note: 'The courier admitted it.' });
    expect(expectStatus(granted, 200)).toMatchObject({ credited: usd('22.50') });
  });
});

describe('an answer that is overdue', () => {
  it('alarms staff once, each claim by itself', async () => {
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 2 }]);
    const two = [await claims.open(parcel, { type: 'seized' }), await claims.open(parcel, { type: 'seized' })];
    const alarms = async (): Promise<string[]> => {
      const list = await world.admin.get('/v1/notices?kind=reply_overdue&limit=100');
      const { data } = expectStatus<{ data: { package: string; text: string }[] }>(list, 200);
      return data.filter((notice) => notice.package === parcel.id).map(({ text }) => text);
    };
    expect(await alarms()).toEqual([]);
    await cases.pass('P8D');
    const texts = (await alarms()).sort();
    expect(texts).toHaveLength(new Set(two.map(({ id }) => id)).size);
    for (const { id } of two) expect(texts.join()).toContain(id);
    await cases.pass('P2D');
    expect(await alarms()).toHaveLength(texts.length);
  });
});

describe('a claim that was denied', () => {
  it('holds its package open while it can be appealed, and payouts no longer', async () => {
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 1 }]);
    await cases.told(parcel, 'delivered');
    await cases.pass('P25D');
    const { id, status } = await claims.open(parcel, { type: 'change_of_mind' });
    expect(status).toBe('denied');
    await cases.pass('P6D');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'completed' });
    const appealed = await cases.merchant.caller.post(`/v1/claims/${id}/appeal`, { text: 'Please look again.' });
    expect(expectStatus(appealed, 200)).toMatchObject({ status: 'in_review' });
    expectStatus(await world.admin.post(`/v1/claims/${id}/decision`, { outcome: 'deny', note: 'No.' }), 200);
    await test.settle();
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' }); // it was the last word
  });

  it('lets the package settle when nobody has appealed in time', async () => {
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 1 }]);
    await cases.told(parcel, 'delivered');
    await cases.pass('P25D');
    await claims.open(parcel, { type: 'change_of_mind' });
    await cases.pass('P29D');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'completed' });
    await cases.pass('P2D');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
  });
});

describe('a claim on which nobody acts', () => {
  it('is closed after 30 days, with a notice three days before, unless somebody does', async () => {
    const parcel = await delivered();
    const claim = await claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity: 1 }] });
    await cases.pass('P26D');
    await post(claim, 'messages', { text: 'The buyer is still looking for the camera.' }, 201);
    await cases.pass('P29D');
    expect(await claims.get(claim.id)).toMatchObject({ status: 'needs_evidence' });
    await cases.pass('P1D');
    expect(await claims.get(claim.id)).toMatchObject({ status: 'closed', closed_at: expect.any(String) as string });
    const timeline = await cases.merchant.caller.get(`/v1/claims/${claim.id}/timeline`);
    const steps = expectStatus<{ data: { step: string; at: string }[] }>(timeline, 200).data;
    expect(steps.map(({ step }) => step)).toEqual(['opened', 'needs_evidence', 'message', 'notice', 'close']);
    const [notice, close] = steps.slice(-2).map(({ at }) => Date.parse(at));
    expect((close ?? 0) - (notice ?? 0)).toBe(3 * 86_400_000);
    // It was all that the package waited for: its window ended while the claim was open.
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    expect(expectStatus(await claims.show(claim.id, 'photo'), 409)).toMatchObject({ code: 'illegal_step' });
    const late = await cases.merchant.caller.post(`/v1/claims/${claim.id}/messages`, { text: 'Found it!' });
    expectStatus(late, 409);
  });

  it('keeps its window: evidence that comes late does not make the claim late', async () => {
    const parcel = await delivered();
    await cases.pass('P29D');
    const claim = await claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity: 1 }] });
    await cases.pass('P10D');
    expect(await claims.shown(claim.id)).toMatchObject({ status: 'approved' });
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
  });
});

describe('a merchant', () => {
  it('talks with the staff, whose answer ends the wait for one', async () => {
    const claim = await claims.open(await cases.shipped(), { type: 'late' });
    expect(await post(claim, 'messages', { text: 'Any news?' }, 201)).toMatchObject({
      from: 'merchant',
      text: 'Any news?',
    });
    expect((await claims.get(claim.id))['reply_due_at']).not.toBeNull();
    expectStatus(await world.admin.post(`/v1/claims/${claim.id}/messages`, { text: 'It is in Ohio.' }), 201);
    expect(await claims.get(claim.id)).toMatchObject({
      ...{ reply_due_at: null, messages: [{ from: 'merchant' }, { from: 'staff', text: 'It is in Ohio.' }] },
    });
  });

  it('takes a claim back, and may claim again', async () => {
    const parcel = await delivered();
    const damaged = { type: 'damaged', items: [{ line: 1, quantity: 1 }] };
    const claim = await claims.open(parcel, damaged);
    expect(await blocks()).toHaveLength(1);
    expect(await post(claim, 'withdrawal')).toMatchObject({ status: 'withdrawn' });
    expect(await blocks()).toEqual([]);
    await post(claim, 'withdrawal', {}, 409);
    const again = await claims.open(parcel, damaged);
    expect(await claims.shown(again.id)).toMatchObject({ status: 'approved' });
    const list = await cases.merchant.caller.get(`/v1/claims?order=${parcel.order.id}`);
    expect(expectStatus<{ data: Claim[] }>(list, 200).data.map(({ status }) => status)).toEqual([
      'approved',
      'withdrawn',
    ]);
  });

  it('claims nothing more of a parcel that is paid back meanwhile', async () => {
    const parcel = await cases.shipped();
    const claim = await claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity: 1 }] });
    await cases.told(parcel, 'lost');
    expect(await claims.get(claim.id)).toMatchObject({ status: 'closed' });
    expect(await cases.refunds()).toHaveLength(1);
    expect(await blocks()).toEqual([]);
  });
});

it('and every decision that was stored follows from its facts', async () => {
  expect(await replayAll(world)).toBeGreaterThan(0);
});
