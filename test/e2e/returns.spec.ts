import { startApp, type TestApp } from '../support/app.ts';
import { Parcels } from '../support/parcels.ts';
import { ReturnStories } from '../support/returns.ts';
import { replayAll } from '../support/replays.ts';
import { expectStatus, usd, World } from '../support/world.ts';

let test: TestApp;
let world: World;

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
});

afterAll(() => test.close());

/** Two lamps at 20.00, of which the second tier takes nothing here, and 5.00 of shipping: 45.00 a package. */
const PAID = '45.00';

const clause = (policy: string, name: string) => ({
  clauses: expect.arrayContaining([expect.objectContaining({ id: `${policy}/${name}` })]),
});

describe('courier-proof', () => {
  it('takes no returns, and says what is left to the merchant', async () => {
    const cases = await ReturnStories.under(world, 'courier-proof');
    const parcel = await cases.delivered();
    const denied = await cases.ask(parcel, 'change_of_mind');
    expect(denied).toMatchObject({
      ...{ status: 'denied', return_code: null, expires_at: null },
      decision: { outcome: 'deny', next_step: 'own_store_policy' },
    });
    expectStatus(await world.admin.post(`/v1/returns/${denied.id}/approval`, { approved: true }), 409);
  });
});

describe('retail-standard', () => {
  let cases: ReturnStories;

  beforeEach(async () => {
    cases = await ReturnStories.under(world, 'retail-standard');
  });

  it('waits with the settlement and with payouts while a return is open', async () => {
    const parcel = await cases.delivered();
    await cases.pass('P1D');
    const { id } = await cases.approved(parcel, 'quality');
    await cases.pass('P29DT1S');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'completed' });
    const refused = await cases.merchant.caller.post('/v1/payouts', {
      amount: usd('10.00'),
      destination: { type: 'bank_account', iban: 'NL91ABNA0417164300', name: 'A shop' },
    });
    expect(refused.text).toContain(id);
    await cases.pass('P1D');
    expect(await cases.returned(id)).toMatchObject({ status: 'expired' });
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
  });

  it('takes back a change of mind less the shipping fee, and the goods return to stock', async () => {
    const parcel = await cases.delivered();
    const stock = await new Parcels(test, world).stock('LAMP');
    const asked = await cases.ask(parcel, 'change_of_mind');
    expect(asked).toMatchObject({
      ...{ status: 'requested', return_code: null, way_back: 'buyer', return_to: { code: 'EWR', country: 'US' } },
      decision: { outcome: 'accept', next_step: 'return_goods' },
    });
    expectStatus(await cases.merchant.caller.post(`/v1/returns/${asked.id}/approval`, { approved: true }), 403);
    const approved = expectStatus<{ return_code: string }>(
      await world.admin.post(`/v1/returns/${asked.id}/approval`, { approved: true, note: 'Gladly.' }),
      200,
    );
    expect(approved).toMatchObject({ status: 'authorised', note: 'Gladly.' });
    expect(await cases.sent(asked)).toMatchObject({ status: 'in_transit', courier: 'postal service' });
    const received = await cases.received(approved.return_code);
    expect(received).toMatchObject({
      ...{ status: 'refunded', refunded: usd('35.00'), inspection: { condition: 'original', return_code: 'valid' } },
      decision: {
        outcome: 'refund',
        refund: usd('35.00'),
        deductions: [{ kind: 'return_shipping', amount: '5.00' }],
        ...clause('retail-standard', 'returns/change_of_mind'),
      },
    });
    const [refund, ...others] = await cases.refunds();
    expect(others).toEqual([]);
    const of = `package 1 of order ${parcel.order.reference}`;
    expect(refund).toMatchObject({
      ...{ amount: usd('35.00'), cause: { type: 'decision' } },
      explanation: [
        { text: `Goods of ${of}`, amount: usd('40.00') },
        { text: 'Shipping of the return', amount: usd('-5.00') },
      ],
    });
    expect(await new Parcels(test, world).stock('LAMP')).toMatchObject({ onHand: stock.onHand + 2 });
    const again = await world.admin.post(`/v1/returns/${approved.return_code}/receipt`, {
      condition: 'original',
      unopened: true,
    });
    expect(expectStatus(again, 409)).toMatchObject({ code: 'already_received' });
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });

  it('pays the goods with their shipping where the quality is wrong, unless the buyer did it', async () => {
    const [first, second] = [await cases.delivered(), await cases.delivered()];
    const [ours, theirs] = [
      await cases.approved(first, 'quality'),
      await cases.approved(second, 'quality', { fault: 'buyer' }),
    ];
    expect(ours).toMatchObject({ way_back: 'operator' });
    expect(await cases.received(ours.return_code)).toMatchObject({ refunded: usd(PAID) });
    expect(await cases.received(theirs.return_code)).toMatchObject({ refunded: usd('35.00') });
    expect(await cases.package(first.id)).toMatchObject({ refunded: usd(PAID), settled_at: expect.any(String) });
  });

  it('asks a person about goods that are not as new, who pays what they are worth, once', async () => {
    const parcel = await cases.delivered();
    const { id, return_code } = await cases.approved(parcel, 'quality');
    expect(await cases.received(return_code, { condition: 'used', unopened: false })).toMatchObject({
      ...{ status: 'received', refunded: usd('0.00') },
      decision: { outcome: 'review', ...clause('retail-standard', 'receipts/condition') },
    });
    expect(await cases.refunds()).toEqual([]);
    const path = `/v1/returns/${id}/decision`;
    const tooMuch = await world.admin.post(path, { outcome: 'refund', amount: usd('45.01'), note: 'All of it.' });
    expect(expectStatus(tooMuch, 422)).toMatchObject({ errors: [{ pointer: '/amount' }] });
    const said = { outcome: 'refund', amount: usd('12.50'), note: 'Scratched, still good.' };
    expect(expectStatus(await world.admin.post(path, said), 200)).toMatchObject({
      ...{ status: 'refunded', refunded: usd('12.50'), note: 'Scratched, still good.' },
    });
    expect(expectStatus(await world.admin.post(path, said), 409)).toMatchObject({
      code: 'illegal_step',
      state: 'refunded',
    });
    expect(await cases.refunds()).toHaveLength(1);
  });

  it('lets a person refuse goods that were used, which are not sold again', async () => {
    const parcel = await cases.delivered();
    const { id, return_code } = await cases.approved(parcel, 'change_of_mind');
    const stock = await new Parcels(test, world).stock('LAMP');
    await cases.received(return_code, { condition: 'used', unopened: false });
    const path = `/v1/returns/${id}/decision`;
    const list = await world.admin.get('/v1/reviews?kind=return&limit=100');
    const waits = expectStatus<{ data: { subject: string }[] }>(list, 200).data.find(({ subject }) => subject === id);
    expect(waits).toMatchObject({ answer: `POST ${path}`, why: expect.stringContaining('a person looks') as string });
    expectStatus(await world.admin.post(path, { outcome: 'deny' }), 422);
    const denied = await world.admin.post(path, { outcome: 'deny', note: 'Worn for weeks.' });
    expect(expectStatus(denied, 200)).toMatchObject({
      ...{ status: 'rejected', refunded: usd('0.00'), ended_at: expect.any(String) },
      ...{ note: 'Worn for weeks.', decision: { outcome: 'deny', clauses: [{ id: 'operator/person' }] } },
    });
    expect(await new Parcels(test, world).stock('LAMP')).toEqual(stock);
    expect(await cases.ask(parcel, 'quality')).toMatchObject({ status: 'requested' });
  });

  it('knows a parcel by the package that it is, too', async () => {
    const parcel = await cases.delivered();
    const { id } = await cases.approved(parcel, 'quality');
    const seen = { unopened: true, original_label: true, condition: 'original' };
    expect(expectStatus(await world.admin.post(`${parcel.path}/receipt`, seen), 200)).toMatchObject({
      ...{ id: parcel.id, refunded: usd(PAID) },
      decision: { outcome: 'refund', ...clause('retail-standard', 'returns/quality') },
    });
    expect(await cases.returned(id)).toMatchObject({ status: 'refunded' });
  });

  it('takes back part of a package, each unit once', async () => {
    const parcel = await cases.delivered();
    const one = { items: [{ line: 1, quantity: 1 }] };
    const first = await cases.approved(parcel, 'quality', one);
    expect(await cases.received(first.return_code)).toMatchObject({ refunded: usd('22.50') });
    const both = await cases.merchant.caller.post('/v1/returns', {
      ...{ order: parcel.order.id, type: 'quality', items: [{ line: 1, quantity: 2 }] },
    });
    expect(expectStatus(both, 409)).toMatchObject({
      code: 'units_already_settled',
      lines: [{ line: 1, asked: 2, left: 1 }],
    });
    const rest = await cases.approved(parcel, 'quality');
    expect(rest).toMatchObject({ items: [{ line: 1, sku: 'LAMP', quantity: 1 }] });
    expect(await cases.received(rest.return_code)).toMatchObject({ refunded: usd('22.50') });
    const more = await cases.merchant.caller.post('/v1/returns', { order: parcel.order.id, type: 'quality' });
    expect(expectStatus(more, 409)).toMatchObject({ code: 'settled' });
  });

  it('refuses what a package does not hold, field by field', async () => {
    const parcel = await cases.delivered();
    const ask = (more: object) =>
      cases.merchant.caller.post('/v1/returns', {
        order: parcel.order.id,
        package: parcel.id,
        type: 'quality',
        ...more,
      });
    const units = await ask({ items: [{ line: 1, quantity: 3 }] });
    expect(expectStatus(units, 422)).toMatchObject({ errors: [{ pointer: '/items/0/quantity' }] });
    const line = await ask({ items: [{ line: 7, quantity: 1 }] });
    expect(expectStatus(line, 422)).toMatchObject({ errors: [{ pointer: '/items/0/line' }] });
    expectStatus(await ask({ type: 'boredom' }), 422);
    const other = await cases.place();
    expectStatus(await ask({ package: other.packages[0]?.id }), 404);
    expectStatus(await ask({ order: parcel.id }), 404); // an id of another kind is as an unknown one
    const list = await cases.merchant.caller.get(`/v1/returns?order=${parcel.id}`);
    expect(expectStatus(list, 422)).toMatchObject({ errors: [{ pointer: '/order', code: 'id' }] });
  });

  it('exchanges goods for new ones, which cost nothing, and settles with them', async () => {
    const parcel = await cases.delivered();
    const asked = await cases.approved(parcel, 'quality', { preferred_remedy: 'reship' });
    const received = await cases.received(asked.return_code);
    expect(received).toMatchObject({ status: 'refunded', refunded: usd('0.00'), decision: { outcome: 'reship' } });
    const again = await cases.order((received as unknown as { reship: string }).reship);
    expect(again).toMatchObject({ status: 'paid', total: usd('0.00'), items: [{ sku: 'LAMP', quantity: 2 }] });
    expect(await cases.refunds()).toEqual([]);
    expect(await cases.package(parcel.id)).toMatchObject({ settled_at: null });
    const more = await cases.merchant.caller.post('/v1/returns', { order: parcel.order.id, type: 'quality' });
    expect(expectStatus(more, 409)).toMatchObject({ code: 'units_already_settled' });
  });

  it('pays for an exchange that no stock is left for', async () => {
    await world.variant('RARE', '20.00', [], 2);
    const parcel = await cases.delivered([{ sku: 'RARE', quantity: 2 }]);
    const asked = await cases.approved(parcel, 'quality', { preferred_remedy: 'reship' });
    expect(await cases.received(asked.return_code, { unopened: false })).toMatchObject({
      ...{ status: 'refunded', refunded: usd(PAID), reship: null },
      decision: { outcome: 'refund' },
    });
  });

  it('pays for what has come of it, and leaves the rest to be sent', async () => {
    const parcel = await cases.delivered();
    const { return_code } = await cases.approved(parcel, 'quality');
    const tooMany = { condition: 'original', unopened: true, items: [{ line: 1, quantity: 3 }] };
    const refused = await world.admin.post(`/v1/returns/${return_code ?? ''}/receipt`, tooMany);
    expect(expectStatus(refused, 422)).toMatchObject({ errors: [{ pointer: '/items/0/quantity' }] });
    expect(await cases.received(return_code, { items: [{ line: 1, quantity: 1 }] })).toMatchObject({
      ...{ status: 'refunded', refunded: usd('22.50'), items: [{ line: 1, quantity: 1 }] },
    });
    expect(await cases.ask(parcel, 'quality')).toMatchObject({ items: [{ line: 1, quantity: 1 }] });
  });

  it('does not take back what the buyer does not have, nor after the window', async () => {
    const under = await cases.shipped();
    expect(await cases.ask(under, 'quality')).toMatchObject({ status: 'denied', decision: { outcome: 'deny' } });
    const late = await cases.delivered();
    await cases.pass('P30D');
    await cases.pass('PT0.001S');
    const refused = await cases.merchant.caller.post('/v1/returns', { order: late.order.id, type: 'quality' });
    expect(expectStatus(refused, 409)).toMatchObject({ code: 'settled' });
  });
});

