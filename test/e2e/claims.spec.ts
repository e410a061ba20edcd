import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { Claims } from '../support/claims.ts';
import { usd, World } from '../support/world.ts';

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
      decision: { outcome: 'refund', clauses: [{ id: 'courier-proof/claims/not_received' }, {}] },
    });
    await cases.told(parcel, 'lost');
    expect(await cases.refunds()).toHaveLength(1);
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    const { body } = await claims.post(parcel, { type: 'lost' });
    expect(body).toMatchObject({ status: 409, code: 'settled' });
  });
});
