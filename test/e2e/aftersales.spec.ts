import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { replayAll } from '../support/replays.ts';
import { expectStatus, SHIP_TO, usd, World } from '../support/world.ts';

let test: TestApp;
let world: World;
let cases: Cases;

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
});

afterAll(() => test.close());

/** A lamp costs 20.00 and its postage 5.00; every test has a merchant of its own. */
beforeEach(async () => {
  cases = new Cases(world, await world.merchant('100.00'));
});

const seen = { unopened: true, original_label: true, condition: 'original' };

describe('a parcel that comes back', () => {
  it('credits the wallet once when the courier says so, however often it says so', async () => {
    const parcel = await cases.shipped();
    expect(await cases.available()).toBe('75.00');
    await cases.told(parcel, 'rto_initiated');
    expect(await cases.decision(parcel.id)).toMatchObject({
      ...{ id: null, outcome: 'wait', next_step: 'wait_for_rto_delivered', refund: null },
      refund_clock: { day: 0, of: 20, paused_by: 'rto' },
    });
    const at = test.clock.now();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => cases.tell(parcel, 'rto_delivered', { at, id: `evt-${i % 7}` })),
    );
    for (const answer of answers) expectStatus(answer, 200);
    await test.settle();
    expect(await cases.available()).toBe('100.00');
    const [refund, ...others] = await cases.refunds();
    expect(others).toEqual([]);
    expect(refund).toMatchObject({ amount: usd('25.00'), cause: { type: 'decision' } });
    const decision = await cases.decision(parcel.id);
    expect(decision).toMatchObject({
      ...{ id: refund?.cause.id, outcome: 'refund', refund: usd('25.00'), credited: usd('25.00'), kind: 'tracking' },
      policy: { id: 'courier-proof', version: 1 },
      clauses: [{ id: 'courier-proof/tracking/rto_delivered' }, { id: 'courier-proof/amount/share' }],
    });
    expect(await cases.package(parcel.id)).toMatchObject({ status: 'rto_delivered', refunded: usd('25.00') });
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
  });

  it('is explained by its facts: the same question gets the same answer again', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'lost');
    const { facts, outcome, refund, clauses } = await cases.decision(parcel.id);
    const again = await cases.merchant.caller.post('/v1/policies/courier-proof/decide', facts);
    expect(expectStatus(again, 200)).toMatchObject({ outcome, refund, clauses });
  });

  it('sound, credits once, whichever of receipt and tracking came first, and returns to stock', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'rto_initiated');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => world.admin.post(`${parcel.path}/receipt`, seen)),
    );
    const taken = answers.filter(({ status }) => status === 200);
    expect(taken).toHaveLength(1);
    expect(taken[0]?.body).toMatchObject({ decision: { outcome: 'refund', refund: usd('25.00') } });
    for (const { status, body } of answers)
      if (status !== 200) expect(body).toMatchObject({ code: 'already_received' });
    await cases.told(parcel, 'rto_delivered');
    expect(await cases.refunds()).toHaveLength(1);
    expect(await cases.available()).toBe('100.00');
    expect(await cases.package(parcel.id)).toMatchObject({ status: 'rto_delivered' });
  });

  it('opened, waits for a person, until the courier says that it brought it back', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'rto_initiated');
    const receipt = await world.admin.post(`${parcel.path}/receipt`, { ...seen, unopened: false });
    expect(expectStatus(receipt, 200)).toMatchObject({ decision: { outcome: 'review', refund: null } });
    await test.settle();
    expect(await cases.package(parcel.id)).toMatchObject({ status: 'rto_delivered', refunded: usd('0.00') });
    expect(await cases.decision(parcel.id)).toMatchObject({ outcome: 'review', kind: 'receipt' });
    expect(await cases.available()).toBe('75.00');
    await cases.told(parcel, 'rto_delivered');
    expect(await cases.available()).toBe('100.00');
    expect(await cases.decision(parcel.id)).toMatchObject({ outcome: 'refund', kind: 'tracking' });
  });

  it('after it was delivered, without being asked for, is recorded and not paid', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    const receipt = expectStatus(await world.admin.post(`${parcel.path}/receipt`, seen), 200);
    expect(receipt).toMatchObject({
      status: 'delivered',
      decision: { outcome: 'deny', next_step: 'own_store_policy' },
    });
    expect(await cases.refunds()).toEqual([]);
  });
});

