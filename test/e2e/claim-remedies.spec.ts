import { one } from '../../src/database/sql.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases, type Order } from '../support/case.ts';
import { Claims } from '../support/claims.ts';
import { readWords } from '../support/pdf.ts';
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

/** Merchants whose policy sends lost, wrong and missing goods again. A lamp costs 20.00 and its postage 5.00. */
beforeEach(async () => {
  cases = new Cases(world, await world.merchant('200.00'));
  claims = new Claims(cases);
  expectStatus(await world.admin.patch(`/v1/merchants/${cases.merchant.id}`, { policy: 'guaranteed-delivery' }), 200);
});

describe('goods that are sent again', () => {
  it('are a free order, packed as any other, and the first package settles with it', async () => {
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 3 }]);
    await cases.told(parcel, 'delivered');
    const claim = await claims.open(parcel, { type: 'missing_item', items: [{ line: 1, quantity: 2 }] });
    expect(claim).toMatchObject({ status: 'needs_evidence', decision: { missing_evidence: ['photo'] } });
    expect(await claims.shown(claim.id)).toMatchObject({
      status: 'approved',
      decision: { outcome: 'reship', refund: null },
    });
    const { reship } = await claims.get(claim.id);
    const free = await cases.order(String(reship));
    expect(free).toMatchObject({
      ...{ status: 'paid', total: usd('0.00'), reference: `${parcel.order.reference}-R1` },
      items: [
        { sku: 'LAMP', quantity: 2, list_price: usd('20.00'), paid: usd('0.00'), discounts: [{ kind: 'replacement' }] },
      ],
      replaces: { order: parcel.order.id, package: parcel.id, cause: `claim:${claim.id}` },
    });
    expect(await cases.available()).toBe('135.00');
    const again = await claims.post(parcel, { type: 'wrong_item', items: [{ line: 1, quantity: 2 }] });
    expect(expectStatus(again, 409)).toMatchObject({ code: 'units_already_settled' });
    await cases.pass('P25D');
    await sent(free, 'delivered');
    await cases.pass('P6D');
    expect(await cases.package(parcel.id)).toMatchObject({ settled_at: null });
    await cases.pass('P25D');
    expect(await cases.order(free.id)).toMatchObject({ status: 'settled' });
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });

  it('are declared to customs at what was paid for the goods that they stand for, however often', async () => {
    const customs = async (id: string): Promise<string> => {
      const answer = await cases.merchant.caller.send('get', `/v1/packages/${id}/customs.pdf`, undefined, {});
      expect(answer.status).toBe(200);
      return (await readWords(answer.body as Buffer)).join(' ');
    };
    const again = async (orderId: string): Promise<string> => {
      const [parcel] = (await cases.order(orderId)).packages as { id: string }[];
      const text = await customs(parcel?.id ?? '');
      expect(text).toMatch(/20\.00 USD\s+Total value of the goods: 20\.00 USD/);
      expect(text).toContain('Shipping paid: 0.00 USD');
      return parcel?.id ?? '';
    };
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 3 }]);
    expect(await customs(parcel.id)).toContain('Total value of the goods: 60.00 USD');
    await cases.told(parcel, 'delivered');
    const claim = await claims.open(parcel, { type: 'missing_item', items: [{ line: 1, quantity: 1 }] });
    await claims.shown(claim.id);
    const order = await cases.order(String((await claims.get(claim.id))['reship']));
    const id = await again(order.id);
    const trackingNumber = cases.number();
    await world.ship(id, trackingNumber);
    const second = { order, id, path: `/v1/packages/${id}`, trackingNumber };
    await cases.told(second, 'delivered');
    const more = await claims.open(second, { type: 'wrong_item' });
    await claims.shown(more.id);
    await again(String((await claims.get(more.id))['reship']));
  });

  it('in place of a lost parcel are not also paid back', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'in_transit');
    const claim = await claims.open(parcel, { type: 'lost' });
    expect(claim).toMatchObject({ status: 'waiting', decision: { outcome: 'wait', reconsider_at: null } });
    await cases.told(parcel, 'lost');
    const { status, reship } = await claims.get(claim.id);
    expect({ status, reship }).toMatchObject({ status: 'approved', reship: expect.stringMatching(/^ord_/) as string });
    expect(await cases.refunds()).toEqual([]);
    expect(await cases.package(parcel.id)).toMatchObject({ refunded: usd('0.00'), settled_at: null });
    await sent(await cases.order(String(reship)), 'delivered');
    await cases.pass('P31D');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    expect(await cases.refunds()).toEqual([]);
  });

  it('and are lost in their turn, are paid back out of what was paid for the first ones', async () => {
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 3 }]);
    await cases.told(parcel, 'delivered');
    const claim = await claims.open(parcel, { type: 'missing_item', items: [{ line: 1, quantity: 2 }] });
    await claims.shown(claim.id);
    const free = await cases.order(String((await claims.get(claim.id))['reship']));
    await sent(free, 'lost');
    expect(await cases.refunds()).toMatchObject([{ amount: usd('43.34') }]); // two lamps with their share of the shipping
    expect(await cases.order(free.id)).toMatchObject({ status: 'settled', packages: [{ refunded: usd('43.34') }] });
    await cases.pass('P31D');
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    expect(await cases.refunds()).toHaveLength(1);
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });

  it('but are not in stock, are paid back, and the claim says why', async () => {
    const sku = 'RARE';
    await world.variant(sku, '30.00', [], 1);
    const parcel = await cases.shipped([{ sku, quantity: 1 }]);
    await cases.told(parcel, 'delivered');
    const claim = await claims.open(parcel, { type: 'wrong_item', items: [{ line: 1, quantity: 1 }] });
    expect(await claims.shown(claim.id)).toMatchObject({ status: 'approved', decision: { outcome: 'refund' } });
    expect(await claims.get(claim.id)).toMatchObject({
      ...{ reship: null, credited: usd('35.00'), note: expect.stringContaining('Cannot be sent again') as string },
    });
    expect(await cases.available()).toBe('200.00');
    // it says so in its first clause, and the stored facts give the same decision again
    const made = await one<{ facts: object; decision: { clauses: { id: string }[] } }>(
      test.db,
      `SELECT facts, decision FROM decision WHERE cause = $1 AND outcome = 'refund'`,
      [`claim:${idIn('clm', claim.id)}`],
    );
    expect(made?.decision.clauses[0]?.id).toMatch(/\/amount\/cannot_send_again$/);
    const again = await world.admin.post('/v1/policies/guaranteed-delivery/decide', made?.facts);
    expect(expectStatus(again, 200)).toEqual(made?.decision);
  });

  it('by a person, where there are none, are refused with the offer of a refund', async () => {
    const sku = 'UNIQUE';
    await world.variant(sku, '30.00', [], 1);
    const parcel = await cases.shipped([{ sku, quantity: 1 }]);
    const claim = await claims.open(parcel, { type: 'late' });
    const path = `/v1/claims/${claim.id}/decision`;
    const refused = await world.admin.post(path, { outcome: 'reship', note: 'Send one.' });
    expect(expectStatus(refused, 409)).toMatchObject({ code: 'cannot_send_again', offer: 'refund' });
    expect(expectStatus(await world.admin.post(path, { outcome: 'refund', note: 'Paid back.' }), 200)).toMatchObject({
      ...{ status: 'approved', credited: usd('35.00') },
    });
  });
});

