import { createHash } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { Claims, JPEG } from '../support/claims.ts';
import { replayAll } from '../support/replays.ts';
import { expectStatus, usd, World } from '../support/world.ts';

let test: TestApp;
let world: World;
let cases: Cases;
let claims: Claims;

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
});

afterAll(() => test.close());

/** A lamp costs 20.00 and its postage 5.00; every test has a merchant of its own. */
beforeEach(async () => {
  cases = new Cases(world, await world.merchant('200.00'));
  claims = new Claims(cases);
});

describe('a claim that the parcel did not come', () => {
  it('waits until the 20th day and is then decided by itself, once, with what tracking would have paid', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'in_transit');
    const edge = new Date(test.clock.now().getTime() + 20 * 86_400_000).toISOString();
    const claim = await claims.open(parcel, { type: 'not_received' });
    expect(claim).toMatchObject({
      ...{ status: 'waiting', credited: null, reply_due_at: null, closes_at: null, policy: { id: 'courier-proof' } },
      decision: { outcome: 'wait', next_step: 'wait_for_courier', reconsider_at: edge },
    });
    await cases.pass('P20D');
    expect(await claims.get(claim.id)).toMatchObject({ status: 'waiting' });
    await cases.pass('PT1S');
    expect(await claims.get(claim.id)).toMatchObject({
      status: 'approved',
      credited: usd('25.00'),
      decision: {
        outcome: 'refund',
        clauses: [
          { id: 'courier-proof/claims/not_received' },
          { id: 'courier-proof/claims/not_received/tracking' },
          { id: 'courier-proof/amount/share' },
        ],
      },
    });
    await cases.told(parcel, 'lost');
    expect(await cases.refunds()).toHaveLength(1);
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    expect(expectStatus(await claims.post(parcel, { type: 'lost' }), 409)).toMatchObject({ code: 'settled' });
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });

  it('is denied when tracking says that it was delivered; one appeal goes to a person, whose word stands', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    const claim = await claims.open(parcel, { type: 'not_received' });
    expect(claim).toMatchObject({ status: 'denied', decision: { outcome: 'deny', refund: null } });
    const { caller } = cases.merchant;
    const appealed = await caller.post(`/v1/claims/${claim.id}/appeal`, { text: 'Nobody was at home.' });
    expect(expectStatus(appealed, 200)).toMatchObject({
      ...{ status: 'in_review', messages: [{ from: 'merchant', text: 'Nobody was at home.' }] },
      appealed_at: test.clock.now().toISOString(),
    });
    const ruling = await world.admin.post(`/v1/claims/${claim.id}/decision`, { outcome: 'deny', note: 'Signed for.' });
    expect(expectStatus(ruling, 200)).toMatchObject({ status: 'denied', note: 'Signed for.' });
    const again = await caller.post(`/v1/claims/${claim.id}/appeal`, { text: 'Really?' });
    expect(expectStatus(again, 409)).toMatchObject({ code: 'already_appealed' });
    expect(await cases.refunds()).toEqual([]);
  });
});