describe('everything at the same time', () => {
  it('on one package, in any order, is one credit, and the books agree', async () => {
    const parcel = await cases.shipped();
    const from = test.clock.now().getTime();
    const words = [
      'in_transit',
      'out_for_delivery',
      'attempt_failed',
      'rto_initiated',
      'rto_in_transit',
      'rto_delivered',
    ];
    const messages = Array.from({ length: 18 }, (_, i) => ({
      word: words[(i * 5) % 6] ?? '',
      hour: (i * 5) % 6,
      id: `m-${i % 6}`,
    }));
    const answers = await Promise.all([
      ...messages.map(({ word, hour, id }) => cases.tell(parcel, word, { at: new Date(from + hour * 3_600_000), id })),
      world.admin.post(`${parcel.path}/receipt`, seen),
      cases.merchant.caller.post(`/v1/orders/${parcel.order.id}/cancellation`),
      world.admin.post(`${parcel.path}/receipt`, { ...seen, unopened: false }),
    ]);
    for (const { status, text } of answers) expect(`${[200, 409].includes(status)} ${text}`).toMatch(/^true/);
    await test.settle();
    expect(await cases.refunds()).toHaveLength(1);
    expect(await cases.available()).toBe('100.00');
    expect(await cases.package(parcel.id)).toMatchObject({ status: 'rto_delivered', refunded: usd('25.00') });
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });
});

describe('a parcel that does not come', () => {
  it('is refunded strictly after the 20th day, once, and says so before', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'in_transit');
    const handedOver = test.clock.now();
    await cases.pass('P14D');
    const edge = new Date(handedOver.getTime() + 20 * 86_400_000).toISOString();
    expect(await cases.decision(parcel.id)).toMatchObject({
      ...{ outcome: 'wait', reconsider_at: edge },
      refund_clock: { day: 14, of: 20, refund_at: edge, basis: '20 calendar days from hand-over', paused_by: null },
    });
    await cases.pass('P6D');
    expect(await cases.available()).toBe('75.00');
    await cases.pass('PT1S');
    expect(await cases.available()).toBe('100.00');
    expect(await cases.decision(parcel.id)).toMatchObject({
      outcome: 'refund',
      clauses: [{ id: 'courier-proof/tracking/late' }, { id: 'courier-proof/amount/share' }],
    });
    await cases.told(parcel, 'lost');
    expect(await cases.refunds()).toHaveLength(1);
  });

  it('on its way back is not late', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'rto_initiated');
    await cases.pass('P25D');
    expect(await cases.refunds()).toEqual([]);
  });

  it('delivered, is settled when nothing can be claimed any more, and so is its order', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'completed' });
    await cases.pass('P30D');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'completed' });
    await cases.pass('PT1S');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    expect((await cases.package(parcel.id))['settled_at']).not.toBeNull();
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });
});