describe('what a merchant prefers', () => {
  it('is given where the policy offers it: store credit pays for orders, and counts as given back', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'in_transit');
    const claim = await claims.open(parcel, { type: 'lost', preferred_remedy: 'store_credit' });
    await cases.told(parcel, 'lost');
    expect(await claims.get(claim.id)).toMatchObject({
      ...{ status: 'approved', credited: usd('25.00'), decision: { outcome: 'store_credit', refund: usd('25.00') } },
    });
    const wallet = expectStatus<{ balances: object[] }>(await cases.merchant.caller.get('/v1/wallet'), 200);
    expect(wallet.balances).toMatchObject([{ promotional: usd('25.00'), available: usd('175.00') }]);
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
    expect(await cases.refunds()).toEqual([]);
  });
});

describe('damage that the policy pays by its severity', () => {
  it('is paid unit by unit, each rounded by itself, when all of its evidence is there', async () => {
    expectStatus(await world.admin.patch(`/v1/merchants/${cases.merchant.id}`, { policy: 'return-code' }), 200);
    const parcel = await cases.shipped([{ sku: 'LAMP', quantity: 3 }]);
    await cases.told(parcel, 'delivered');
    const items = ['0.40', '0.05'].map((severity) => ({ line: 1, quantity: 1, severity }));
    const claim = await claims.open(parcel, { type: 'damaged', items, description: 'Dented.' });
    expect(claim).toMatchObject({ decision: { missing_evidence: ['photo', 'video'] } });
    // 21.67 were paid for each of the first two units: 8.668 and 1.0835
    expect(await claims.shown(claim.id)).toMatchObject({
      ...{ status: 'approved', decision: { outcome: 'refund', refund: usd('9.75') } },
    });
  });
});