describe('a claim that something is missing', () => {
  it('waits for every package of the order, then for its photo, and pays the missing units', async () => {
    const [first, second] = await claims.shippedTwo([
      { sku: 'LAMP', quantity: 3 },
      { sku: 'POWERBANK', quantity: 1 },
    ]);
    await cases.told(first, 'delivered');
    const claim = await claims.open(first, { type: 'short_quantity', items: [{ line: 1, quantity: 1 }] });
    expect(claim).toMatchObject({ status: 'waiting', decision: { next_step: 'all_packages_must_be_delivered' } });
    await cases.pass('P2D');
    await cases.told(second, 'delivered');
    expect(await claims.get(claim.id)).toMatchObject({
      ...{ status: 'needs_evidence', decision: { missing_evidence: ['photo'] } },
      closes_at: new Date(test.clock.now().getTime() + 30 * 86_400_000).toISOString(),
    });
    // 3 lamps and their share of 10.00 shipping over 90.00 of goods: 20.00 + a third of 6.67, the first cent first
    expect(await claims.shown(claim.id)).toMatchObject({
      ...{ status: 'approved', kind: 'photo', media_type: 'image/jpeg', bytes: JPEG.length },
      decision: { outcome: 'refund', refund: usd('22.23') },
    });
    expect(await cases.refunds()).toMatchObject([{ amount: usd('22.23'), cause: { type: 'decision' } }]);
    const timeline = await cases.merchant.caller.get(`/v1/claims/${claim.id}/timeline`);
    const { data } = expectStatus<{ data: { step: string; by: string; cause: string | null }[] }>(timeline, 200);
    expect(data).toMatchObject([
      { step: 'opened', by: 'merchant' },
      { step: 'wait', by: 'policy' },
      { step: 'needs_evidence', by: 'policy' },
      { step: 'evidence', by: 'merchant' },
      { step: 'refund', by: 'policy', amount: usd('22.23') },
    ]);
    const order = await cases.merchant.caller.get(`/v1/orders/${first.order.id}/timeline?limit=100`);
    const told = expectStatus<{ data: { type: string; amount: unknown }[] }>(order, 200).data;
    expect(told.filter(({ type }) => type.startsWith('claim.')).map(({ type }) => type)).toEqual([
      ...['claim.opened', 'claim.decided', 'claim.needs_evidence', 'claim.evidence_added', 'claim.decided'],
    ]);
  });

  it('covers each unit once: what earlier cases settled cannot be claimed again', async () => {
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 2 }]);
    await cases.told(parcel, 'delivered');
    const damaged = { type: 'damaged', items: [{ line: 1, quantity: 1 }] };
    const [one, other] = [await claims.open(parcel, damaged), await claims.open(parcel, damaged)];
    expect(await claims.shown(one.id)).toMatchObject({ status: 'approved' });
    const two = await claims.post(parcel, { type: 'wrong_item', items: [{ line: 1, quantity: 2 }] });
    expect(expectStatus(two, 409)).toMatchObject({
      ...{ code: 'units_already_settled', lines: [{ line: 1, asked: 2, left: 1 }] },
    });
    expect(await claims.shown(other.id)).toMatchObject({ status: 'approved' });
    expect(await cases.refunds()).toHaveLength(2);
    expect(await cases.available()).toBe('200.00');
  });

  it('pays what other cases have left of its units, and its decision says so', async () => {
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 2 }]);
    await cases.told(parcel, 'delivered');
    const damaged = (quantity: number) => claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity }] });
    const [one, both, last] = [await damaged(1), await damaged(2), await damaged(1)];
    const looked = await claims.open(parcel, { type: 'seized', items: [{ line: 1, quantity: 1 }] });
    const rule = ({ id }: { id: string }, body: object) => world.admin.post(`/v1/claims/${id}/decision`, body);
    expectStatus(await rule(one, { outcome: 'refund', amount: usd('10.00'), note: 'A scratch.' }), 200);
    const settledToo = 'courier-proof/amount/units_settled';
    expect(await claims.shown(both.id)).toMatchObject({
      status: 'approved',
      decision: {
        refund: usd('22.50'),
        clauses: expect.arrayContaining([expect.objectContaining({ id: settledToo })]),
      },
    });
    expect(await claims.shown(last.id)).toMatchObject({
      ...{ status: 'approved', decision: { refund: usd('0.00'), clauses: [{ id: settledToo }, {}, {}] } },
    });
    expect(await cases.available()).toBe('187.50');
    const anew = await rule(looked, { outcome: 'reship', note: 'Once more.' });
    expect(expectStatus(anew, 409)).toMatchObject({ code: 'cannot_send_again' });
  });

  it('about lines or units that are not there is refused field by field', async () => {
    const parcel = await cases.shipped();
    const strange = await claims.post(parcel, { type: 'damaged', items: [{ line: 2, quantity: 1 }] });
    expect(expectStatus(strange, 422)).toMatchObject({ errors: [{ pointer: '/items/0/line' }] });
    const many = await claims.post(parcel, { type: 'damaged', items: [{ line: 1, quantity: 2 }] });
    expect(expectStatus(many, 422)).toMatchObject({ errors: [{ pointer: '/items/0/quantity' }] });
    const stranger = (await world.merchant()).caller;
    expectStatus(await stranger.post('/v1/claims', { order: parcel.order.id, type: 'late', items: [] }), 404);
  });
});

