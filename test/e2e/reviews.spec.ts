import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { Claims } from '../support/claims.ts';
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

interface Waits {
  kind: string;
  subject: string;
  answer: string;
  since: string;
}

/** What of this test's merchant waits for a person. */
const waiting = async (query = ''): Promise<Waits[]> => {
  const { data } = expectStatus<{ data: (Waits & { merchant: string })[] }>(
    await world.admin.get(`/v1/reviews?limit=100${query}`),
    200,
  );
  return data.filter(({ merchant }) => merchant === cases.merchant.id);
};

const decide = (path: string, body: object) => world.admin.post(`${path}/decision`, body);

describe('what the policy leaves to a person', () => {
  it('is a parcel that came back opened: the person pays what it is worth, and it is settled', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'rto_initiated');
    expect(expectStatus(await decide(parcel.path, { outcome: 'refund', note: 'Too early.' }), 409)).toMatchObject({
      code: 'nothing_to_decide',
    });
    const seen = { unopened: false, original_label: true, condition: 'used' };
    expectStatus(await world.admin.post(`${parcel.path}/receipt`, seen), 200);
    await test.settle();
    expect(await waiting()).toMatchObject([
      {
        kind: 'receipt',
        subject: parcel.id,
        answer: `POST ${parcel.path}/decision`,
        why: expect.any(String) as string,
      },
    ]);
    const much = await decide(parcel.path, { outcome: 'refund', amount: usd('25.01'), note: 'Too much.' });
    expect(expectStatus(much, 422)).toMatchObject({ code: 'more_than_paid', left: usd('25.00') });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        decide(parcel.path, { outcome: 'refund', amount: usd('15.00'), note: 'Scratched.' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(await cases.decision(parcel.id)).toMatchObject({
      ...{ outcome: 'refund', refund: usd('15.00'), credited: usd('15.00'), kind: 'receipt' },
      ...{ note: 'Scratched.', clauses: [await cases.pagesClause(parcel.order, 'operator/person')] },
    });
    expect(await waiting()).toEqual([]);
    expect(await cases.available()).toBe('90.00');
    await test.settle();
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    const timeline = await cases.merchant.caller.get(`/v1/orders/${parcel.order.id}/timeline?limit=100`);
    const told = expectStatus<{ data: { by: string; text: string }[] }>(timeline, 200).data;
    expect(told.map(({ by, text }) => `${by}: ${text}`)).toEqual(
      expect.arrayContaining([
        'staff: The warehouse received it back: used, opened.',
        'staff: Back at the warehouse, as it received it.',
        'policy: Decided about the parcel that came back: review.',
        'staff: Decided about the parcel that came back: refund 15.00 USD.',
      ]),
    );
    expectStatus(await cases.merchant.caller.post(`${parcel.path}/decision`, { outcome: 'refund', note: 'Me!' }), 403);
  });

  it('is a delivery that the courier contradicts: denied, it is settled when its window is over', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    await cases.pass('PT1H');
    await cases.told(parcel, 'rto_initiated');
    expect(await cases.decision(parcel.id)).toMatchObject({
      outcome: 'review',
      clauses: [{ id: 'courier-proof/tracking/disputed' }],
    });
    await cases.pass('P31D');
    expect(await cases.package(parcel.id)).toMatchObject({ disputed: true, settled_at: null });
    const wrong = await decide(parcel.path, { outcome: 'accept', note: 'What?' });
    expect(expectStatus(wrong, 422)).toMatchObject({ errors: [{ pointer: '/outcome' }] });
    const denied = await decide(parcel.path, { outcome: 'deny', note: 'Signed by the buyer.' });
    expect(expectStatus(denied, 200)).toMatchObject({ outcome: 'deny', credited: usd('0.00') });
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    expect(await cases.refunds()).toEqual([]);
  });

  it('is such a parcel again, when it is back in the warehouse after the answer', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    await cases.pass('PT1H');
    await cases.told(parcel, 'rto_initiated');
    expectStatus(await decide(parcel.path, { outcome: 'deny', note: 'Signed by the buyer.' }), 200);
    expect(await waiting()).toEqual([]);
    const seen = { unopened: true, original_label: true, condition: 'original' };
    expectStatus(await world.admin.post(`${parcel.path}/receipt`, seen), 200);
    await test.settle();
    expect(await waiting()).toMatchObject([{ kind: 'receipt', subject: parcel.id }]);
    expectStatus(await decide(parcel.path, { outcome: 'refund', note: 'It is back.' }), 200);
    expect(await cases.available()).toBe('100.00');
  });

  it('is an address that comes late where the policy lets a person say', async () => {
    expectStatus(await world.admin.patch(`/v1/merchants/${cases.merchant.id}`, { policy: 'guaranteed-delivery' }), 200);
    const elsewhere = { ...SHIP_TO, line1: '1 Difference Lane', city: 'Peoria', postal_code: '61602' };
    const order = await cases.place();
    const path = `/v1/packages/${order.packages[0]?.id ?? ''}`;
    await cases.pass('PT25H');
    const asked = await cases.merchant.caller.patch(`/v1/orders/${order.id}`, { ship_to: elsewhere });
    expect(expectStatus(asked, 200)).toMatchObject({
      ...{ ship_to: { city: 'Springfield' }, decisions: [{ decision: { outcome: 'review' } }] },
    });
    const accepted = await decide(path, { outcome: 'accept', note: 'Still on the shelf.' });
    expect(expectStatus(accepted, 200)).toMatchObject({ outcome: 'accept' });
    expect(await cases.order(order.id)).toMatchObject({ ship_to: { city: 'Peoria' } });
    const back = await cases.merchant.caller.patch(`/v1/orders/${order.id}`, { ship_to: SHIP_TO });
    expectStatus(back, 200);
    expect(await waiting('&kind=address_change')).toMatchObject([{ subject: order.packages[0]?.id }]);
    await world.ship(order.packages[0]?.id ?? '', cases.number());
    await test.settle();
    expect(await waiting()).toEqual([]); // too late: the policy has the last word
    expect(expectStatus(await decide(path, { outcome: 'accept', note: 'Gone.' }), 409)).toMatchObject({
      code: 'nothing_to_decide',
    });
  });

  it('is a refund above the amount that the policy names, asked anew when something else has happened', async () => {
    const draft = { id: 'careful', based_on: 'courier-proof', all_claims: { review_above: [usd('10.00')] } };
    expectStatus(await world.admin.post('/v1/policies', draft), 201);
    expectStatus(await world.admin.post('/v1/policies/careful/publish'), 200);
    expectStatus(await world.admin.patch(`/v1/merchants/${cases.merchant.id}`, { policy: 'careful' }), 200);
    const parcel = await cases.shipped();
    await cases.pass('P21D');
    expect(await waiting()).toMatchObject([{ kind: 'tracking', subject: parcel.id }]);
    expectStatus(await decide(parcel.path, { outcome: 'deny', note: 'It is on a ship.' }), 200);
    await cases.told(parcel, 'in_transit');
    expect(await waiting()).toEqual([]);
    await cases.told(parcel, 'lost');
    expect(await waiting()).toMatchObject([{ kind: 'tracking', subject: parcel.id }]);
    expectStatus(await decide(parcel.path, { outcome: 'refund', note: 'The ship sank.' }), 200);
    expect(await cases.available()).toBe('100.00');
  });

  it('is a parcel that its courier brings back after all: nothing is left to decide', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'rto_initiated');
    const seen = { unopened: false, original_label: true, condition: 'used' };
    expectStatus(await world.admin.post(`${parcel.path}/receipt`, seen), 200);
    await cases.told(parcel, 'rto_delivered');
    expect(await cases.available()).toBe('100.00');
    expect(await waiting()).toEqual([]);
  });
});

