import { rows } from '../../src/database/sql.ts';
import { retailStandard } from '../../src/policies/presets/retail-standard.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Claims, JPEG } from '../support/claims.ts';
import { Parcels } from '../support/parcels.ts';
import { Plans } from '../support/plans.ts';
import { ReturnStories } from '../support/returns.ts';
import { replayAll } from '../support/replays.ts';
import { expectStatus, usd, World } from '../support/world.ts';

let test: TestApp;
let world: World;

beforeAll(async () => {
  test = await startApp();
  const open = { ...retailStandard, id: 'open-door', returns: { ...retailStandard.returns, authorisation: 'none' } };
  await rows(
    test.db,
    `INSERT INTO policy_version (policy_id, version, terms, published_at) VALUES ('open-door', 1, $1, $2)`,
    [JSON.stringify(open), test.clock.now()],
  );
  world = await World.open(test);
  await world.catalogue();
});

afterAll(() => test.close());

/** Two lamps at 20.00, of which the second tier takes nothing here, and 5.00 of shipping: 45.00 a package. */
const PAID = '45.00';

const clause = (policy: string, name: string) => ({
  clauses: expect.arrayContaining([expect.objectContaining({ id: `${policy}/${name}` })]),
});

describe('a policy that asks nobody', () => {
  it('authorises what it accepts at once', async () => {
    const cases = await ReturnStories.under(world, 'open-door');
    const asked = await cases.ask(await cases.delivered(), 'quality');
    expect(asked).toMatchObject({
      status: 'authorised',
      return_code: expect.any(String),
      expires_at: expect.any(String),
    });
    expect(await cases.received(asked.id)).toMatchObject({ status: 'refunded', refunded: usd(PAID) });
  });
});

describe('guaranteed-delivery', () => {
  it('wants damaged goods back first: the accepted claim opens their return, whose receipt pays', async () => {
    const cases = await ReturnStories.under(world, 'guaranteed-delivery');
    const claims = new Claims(cases);
    const parcel = await cases.delivered();
    const { id } = await claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity: 1 }] });
    expect(await claims.shown(id)).toMatchObject({
      decision: { outcome: 'accept', next_step: 'return_goods', refund: null },
    });
    await test.settle();
    const { data } = expectStatus<{ data: { id: string; return_code: string }[] }>(
      await cases.merchant.caller.get(`/v1/returns?order=${parcel.order.id}`),
      200,
    );
    expect(data).toMatchObject([
      {
        ...{ status: 'authorised', type: 'damaged', asked_by: `claim:${id}`, items: [{ line: 1, quantity: 1 }] },
        ...{ way_back: 'operator', decision: { outcome: 'accept' } },
      },
    ]);
    expect(await cases.ask(parcel, 'damaged')).toMatchObject({ id: data[0]?.id, status: 'authorised' });
    expect(await cases.refunds()).toEqual([]);
    const received = await cases.received(data[0]?.return_code ?? '', { condition: 'damaged', unopened: false });
    expect(received).toMatchObject({
      ...{ status: 'refunded', refunded: usd('22.50') },
      decision: { outcome: 'refund', ...clause('guaranteed-delivery', 'returns/damaged') },
    });
    await test.settle();
    expect(await cases.refunds()).toHaveLength(1);
    expect(await cases.package(parcel.id)).toMatchObject({ refunded: usd('22.50'), settled_at: null });
    await cases.pass('P31D');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });

  it('refunds a parcel that was cancelled under way when its goods are back', async () => {
    const cases = await ReturnStories.under(world, 'guaranteed-delivery');
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 2 }]);
    const cancelled = await cases.merchant.caller.post(`/v1/orders/${parcel.order.id}/cancellation`);
    expect(expectStatus(cancelled, 200)).toMatchObject({
      decisions: [{ decision: { outcome: 'accept', next_step: 'return_goods' } }],
    });
    await test.settle();
    const opened = await cases.ask(parcel, 'change_of_mind');
    expect(opened).toMatchObject({ status: 'authorised', asked_by: 'cancellation', return_code: expect.any(String) });
    await cases.told(parcel, 'delivered');
    expect(await cases.received(opened.return_code)).toMatchObject({ status: 'refunded', refunded: usd(PAID) });
    expect(await cases.refunds()).toHaveLength(1);
  });

  it('wants the receipt with goods of poor quality, and pays when it is handed in', async () => {
    const cases = await ReturnStories.under(world, 'guaranteed-delivery');
    const parcel = await cases.delivered();
    const stock = await new Parcels(test, world).stock('LAMP');
    const { id, return_code } = await cases.approved(parcel, 'quality');
    expect(await cases.received(return_code)).toMatchObject({
      ...{ status: 'received', process_by: expect.any(String) },
      decision: { outcome: 'needs_evidence', missing_evidence: ['receipt'] },
    });
    expect(await new Parcels(test, world).stock('LAMP')).toEqual(stock);
    const complete = await world.admin.post(`/v1/returns/${id}/enclosed`, { kinds: ['receipt'] });
    expect(expectStatus(complete, 200)).toMatchObject({ status: 'refunded', refunded: usd(PAID) });
    expect(await new Parcels(test, world).stock('LAMP')).toMatchObject({ onHand: stock.onHand + 2 });
    const used = await cases.approved(await cases.delivered(), 'wrong_item');
    const seen = await cases.received(used.return_code, { condition: 'used' });
    const waits = await world.admin.get('/v1/reviews?kind=return&limit=100');
    const { process_by: due_at } = seen as unknown as { process_by: string };
    expect(expectStatus(waits, 200)).toMatchObject({ data: [{ subject: used.id, due_at }] });
  });

  it('ends the return of a cancelled parcel that the courier brings back itself', async () => {
    const cases = await ReturnStories.under(world, 'guaranteed-delivery');
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 2 }]);
    expectStatus(await cases.merchant.caller.post(`/v1/orders/${parcel.order.id}/cancellation`), 200);
    await test.settle();
    const { id } = await cases.ask(parcel, 'change_of_mind');
    await cases.told(parcel, 'rto_delivered');
    expect(await cases.refunds()).toHaveLength(1);
    expect(await cases.returned(id)).toMatchObject({ status: 'expired' });
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
  });
});