describe('a claim that names no package', () => {
  it('is about the one that holds its units; units of several are claimed package by package', async () => {
    const [lamps, power] = await claims.shippedTwo([
      { sku: 'LAMP', quantity: 1 },
      { sku: 'POWERBANK', quantity: 1 },
    ]);
    const body = { order: lamps.order.id, type: 'damaged' };
    const post = (items: object[]) => cases.merchant.caller.post('/v1/claims', { ...body, items });
    const line2 = power.order.packages.find(({ id }) => id !== lamps.id);
    expect(expectStatus(await post([{ line: 2, quantity: 1 }]), 201)).toMatchObject({ package: line2?.id });
    const both = await post([
      { line: 1, quantity: 1 },
      { line: 2, quantity: 1 },
    ]);
    expect(expectStatus(both, 422)).toMatchObject({ errors: [{ pointer: '/package', code: 'required' }] });
  });
});

describe('a claim that says too little', () => {
  const follow = (policy: string) => world.admin.patch(`/v1/merchants/${cases.merchant.id}`, { policy });

  it('says the rest later, and is decided again with each word', async () => {
    expectStatus(await follow('return-code'), 200);
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    const item = { type: 'missing_item', items: [{ line: 1, quantity: 1 }] };
    const claim = await claims.open(parcel, item);
    expect(claim).toMatchObject({
      decision: { missing_evidence: ['photo', 'video', 'description', 'order_label_found'] },
    });
    const more = { description: 'The box was empty.', order_label_found: false };
    const said = await cases.merchant.caller.patch(`/v1/claims/${claim.id}`, more);
    expect(expectStatus(said, 200)).toMatchObject({ ...more, decision: { missing_evidence: ['photo', 'video'] } });
    expect(await claims.shown(claim.id)).toMatchObject({ status: 'approved', decision: { refund: usd('25.00') } });
    const late = await cases.merchant.caller.patch(`/v1/claims/${claim.id}`, { description: 'Or not.' });
    expect(expectStatus(late, 409)).toMatchObject({ code: 'illegal_step' });
  });

  it('may say what ends it', async () => {
    expectStatus(await follow('return-code'), 200);
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    const claim = await claims.open(parcel, { type: 'missing_item', items: [{ line: 1, quantity: 1 }] });
    const said = await cases.merchant.caller.patch(`/v1/claims/${claim.id}`, { order_label_found: true });
    expect(expectStatus(said, 200)).toMatchObject({ status: 'denied' });
  });

  it('of a customs charge names it as money, or as facts do', async () => {
    expectStatus(await follow('extended-returns'), 200);
    const parcel = await cases.shipped();
    const charge = { type: 'customs_charge', charge: usd('7.20') };
    const claim = await claims.open(parcel, charge);
    expect(claim).toMatchObject({ charge: usd('7.20'), decision: { missing_evidence: ['receipt'] } });
    expect(await claims.shown(claim.id, 'receipt')).toMatchObject({ decision: { refund: usd('7.20') } });
    expect(await claims.open(parcel, { ...charge, charge: '3.00' })).toMatchObject({ charge: usd('3.00') });
    const euros = await claims.post(parcel, { ...charge, charge: { amount: '7.20', currency: 'EUR' } });
    expect(expectStatus(euros, 422)).toMatchObject({ errors: [{ pointer: '/charge/currency' }] });
    const words = await claims.post(parcel, { ...charge, charge: 'seven' });
    expect(expectStatus(words, 422)).toMatchObject({ errors: [{ pointer: '/charge' }] });
    // What customs charged is no part of the goods: these can still be claimed, for what is left of what was paid.
    await cases.told(parcel, 'delivered');
    const damaged = { type: 'damaged', items: [{ line: 1, quantity: 1 }], preferred_remedy: 'refund' };
    expect(await claims.open(parcel, damaged)).toMatchObject({ status: 'approved', credited: usd('17.80') });
  });
});