describe('a cancellation', () => {
  it('of what is not picked yet is refunded at once, its stock free again', async () => {
    const order = await cases.place([
      { sku: 'LAMP', quantity: 2 },
      { sku: 'POWERBANK', quantity: 1 },
    ]);
    expect(order.packages).toHaveLength(2);
    const answer = await cases.merchant.caller.post(`/v1/orders/${order.id}/cancellation`, {
      reason: 'no longer wanted',
    });
    const { decisions, order: after } = expectStatus<{ decisions: object[]; order: object }>(answer, 200);
    expect(decisions).toHaveLength(2);
    for (const one of decisions) expect(one).toMatchObject({ decision: { outcome: 'refund' } });
    expect(after).toMatchObject({ status: 'cancelled', packages: [{ status: 'cancelled' }, { status: 'cancelled' }] });
    expect(await cases.available()).toBe('100.00');
    await test.settle();
    const again = await cases.merchant.caller.post(`/v1/orders/${order.id}/cancellation`);
    expect(expectStatus(again, 200)).toMatchObject({ decisions: [{ decision: { refund: usd('0.00') } }, {}] });
    expect(await cases.refunds()).toHaveLength(2);
  });

  it('of one package leaves the others alone', async () => {
    const order = await cases.place([
      { sku: 'LAMP', quantity: 1 },
      { sku: 'POWERBANK', quantity: 1 },
    ]);
    const [first] = order.packages;
    const answer = await cases.merchant.caller.post(`/v1/orders/${order.id}/cancellation`, { packages: [first?.id] });
    expect(expectStatus(answer, 200)).toMatchObject({ decisions: [{ package: first?.id }], order: { status: 'paid' } });
  });

  it('of what is being picked asks the warehouse, and its answer decides', async () => {
    const order = await cases.place();
    const path = `/v1/packages/${order.packages[0]?.id ?? ''}`;
    expectStatus(await world.admin.post(`${path}/pick`), 200);
    const answer = await cases.merchant.caller.post(`/v1/orders/${order.id}/cancellation`);
    expect(expectStatus(answer, 200)).toMatchObject({
      decisions: [{ decision: { outcome: 'intercept', refund: null } }],
      order: { packages: [{ interception: { status: 'requested' } }] },
    });
    expect(expectStatus(await cases.merchant.caller.get(`${path}/decision`), 200)).toMatchObject({
      outcome: 'intercept',
    });
    const stopped = await world.admin.post(`${path}/interception`, { stopped: true });
    expect(expectStatus(stopped, 200)).toMatchObject({
      ...{ status: 'cancelled', interception: { status: 'stopped' } },
      decision: { outcome: 'refund', refund: usd('25.00') },
    });
    expect(await cases.available()).toBe('100.00');
    await test.settle();
    expect(await cases.refunds()).toHaveLength(1);
    expect(await cases.order(order.id)).toMatchObject({ status: 'cancelled' });
  });

  it('of what leaves before the answer is denied by the scan', async () => {
    const order = await cases.place();
    const id = order.packages[0]?.id ?? '';
    const path = `/v1/packages/${id}`;
    expectStatus(await world.admin.post(`${path}/pick`), 200);
    expectStatus(await cases.merchant.caller.post(`/v1/orders/${order.id}/cancellation`), 200);
    expectStatus(await world.admin.post(`${path}/pack`, { scans: [{ sku: 'LAMP', quantity: 1 }], weight_g: 900 }), 200);
    const label = { courier: 'ups', service: 'ground', tracking_number: cases.number() };
    expectStatus(await world.admin.post(`${path}/label`, label), 200);
    expectStatus(await world.admin.post(`${path}/hand-over`), 200);
    await test.settle();
    expect(await cases.package(id)).toMatchObject({ status: 'handed_over', interception: { status: 'left' } });
    const timeline = await cases.merchant.caller.get(`/v1/orders/${order.id}/timeline?limit=100`);
    expect(timeline.text).toContain('the cancellation came too late');
    expect(timeline.text).toContain('Decided about the cancellation: deny');
    expect(await cases.refunds()).toEqual([]);
  });

  it('after hand-over is denied with what can still be done', async () => {
    const parcel = await cases.shipped();
    const answer = await cases.merchant.caller.post(`/v1/orders/${parcel.order.id}/cancellation`);
    expect(expectStatus(answer, 200)).toMatchObject({
      decisions: [{ decision: { outcome: 'deny', next_step: 'ask_buyer_to_refuse_delivery', refund: null } }],
      order: { status: 'shipped' },
    });
  });

  it.each([
    ['hand_over', (id: string) => world.admin.post(`/v1/packages/${id}/hand-over`)],
    ['manifest', (id: string) => world.admin.post('/v1/manifests', { courier: 'ups', packages: [id] })],
    ['courier', (_: string, event: object) => world.admin.post('/v1/tracking/events', { events: [event] })],
  ])('names the scan that came first and its time: %s', async (scan, leave) => {
    const order = await cases.place();
    const [id = '', at] = [order.packages[0]?.id, test.clock.now().toISOString()];
    const asked = async () =>
      expectStatus<{ decisions: object[] }>(
        await cases.merchant.caller.post(`/v1/orders/${order.id}/cancellation`),
        200,
      ).decisions;
    const label = { courier: 'ups', service: 'ground', tracking_number: cases.number() };
    expectStatus(await world.admin.post(`/v1/packages/${id}/pick`), 200);
    const scans = [{ sku: 'LAMP', quantity: 1 }];
    expectStatus(await world.admin.post(`/v1/packages/${id}/pack`, { scans, weight_g: 900 }), 200);
    expectStatus(await world.admin.post(`/v1/packages/${id}/label`, label), 200);
    expect(await asked()).toMatchObject([{ package: id, decision: { outcome: 'intercept' }, handed_over: null }]);
    const { tracking_number } = label;
    const left = await leave(id, { courier: 'ups', tracking_number, status: 'accepted', occurred_at: at });
    expect(left.status).toBeLessThan(300);
    await test.settle();
    const [decision] = await asked();
    expect(decision).toMatchObject({ package: id, decision: { outcome: 'deny' }, handed_over: { scan, at } });
  });

  it('of an order that waits for money moves none', async () => {
    const poor = new Cases(world, await world.merchant());
    const order = await poor.place();
    expect(order.status).toBe('awaiting_funds');
    const answer = await poor.merchant.caller.post(`/v1/orders/${order.id}/cancellation`);
    expect(expectStatus(answer, 200)).toMatchObject({
      decisions: [{ decision: { outcome: 'refund', refund: usd('0.00') } }],
      order: { status: 'cancelled' },
    });
    expect(await poor.refunds()).toEqual([]);
    expect(await poor.decision(order.packages[0]?.id ?? '')).toMatchObject({ kind: 'cancellation', outcome: 'refund' });
  });

  it('of a package of an order that waits for money lowers what it takes, and gives nothing back', async () => {
    const poor = new Cases(world, await world.merchant());
    const order = await poor.place([
      { sku: 'LAMP', quantity: 1 },
      { sku: 'POWERBANK', quantity: 1 },
    ]);
    expect(order).toMatchObject({ status: 'awaiting_funds', total: usd('60.00') });
    const parcels = await Promise.all(order.packages.map(({ id }) => poor.package(id)));
    const lamp = parcels.find(({ items }) => (items as { sku: string }[])[0]?.sku === 'LAMP')?.['id'];
    const ended = await poor.merchant.caller.post(`/v1/orders/${order.id}/cancellation`, { packages: [lamp] });
    expect(expectStatus(ended, 200)).toMatchObject({ order: { status: 'awaiting_funds' } });
    // 30.00 and its share of 10.00 shipping, by 20.00 to 30.00
    await world.topUp(poor.merchant, '36.00');
    await test.settle();
    expect(await poor.order(order.id)).toMatchObject({ status: 'paid' });
    expect(await poor.available()).toBe('0.00');
    const again = await poor.merchant.caller.post(`/v1/orders/${order.id}/cancellation`, { packages: [lamp] });
    expect(again.text).not.toContain('24.00');
    expect(await poor.refunds()).toEqual([]);
    expectStatus(await poor.merchant.caller.post(`/v1/orders/${order.id}/cancellation`), 200);
    await test.settle();
    expect(await poor.order(order.id)).toMatchObject({ status: 'cancelled' });
    expect(await poor.refunds()).toMatchObject([{ amount: usd('36.00') }]);
    expect(await poor.available()).toBe('36.00');
    expectStatus(await world.admin.get('/v1/ledger/verification'), 200);
  });

  it('against a hand-over at the same moment: one of them happens', async () => {
    const order = await cases.place();
    const path = `/v1/packages/${order.packages[0]?.id ?? ''}`;
    expectStatus(await world.admin.post(`${path}/pick`), 200);
    expectStatus(await world.admin.post(`${path}/pack`, { scans: [{ sku: 'LAMP', quantity: 1 }], weight_g: 900 }), 200);
    const label = { courier: 'ups', service: 'ground', tracking_number: cases.number() };
    expectStatus(await world.admin.post(`${path}/label`, label), 200);
    expectStatus(await cases.merchant.caller.post(`/v1/orders/${order.id}/cancellation`), 200);
    const [stop, leave] = await Promise.all([
      world.admin.post(`${path}/interception`, { stopped: true }),
      world.admin.post(`${path}/hand-over`),
    ]);
    expect([stop.status, leave.status].sort()).toEqual([200, 409]);
    await test.settle();
    expect(await cases.available()).toBe(stop.status === 200 ? '100.00' : '75.00');
  });
});