describe('return-code', () => {
  let cases: ReturnStories;

  beforeEach(async () => {
    cases = await ReturnStories.under(world, 'return-code');
  });

  it('takes goods with a valid code, without shipping and less its fee', async () => {
    const parcel = await cases.delivered();
    const asked = await cases.ask(parcel, 'change_of_mind');
    expect(asked).toMatchObject({
      status: 'requested',
      decision: { outcome: 'accept', next_step: 'request_return_code' },
    });
    const { return_code, expires_at } = expectStatus<{ return_code: string; expires_at: string }>(
      await world.admin.post(`/v1/returns/${asked.id}/approval`, { approved: true }),
      200,
    );
    expect(new Date(expires_at).getTime() - test.clock.now().getTime()).toBe(14 * 86_400_000);
    await cases.pass('P14D');
    const asScanned = return_code.replaceAll('-', '').toLowerCase();
    expect(await cases.received(asScanned)).toMatchObject({
      ...{ status: 'refunded', refunded: usd('38.00') },
      decision: { deductions: [{ kind: 'administration_fee', amount: '2.00' }] },
    });
  });

  it('expires a code right after its last instant; the parcel is recorded, refused and not sold', async () => {
    const parcel = await cases.delivered();
    const { id, return_code } = await cases.approved(parcel, 'quality');
    await cases.pass('P14D');
    expect(await cases.returned(id)).toMatchObject({ status: 'authorised' });
    await cases.pass('PT0.001S');
    expect(await cases.returned(id)).toMatchObject({ status: 'expired' });
    const stock = await new Parcels(test, world).stock('LAMP');
    expect(await cases.received(return_code)).toMatchObject({
      ...{ status: 'expired', refunded: usd('0.00'), inspection: { return_code: 'expired' } },
      decision: { outcome: 'deny', ...clause('return-code', 'receipts/return_code') },
    });
    expect(await new Parcels(test, world).stock('LAMP')).toEqual(stock);
    expect(await cases.refunds()).toEqual([]);
    expectStatus(
      await world.admin.post('/v1/returns/R-00000-00000/receipt', { condition: 'original', unopened: true }),
      404,
    );
  });

  it('keeps a code that was used in time, however long the parcel travels', async () => {
    const parcel = await cases.delivered();
    const asked = await cases.approved(parcel, 'quality');
    const number = cases.number();
    await cases.pass('P13D');
    await cases.sent(asked, number);
    await cases.pass('P9D');
    expect(await cases.received(number)).toMatchObject({ status: 'refunded', refunded: usd('38.00') });
  });

  it('prints the code as a label that a scanner reads', async () => {
    const parcel = await cases.delivered();
    const asked = await cases.ask(parcel, 'quality');
    const path = `/v1/returns/${asked.id}/label.pdf`;
    expect(expectStatus(await cases.merchant.caller.get(path), 409)).toMatchObject({ code: 'return_not_authorised' });
    const approved = expectStatus<{ return_code: string }>(
      await world.admin.post(`/v1/returns/${asked.id}/approval`, { approved: true }),
      200,
    );
    const [label, ...more] = await new Parcels(test, world).paper(cases.merchant.caller, path);
    expect(more).toEqual([]);
    expect(label).toMatchObject({ barcodes: [{ format: 'Code128', text: approved.return_code }] });
    expect([label?.widthMm, label?.heightMm].map((mm) => Math.round(mm ?? 0))).toEqual([100, 150]);
    for (const text of [approved.return_code, 'Newark', parcel.order.reference, '2 x The lamp (LAMP)'])
      expect(label?.text).toContain(text);
    expect(label?.text).not.toContain('Ada Byron');
  });

  it('takes the number of the way back as free text, and knows the parcel by it', async () => {
    const { id } = await cases.ask(await cases.delivered(), 'change_of_mind');
    expectStatus(await world.admin.post(`/v1/returns/${id}/approval`, { approved: true, note: 'Welcome.' }), 200);
    const number = `Rückläufer № 7/${'9'.repeat(70)}`;
    const sent = { courier: 'Fahrrad', tracking_number: number };
    const told = await cases.merchant.caller.post(`/v1/returns/${id}/tracking`, sent);
    expect(expectStatus(told, 200)).toMatchObject({ status: 'in_transit', tracking_number: number });
    const scanned = await world.admin.get(`/v1/scan/${encodeURIComponent(number)}`);
    expect(expectStatus(scanned, 200)).toMatchObject({ kind: 'return', return: { id } });
  });

  it('is refused by a person, with a reason', async () => {
    const parcel = await cases.delivered();
    const { id } = await cases.ask(parcel, 'change_of_mind');
    const refused = await world.admin.post(`/v1/returns/${id}/approval`, { approved: false, note: 'Worn.' });
    expect(expectStatus(refused, 200)).toMatchObject({ status: 'denied', note: 'Worn.', return_code: null });
    expectStatus(
      await cases.merchant.caller.post(`/v1/returns/${id}/tracking`, { courier: 'x', tracking_number: '1' }),
      409,
    );
    expect(await cases.ask(parcel, 'change_of_mind')).toMatchObject({ status: 'requested' });
  });
});