describe('evidence', () => {
  it('is what its bytes say, kept under its hash, and served to those who may see the claim', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    const { id } = await claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity: 1 }] });
    const text = await claims.show(id, 'photo', Buffer.from('<svg onload="alert(1)"/>'));
    expect(expectStatus(text, 422)).toMatchObject({ errors: [{ pointer: '/file', code: 'media_type' }] });
    const video = await claims.show(id, 'video', JPEG);
    expect(expectStatus(video, 422)).toMatchObject({ errors: [{ pointer: '/file' }] });
    const shown = await claims.shown(id);
    const sha256 = createHash('sha256').update(JPEG).digest('hex');
    expect(shown).toMatchObject({ sha256, status: 'approved' });
    expect(await claims.get(id)).toMatchObject({ evidence: [{ id: shown.id, sha256, kind: 'photo' }] });
    const file = await cases.merchant.caller.get(`/v1/claims/${id}/evidence/${shown.id}`);
    expect(file.headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' });
    expect(file.headers['content-disposition']).toContain('attachment');
    expect(Buffer.compare(file.body as Buffer, JPEG)).toBe(0);
    expectStatus(await (await world.merchant()).caller.get(`/v1/claims/${id}/evidence/${shown.id}`), 404);
    const late = await claims.show(id, 'photo');
    expect(expectStatus(late, 409)).toMatchObject({ code: 'illegal_step' });
  });

  it('sent again with its key is the same; another file under the key is refused', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    const { id } = await claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity: 1 }] });
    const first = await claims.show(id, 'photo', JPEG, 'key-1');
    const again = await claims.show(id, 'photo', JPEG, 'key-1');
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(expectStatus(again, 201)).toEqual(expectStatus(first, 201));
    const other = await claims.show(id, 'photo', Buffer.concat([JPEG, Buffer.from([0])]), 'key-1');
    expect(expectStatus(other, 422)).toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('is as large as the order’s policy takes', async () => {
    expectStatus(await world.admin.patch(`/v1/merchants/${cases.merchant.id}`, { policy: 'guaranteed-delivery' }), 200);
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    const { id } = await claims.open(parcel, { type: 'wrong_item', items: [{ line: 1, quantity: 1 }] });
    const large = await claims.show(id, 'photo', Buffer.concat([JPEG, Buffer.alloc(1_048_576)]));
    expect(expectStatus(large, 413)).toMatchObject({ code: 'evidence_too_large', max_bytes: 1_048_576 });
    expect(await claims.get(id)).toMatchObject({ status: 'needs_evidence', evidence: [] });
  });

  it('that comes in another form is refused', async () => {
    const parcel = await cases.shipped();
    const { id } = await claims.open(parcel, { type: 'late' });
    const json = await cases.merchant.caller.post(`/v1/claims/${id}/evidence`);
    expect(expectStatus(json, 415)).toMatchObject({ code: 'unsupported_media_type' });
    const elsewhere = await test.http
      .post('/v1/claims')
      .set('Authorization', `Bearer ${cases.merchant.caller.token ?? ''}`)
      .field('order', parcel.order.id);
    expect(expectStatus(elsewhere, 415)).toMatchObject({ code: 'unsupported_media_type' });
  });
});

it('and every decision that was stored follows from its facts', async () => {
  expect(await replayAll(world)).toBeGreaterThan(0);
});
