import { rows } from '../../src/database/sql.ts';
import { courierProof } from '../../src/policies/presets/courier-proof.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { ReturnStories } from '../support/returns.ts';
import { expectStatus, usd, World } from '../support/world.ts';

interface Notice {
  kind: string;
  package: string;
  text: string;
}

let test: TestApp;
let world: World;
let cases: Cases;

beforeAll(async () => {
  test = await startApp();
  for (const what of ['take_back', 'review'] as const) {
    const id = `proof-${what.replace('_', '-')}`;
    const terms = { ...courierProof, id, settlement: { ...courierProof.settlement, delivered_after_refund: what } };
    await rows(test.db, `INSERT INTO policy_version (policy_id, version, terms, published_at) VALUES ($1, 1, $2, $3)`, [
      id,
      JSON.stringify(terms),
      test.clock.now(),
    ]);
  }
  world = await World.open(test);
  await world.catalogue();
});

afterAll(() => test.close());

beforeEach(async () => {
  cases = new Cases(world, await world.merchant('100.00'));
});

const noticesOf = async (packageId: string): Promise<Notice[]> => {
  const { data } = expectStatus<{ data: Notice[] }>(await world.admin.get('/v1/notices?limit=100'), 200);
  return data.filter((notice) => notice.package === packageId).reverse();
};

const told = async (orderId: string): Promise<string[]> => {
  const path = `/v1/orders/${orderId}/timeline?limit=100`;
  return expectStatus<{ data: { type: string }[] }>(await cases.merchant.caller.get(path), 200).data.map((e) => e.type);
};

describe('a parcel without a first scan', () => {
  it('is warned of once, strictly after 72 hours', async () => {
    const parcel = await cases.shipped();
    await cases.pass('PT72H');
    expect(await noticesOf(parcel.id)).toEqual([]);
    await cases.pass('PT1S');
    await cases.pass('P5D');
    expect(await noticesOf(parcel.id)).toMatchObject([{ kind: 'first_scan_missing', role: 'support' }]);
    expect((await told(parcel.order.id)).filter((t) => t === 'package.first_scan_missing')).toHaveLength(1);
  });

  it('is not warned of when the courier has it, though it says no more', async () => {
    const [moved, accepted] = [await cases.shipped(), await cases.shipped()];
    await cases.told(moved, 'in_transit');
    await cases.told(accepted, 'accepted');
    await cases.pass('P5D');
    expect([...(await noticesOf(moved.id)), ...(await noticesOf(accepted.id))]).toEqual([]);
  });

  it('announced by the courier and not seen, is', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'label_created');
    await cases.pass('P4D');
    expect(await noticesOf(parcel.id)).toMatchObject([{ kind: 'first_scan_missing' }]);
  });
});

describe('a courier that falls silent', () => {
  it('is noticed once, a week after its newest word, and tells no merchant', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'in_transit');
    await cases.pass('P6D');
    await cases.told(parcel, 'exception');
    await cases.pass('P7D');
    expect(await noticesOf(parcel.id)).toEqual([]);
    await cases.pass('PT1S');
    expect(await noticesOf(parcel.id)).toMatchObject([
      { kind: 'silent', text: expect.stringMatching(/for 7 days/) as string },
    ]);
    await cases.told(parcel, 'in_transit');
    await cases.pass('P8D');
    expect(await noticesOf(parcel.id)).toHaveLength(1);
    expect(await cases.refunds()).toHaveLength(1); // past the late limit, by the policy alone
  });

  it('is not noticed of a parcel that waits at a counter, or has arrived', async () => {
    const [waiting, arrived] = [await cases.shipped(), await cases.shipped()];
    for (const parcel of [waiting, arrived]) await cases.told(parcel, 'in_transit');
    await cases.told(waiting, 'available_for_pickup');
    await cases.told(arrived, 'delivered');
    await cases.pass('P15D');
    expect([...(await noticesOf(waiting.id)), ...(await noticesOf(arrived.id))]).toEqual([]);
  });
});