describe('goods that are wanted back first', () => {
  it('are granted, and paid when they have come', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    const claim = await claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity: 1 }] });
    const shown = await claims.shown(claim.id);
    expect(shown).toMatchObject({ status: 'approved', decision: { outcome: 'accept', next_step: 'return_goods' } });
    await test.settle();
    const returns = await cases.merchant.caller.get(`/v1/returns?order=${parcel.order.id}`);
    const [back] = expectStatus<{ data: { id: string; return_code: string }[] }>(returns, 200).data;
    const seen = { condition: 'damaged', unopened: false };
    expectStatus(await world.admin.post(`/v1/returns/${back?.return_code ?? ''}/receipt`, seen), 200);
    await test.settle();
    expect(await cases.available()).toBe('200.00');
    expect(await cases.refunds()).toHaveLength(1);
    expect(await claims.get(claim.id)).toMatchObject({ status: 'approved', credited: usd('25.00'), return: back?.id });
    await cases.pass('P31D');
    expect(await claims.get(claim.id)).toMatchObject({ status: 'closed' });
    const steps = await story(claim.id);
    expect(steps.slice(-5)).toMatchObject([
      { step: 'accept', by: 'policy' },
      { step: 'return_authorised', cause: `return:${back?.id ?? ''}` },
      { step: 'return_received', by: 'staff', text: 'The warehouse received the goods: damaged, opened.' },
      { step: 'refund', by: 'policy', amount: usd('25.00'), cause: expect.stringMatching(/^decision:dec_/) as string },
      { step: 'close', text: 'Closed: what was granted has been given.' },
    ]);
  });

  it('are waited for, and the claim ends unpaid when they do not come', async () => {
    const parcel = await cases.shipped();
    await cases.told(parcel, 'delivered');
    const claim = await claims.open(parcel, { type: 'damaged', items: [{ line: 1, quantity: 1 }] });
    await claims.shown(claim.id);
    await test.settle();
    await cases.pass('P29D');
    expect(await claims.get(claim.id)).toMatchObject({ status: 'approved', credited: null });
    await cases.pass('P32D');
    expect(await claims.get(claim.id)).toMatchObject({ status: 'closed', credited: null });
    expect((await story(claim.id)).slice(-2)).toMatchObject([
      { step: 'return_expired' },
      { step: 'close', by: 'policy' },
    ]);
    expect(await cases.order(parcel.order.id)).toMatchObject({ status: 'settled' });
  });
});

async function story(claimId: string): Promise<object[]> {
  const timeline = await cases.merchant.caller.get(`/v1/claims/${claimId}/timeline`);
  return expectStatus<{ data: object[] }>(timeline, 200).data;
}

/** Ships a free order whole and lets its courier say what became of it. */
async function sent(order: Order, word: string): Promise<void> {
  for (const { id } of order.packages) {
    const trackingNumber = cases.number();
    await world.ship(id, trackingNumber);
    await cases.told({ order, id, path: `/v1/packages/${id}`, trackingNumber }, word);
  }
}

it('and every decision that was stored follows from its facts', async () => {
  expect(await replayAll(world)).toBeGreaterThan(0);
});