describe('what waits for a person', () => {
  it('is listed with the call that answers it, the oldest first, page by page', async () => {
    expectStatus(await world.admin.patch(`/v1/merchants/${cases.merchant.id}`, { policy: 'retail-standard' }), 200);
    const claims = new Claims(cases);
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 2 }]);
    await cases.told(parcel, 'delivered');
    const claim = await claims.open(parcel, { type: 'seized', items: [{ line: 1, quantity: 1 }] });
    await cases.pass('PT1H');
    const asked = { order: parcel.order.id, type: 'quality', items: [{ line: 1, quantity: 1 }] };
    const { id: returned } = expectStatus<{ id: string }>(await cases.merchant.caller.post('/v1/returns', asked), 201);
    await cases.pass('PT1H');
    const late = await claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity: 1 }] });
    expectStatus(await cases.merchant.caller.post(`/v1/claims/${late.id}/messages`, { text: 'Well?' }), 201);

    const all = await waiting();
    expect(all.map(({ kind, answer }) => [kind, answer])).toEqual([
      ['claim', `POST /v1/claims/${claim.id}/decision`],
      ['return_request', `POST /v1/returns/${returned}/approval`],
      ['message', `POST /v1/claims/${late.id}/messages`],
    ]);
    expect(await waiting('&kind=message')).toEqual(all.slice(2));
    expect(await waiting(`&since_before=${all[1]?.since ?? ''}`)).toEqual(all.slice(0, 1));
    const read: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await world.admin.get(`/v1/reviews?limit=1${query}`);
      const { data, next_cursor } = expectStatus<{ data: Waits[]; next_cursor: string | null }>(page, 200);
      read.push(...data.map(({ subject }) => subject));
      cursor = next_cursor;
    }
    expect(read.filter((subject) => all.some((one) => one.subject === subject))).toEqual(all.map((o) => o.subject));
    expectStatus(await cases.merchant.caller.get('/v1/reviews'), 403);
  });
});