describe('a return', () => {
  it('is listed for its merchant and for staff alone', async () => {
    const cases = await ReturnStories.under(world, 'retail-standard');
    const parcel = await cases.delivered();
    const { id } = await cases.ask(parcel, 'quality');
    const list = async (query: string) =>
      expectStatus<{ data: { id: string }[] }>(await cases.merchant.caller.get(`/v1/returns?${query}`), 200).data.map(
        (r) => r.id,
      );
    expect(await list('')).toEqual([id]);
    expect(await list(`status=requested&type=quality&order=${parcel.order.id}`)).toEqual([id]);
    expect(await list('status=refunded')).toEqual([]);
    const stranger = (await world.merchant()).caller;
    for (const path of [`/v1/returns/${id}`, `/v1/returns/${id}/label.pdf`])
      expectStatus(await stranger.get(path), 404);
    expectStatus(await stranger.post(`/v1/returns/${id}/tracking`, { courier: 'x', tracking_number: '1' }), 404);
    expectStatus(await stranger.post('/v1/returns', { order: parcel.order.id, type: 'quality' }), 404);
    expect((await world.admin.get(`/v1/returns?order=${parcel.order.id}`)).text).toContain(id);
  });

  it('forgets what was written about it when the buyer’s data are erased', async () => {
    const cases = await ReturnStories.under(world, 'retail-standard');
    const parcel = await cases.delivered();
    const { id, return_code } = await cases.approved(parcel, 'quality', { description: 'Ada Byron sends it back.' });
    await cases.received(return_code);
    expectStatus(await cases.merchant.caller.post('/v1/erasures', { order: parcel.order.id }), 201);
    await test.settle();
    expect(await cases.returned(id)).toMatchObject({ status: 'refunded', description: null, note: null });
  });

  it('received twice at the same moment is paid once', async () => {
    const cases = await ReturnStories.under(world, 'retail-standard');
    const { return_code } = await cases.approved(await cases.delivered(), 'quality');
    const body = { condition: 'original', unopened: true };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => world.admin.post(`/v1/returns/${return_code ?? ''}/receipt`, body)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
    expect(await cases.refunds()).toHaveLength(1);
  });
});

it('and every decision that was stored follows from its facts', async () => {
  expect(await replayAll(world)).toBeGreaterThan(0);
});