describe('another address', () => {
  const elsewhere = { ...SHIP_TO, line1: '1 Difference Lane', city: 'Peoria', postal_code: '61602' };

  it('is taken at once until the label is printed', async () => {
    const order = await cases.place();
    const answer = await cases.merchant.caller.patch(`/v1/orders/${order.id}`, { ship_to: elsewhere });
    expect(expectStatus(answer, 200)).toMatchObject({
      ship_to: { city: 'Peoria' },
      decisions: [{ decision: { outcome: 'accept' } }],
    });
  });

  it('after the label waits for the warehouse to stop the package', async () => {
    const order = await cases.place();
    const path = `/v1/packages/${order.packages[0]?.id ?? ''}`;
    expectStatus(await world.admin.post(`${path}/pick`), 200);
    expectStatus(await world.admin.post(`${path}/pack`, { scans: [{ sku: 'LAMP', quantity: 1 }], weight_g: 900 }), 200);
    const label = { courier: 'ups', service: 'ground', tracking_number: cases.number() };
    expectStatus(await world.admin.post(`${path}/label`, label), 200);
    const answer = await cases.merchant.caller.patch(`/v1/orders/${order.id}`, { ship_to: elsewhere });
    expect(expectStatus(answer, 200)).toMatchObject({
      ship_to: { city: 'Springfield' },
      decisions: [{ decision: { outcome: 'intercept' } }],
    });
    const stopped = await world.admin.post(`${path}/interception`, { stopped: true });
    expect(expectStatus(stopped, 200)).toMatchObject({
      ...{ status: 'packed', tracking_number: null },
      decision: { outcome: 'accept', clauses: [{ id: 'courier-proof/address_change/stopped' }] },
    });
    expect(await cases.order(order.id)).toMatchObject({ ship_to: { city: 'Peoria' }, status: 'in_fulfilment' });
  });

  it('after hand-over is refused, and says why', async () => {
    const parcel = await cases.shipped();
    const answer = await cases.merchant.caller.patch(`/v1/orders/${parcel.order.id}`, { ship_to: elsewhere });
    expect(expectStatus(answer, 409)).toMatchObject({
      code: 'address_change_denied',
      decisions: [
        {
          ...{ package: parcel.id, handed_over: { scan: 'hand_over' } },
          decision: { clauses: [{ id: 'courier-proof/address_change/after_dispatch' }] },
        },
      ],
    });
  });

  it('that no courier can read is refused where it is wrong', async () => {
    const order = await cases.place();
    const wrong = { ship_to: { ...elsewhere, postal_code: 'ABC' } };
    const answer = await cases.merchant.caller.patch(`/v1/orders/${order.id}`, wrong);
    expect(expectStatus(answer, 422)).toMatchObject({ errors: [{ pointer: '/ship_to/postal_code' }] });
  });

  it('in another country is refused: shipping was paid for this one', async () => {
    const order = await cases.place();
    const answer = await cases.merchant.caller.patch(`/v1/orders/${order.id}`, {
      ship_to: { ...elsewhere, country: 'CA' },
    });
    expect(expectStatus(answer, 422)).toMatchObject({ errors: [{ pointer: '/ship_to/country' }] });
  });
});