describe('an RTO that does not arrive', () => {
  it('alerts once, 30 days after it was begun, and is paid by nothing but its arrival', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'rto_initiated');
    await cases.pass('P20D');
    await cases.told(parcel, 'rto_in_transit');
    await cases.pass('P10D');
    expect(await noticesOf(parcel.id)).toEqual([]);
    await cases.pass('PT1S');
    await cases.pass('P60D');
    expect(await noticesOf(parcel.id)).toMatchObject([{ kind: 'rto_overdue' }]);
    expect((await told(parcel.order.id)).filter((t) => t === 'package.rto_overdue')).toHaveLength(1);
    expect(await cases.refunds()).toEqual([]);
    await cases.told(parcel, 'rto_delivered');
    expect(await cases.refunds()).toHaveLength(1);
  });

  it('alerts, too, where the courier never said that it began', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'rto_in_transit');
    await cases.told(parcel, 'rto_initiated');
    expect((await told(parcel.order.id)).filter((t) => t.startsWith('package.rto'))).toEqual(['package.rto_initiated']);
    await cases.pass('P30D');
    await cases.pass('PT1S');
    expect(await noticesOf(parcel.id)).toMatchObject([{ kind: 'rto_overdue' }]);
  });

  it('does not alert when it has arrived', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'rto_initiated');
    await cases.told(parcel, 'rto_delivered');
    await cases.pass('P31D');
    expect(await noticesOf(parcel.id)).toEqual([]);
  });
});

describe('refunded, then delivered', () => {
  const ofMoney = async (packageId: string): Promise<Notice[]> =>
    (await noticesOf(packageId)).filter(({ kind }) => kind !== 'silent');
  const late = async (of: Cases): Promise<Awaited<ReturnType<Cases['shipped']>>> => {
    const parcel = await of.shipped();
    await of.told(parcel, 'in_transit');
    await of.pass('P20D');
    await of.pass('PT1S');
    expect(await of.available()).toBe('100.00');
    return parcel;
  };

  it('is kept, with one notice to finance', async () => {
    const parcel = await late(cases);
    await cases.told(parcel, 'delivered');
    await cases.told(parcel, 'delivered');
    expect(await ofMoney(parcel.id)).toMatchObject([
      {
        kind: 'delivered_after_refund',
        role: 'finance',
        text: 'Delivered after 25.00 USD were refunded: the merchant keeps it.',
      },
    ]);
    await cases.pass('P30D');
    expect(await cases.available()).toBe('100.00');
  });

  it('is taken back after notice, once, and as soon as the money is there', async () => {
    const poor = await ReturnStories.under(world, 'proof-take-back', '100.00');
    const parcel = await late(poor);
    await poor.told(parcel, 'delivered');
    await poor.pass('P6D');
    expect(await poor.available()).toBe('100.00');
    for (let i = 0; i < 4; i += 1) await poor.place();
    expect(await poor.available()).toBe('0.00');
    await poor.pass('P1D');
    expect(await ofMoney(parcel.id)).toMatchObject([{ kind: 'delivered_after_refund' }]);
    await world.topUp(poor.merchant, '30.00');
    await poor.pass('P1D');
    expect(await poor.available()).toBe('5.00');
    await poor.pass('P5D');
    expect(await poor.available()).toBe('5.00');
    expect(await ofMoney(parcel.id)).toMatchObject([{ kind: 'delivered_after_refund' }, { kind: 'taken_back' }]);
    const [taken] = expectStatus<{ data: object[] }>(
      await poor.merchant.caller.get('/v1/wallet/transactions?type=adjustment'),
      200,
    ).data;
    expect(taken).toMatchObject({ amount: usd('-25.00'), cause: { type: 'package', id: parcel.id } });
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });

  it('is left to a person where the policy says so', async () => {
    const looked = await ReturnStories.under(world, 'proof-review', '100.00');
    const parcel = await late(looked);
    await looked.told(parcel, 'delivered');
    expect(await ofMoney(parcel.id)).toMatchObject([{ kind: 'delivered_after_refund', role: 'support' }]);
    await looked.pass('P30D');
    expect(await looked.available()).toBe('100.00');
    const list = await world.admin.get('/v1/reviews?kind=delivered_after_refund');
    expect(expectStatus(list, 200)).toMatchObject({ data: [{ subject: parcel.id }] });
    const path = `/v1/packages/${parcel.id}/decision`;
    expectStatus(await world.admin.post(path, { outcome: 'refund', note: 'Again?' }), 422);
    expectStatus(await world.admin.post(path, { outcome: 'deny', note: 'The buyer has it.' }), 200);
    await looked.pass('P6D');
    expect(await looked.available()).toBe('100.00'); // the notice is still running
    await looked.pass('P2D');
    expect(await looked.available()).toBe('75.00');
  });
});