describe('extended-returns', () => {
  it('takes the postage off a change of mind where shipping was free', async () => {
    await new Plans(world).put('free-post', { shipping: '100' });
    const cases = await ReturnStories.under(world, 'extended-returns');
    await new Plans(world).choose(cases.merchant, 'free-post');
    const parcel = await cases.delivered();
    expect(parcel.order).toMatchObject({ shipping_paid: usd('0.00'), total: usd('40.00') });
    await test.clock.advance('P364D'); // a year of nights is no part of the story
    const sent = await cases.sent(await cases.approved(parcel, 'change_of_mind'));
    expect(await cases.received(sent.return_code)).toMatchObject({
      ...{ status: 'refunded', refunded: usd('35.00') },
      decision: { deductions: [{ kind: 'outbound_shipping', amount: '5.00' }] },
    });
  });

  it('lets a parcel that shall come back be claimed while the buyer does not have it', async () => {
    const cases = await ReturnStories.under(world, 'extended-returns');
    const parcel = await cases.shipped();
    expectStatus(await cases.merchant.caller.post(`/v1/orders/${parcel.order.id}/cancellation`), 200);
    await test.settle();
    const claims = new Claims(cases);
    const claim = await claims.open(parcel, { type: 'not_received', preferred_remedy: 'refund' });
    expect(claim).toMatchObject({ status: 'waiting' });
    await cases.told(parcel, 'lost');
    expect(await claims.get(claim.id)).toMatchObject({ status: 'approved', credited: usd('25.00') });
    const returns = expectStatus<{ data: object[] }>(
      await cases.merchant.caller.get(`/v1/returns?order=${parcel.order.id}`),
      200,
    );
    expect(returns.data).toMatchObject([{ asked_by: 'cancellation', status: 'expired' }]);
  });

  it('takes goods back on the last day of a year, with a tracking number', async () => {
    const cases = await ReturnStories.under(world, 'extended-returns');
    const parcel = await cases.delivered();
    await test.clock.advance('P364D'); // a year of nights is no part of the story
    const asked = await cases.approved(parcel, 'change_of_mind');
    const untracked = await cases.received(asked.return_code);
    expect(untracked).toMatchObject({
      status: 'received',
      decision: { outcome: 'needs_evidence', missing_evidence: ['return_tracking'] },
    });
    expect(await cases.sent(asked)).toMatchObject({ status: 'refunded', refunded: usd('40.00') });
    const other = await cases.delivered();
    const sent = await cases.sent(await cases.approved(other, 'wrong_item'));
    expect(await cases.received(sent.return_code)).toMatchObject({ status: 'refunded', refunded: usd(PAID) });
    expect(await cases.decision(other.id)).toMatchObject({
      ...{ kind: 'receipt', outcome: 'refund', credited: usd(PAID) },
    });
  });

  it('pays for what was lost on the way back when the merchant shows that it was sent', async () => {
    const cases = await ReturnStories.under(world, 'extended-returns');
    const parcel = await cases.delivered();
    const sent = await cases.sent(await cases.approved(parcel, 'quality'));
    const show = (token: string | null, kind = 'shipping_receipt', file = JPEG) =>
      test.http
        .post(`/v1/returns/${sent.id}/evidence`)
        .set('Authorization', `Bearer ${token ?? ''}`)
        .field('kind', kind)
        .attach('file', file, 'receipt.jpg');
    const { token } = cases.merchant.caller;
    expect(expectStatus(await show(token, 'photo', Buffer.from('no picture')), 422)).toMatchObject({
      errors: [{ pointer: '/file', code: 'media_type' }],
    });
    expectStatus(await show((await world.merchant()).caller.token), 404);
    const shown = expectStatus<{ evidence: { id: string }[] }>(await show(token), 201);
    expect(shown).toMatchObject({ status: 'in_transit', evidence: [{ kind: 'shipping_receipt', bytes: JPEG.length }] });
    const file = await cases.merchant.caller.get(`/v1/returns/${sent.id}/evidence/${shown.evidence[0]?.id ?? ''}`);
    expect([file.headers['content-type'], file.body]).toEqual(['image/jpeg', JPEG]);
    const lost = await cases.received(sent.return_code, { condition: 'missing', unopened: false });
    expect(lost).toMatchObject({ decision: { outcome: 'review' } });
    const said = { outcome: 'refund', note: 'The carrier lost it.' };
    expect(expectStatus(await world.admin.post(`/v1/returns/${sent.id}/decision`, said), 200)).toMatchObject({
      ...{ status: 'refunded', refunded: usd(PAID) },
    });
    expectStatus(await show(token), 409);
  });

  it('does not pay for what was lost on the way back without proof that it was sent', async () => {
    const cases = await ReturnStories.under(world, 'extended-returns');
    const parcel = await cases.delivered();
    const sent = await cases.sent(await cases.approved(parcel, 'quality'));
    expect(await cases.received(sent.return_code, { condition: 'missing', unopened: false })).toMatchObject({
      ...{ status: 'rejected', refunded: usd('0.00') },
      decision: { outcome: 'deny', ...clause('extended-returns', 'receipts/lost_on_the_way_back') },
    });
  });
});

it('and every decision that was stored follows from its facts', async () => {
  expect(await replayAll(world)).toBeGreaterThan(0);
});