describe('the policy of an order', () => {
  const follow = async (of: Cases, policy: string): Promise<void> => {
    expectStatus(await world.admin.patch(`/v1/merchants/${of.merchant.id}`, { policy }), 200);
  };

  it('is the one in force when it was placed, whatever comes later', async () => {
    await follow(cases, 'guaranteed-delivery');
    const order = await cases.place();
    await follow(cases, 'courier-proof');
    expect(order).toMatchObject({ policy: { id: 'guaranteed-delivery', version: 1 } });
    expectStatus(await world.admin.post(`/v1/packages/${order.packages[0]?.id ?? ''}/pick`), 200);
    const answer = await cases.merchant.caller.post(`/v1/orders/${order.id}/cancellation`);
    expect(expectStatus(answer, 200)).toMatchObject({
      decisions: [
        { decision: { outcome: 'refund', clauses: [{ id: 'guaranteed-delivery/cancellation/at_once' }, {}] } },
      ],
    });
  });

  it('that always stops packages first does not wait for the warehouse where nothing is paid yet', async () => {
    const poor = new Cases(world, await world.merchant());
    await follow(poor, 'retail-standard');
    const order = await poor.place();
    const answer = await poor.merchant.caller.post(`/v1/orders/${order.id}/cancellation`);
    expect(expectStatus(answer, 200)).toMatchObject({
      decisions: [{ decision: { outcome: 'refund', refund: usd('0.00') } }],
      order: { status: 'cancelled' },
    });
  });
});

describe("another merchant's ids", () => {
  it('answer as unknown ones do, and the warehouse alone answers for packages', async () => {
    const parcel = await cases.shipped();
    const stranger = (await world.merchant()).caller;
    expectStatus(await stranger.get(`${parcel.path}/decision`), 404);
    expectStatus(await stranger.post(`/v1/orders/${parcel.order.id}/cancellation`), 404);
    expectStatus(await stranger.patch(`/v1/orders/${parcel.order.id}`, { ship_to: SHIP_TO }), 404);
    expectStatus(await cases.merchant.caller.post(`${parcel.path}/receipt`, seen), 403);
    expectStatus(await cases.merchant.caller.post(`${parcel.path}/interception`, { stopped: true }), 403);
    const other = await cases.place();
    const foreign = { packages: [parcel.id] };
    expectStatus(await cases.merchant.caller.post(`/v1/orders/${other.id}/cancellation`, foreign), 404);
  });
});

it('and every decision that was stored follows from its facts', async () => {
  expect(await replayAll(world)).toBeGreaterThan(0);
});