describe('stopped and refunded, then delivered', () => {
  /** Labelled, cancelled, stopped in the warehouse; and the courier delivers it all the same. */
  const stray = async (of: Cases): Promise<{ orderId: string; id: string }> => {
    const order = await of.place();
    const [parcel] = order.packages;
    const id = parcel?.id ?? '';
    const path = `/v1/packages/${id}`;
    const trackingNumber = of.number();
    await world.label(id, trackingNumber);
    expectStatus(await of.merchant.caller.post(`/v1/orders/${order.id}/cancellation`), 200);
    expectStatus(await world.admin.post(`${path}/interception`, { stopped: true }), 200);
    expect(await of.available()).toBe('100.00');
    const gone = { order, id, path, trackingNumber };
    await of.told(gone, 'in_transit');
    expect(await noticesOf(id)).toEqual([]);
    await of.told(gone, 'delivered');
    await of.told(gone, 'delivered');
    expect(await of.package(id)).toMatchObject({ status: 'cancelled', courier_status: 'delivered' });
    return { orderId: order.id, id };
  };

  it('is kept, with one notice to finance', async () => {
    const { orderId, id } = await stray(cases);
    const text = 'Delivered after 25.00 USD were refunded: the merchant keeps it.';
    expect(await noticesOf(id)).toMatchObject([{ kind: 'delivered_after_refund', role: 'finance', text }]);
    const steps = (await told(orderId)).filter((type) => type.includes('deliver') || type.includes('transit'));
    expect(steps.sort()).toEqual(['package.delivered_after_refund', 'package.delivered_though_cancelled']);
    await cases.pass('P8D');
    expect(await cases.available()).toBe('100.00');
  });

  it('is taken back after notice where the policy says so', async () => {
    const story = await ReturnStories.under(world, 'proof-take-back', '100.00');
    const { id } = await stray(story);
    await story.pass('P6D');
    expect(await story.available()).toBe('100.00');
    await story.pass('P2D');
    expect(await story.available()).toBe('75.00');
    expect(await noticesOf(id)).toMatchObject([{ kind: 'delivered_after_refund' }, { kind: 'taken_back' }]);
  });

  it('is left to a person where the policy says so', async () => {
    const story = await ReturnStories.under(world, 'proof-review', '100.00');
    const { id } = await stray(story);
    expect(await noticesOf(id)).toMatchObject([{ kind: 'delivered_after_refund', role: 'support' }]);
    const verdict = { outcome: 'deny', note: 'The buyer has it.' };
    expectStatus(await world.admin.post(`/v1/packages/${id}/decision`, verdict), 200);
    await story.pass('P8D');
    expect(await story.available()).toBe('75.00');
  });
});

describe('notices', () => {
  it('are for staff, by kind and by whom they concern', async () => {
    expectStatus(await cases.merchant.caller.get('/v1/notices'), 403);
    const { data } = expectStatus<{ data: { kind: string; role: string }[] }>(
      await world.admin.get('/v1/notices?kind=taken_back&role=finance'),
      200,
    );
    expect([...new Set(data.map(({ kind, role }) => `${kind} ${role}`))]).toEqual(['taken_back finance']);
    expectStatus(await world.admin.get('/v1/notices?kind=nothing'), 422);
  });
});
