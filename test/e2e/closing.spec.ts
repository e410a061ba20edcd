import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rows } from '../../src/database/sql.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Plans } from '../support/plans.ts';
import { Caller, expectStatus, PASSWORD, usd, World, type Merchant } from '../support/world.ts';

interface WaitingFor {
  status: string;
  waiting_for: { name: string; cause: { type: string; id: string } | null; until: string | null }[];
}

let test: TestApp;
let world: World;
beforeAll(async () => {
  test = await startApp({ TOP_UP_BONUS_PERCENT: '10' });
  world = await World.open(test);
  await world.catalogue();
});
afterAll(() => test.close());

const IBAN = { account_holder: 'A shop', iban: 'DE89370400440532013000' };

async function shop(money?: string): Promise<Merchant> {
  const merchant = await world.merchant(money);
  await world.verifyEmail(merchant);
  return merchant;
}

const close = async ({ caller }: Merchant, destination: unknown = IBAN): Promise<WaitingFor> =>
  expectStatus<WaitingFor>(await caller.post('/v1/merchant/close', { destination }), 202);

const statusOf = async ({ id }: Merchant): Promise<unknown> =>
  expectStatus<{ status: string }>(await world.admin.get(`/v1/merchants/${id}`), 200).status;

async function signIn({ email }: Merchant): Promise<Caller> {
  const session = await new Caller(test, null).post('/v1/sessions', { email, password: PASSWORD });
  return new Caller(test, expectStatus<{ token: string }>(session, 201).token);
}

async function endPayout(id: string, how: 'paid' | 'rejection'): Promise<void> {
  expectStatus(await world.admin.post(`/v1/payouts/${id}/approval`), 200);
  expectStatus(await world.admin.post(`/v1/payouts/${id}/${how}`), 200);
  await test.settle();
}

const told = (name: string, { id }: Merchant): Promise<unknown[]> =>
  rows(test.db, `SELECT 1 FROM event WHERE name = $1 AND payload::text LIKE '%' || $2 || '%'`, [name, uuidOf(id)]);

const uuidOf = (id: string): string => idIn('mer', id) ?? '';

describe('an account that closes', () => {
  it('waits for its order, takes no other, then pays the cash out, lets the bonus lapse and is closed', async () => {
    const merchant = await shop('100.00');
    const order = expectStatus<{ id: string; packages: { id: string }[] }>(
      await merchant.caller.post('/v1/orders', world.order('CLOSE-1')),
      201,
    );
    const closing = await close(merchant);
    expect(closing).toMatchObject({
      status: 'closing',
      waiting_for: [{ name: 'order_not_settled', cause: { type: 'order', id: order.id } }],
    });
    expect(closing.waiting_for).toHaveLength(1);
    const refused = await merchant.caller.post('/v1/orders', world.order('CLOSE-2'));
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'merchant_closing' }]);
    const topUp = await merchant.caller.post('/v1/top-ups', { amount: usd('1.00'), method: 'bank_transfer' });
    expect([topUp.status, topUp.body]).toMatchObject([409, { code: 'merchant_closing' }]);

    expectStatus(await merchant.caller.post(`/v1/orders/${order.id}/cancellation`), 200);
    await test.settle();
    expect((await merchant.caller.get('/v1/wallet')).status).toBe(401);
    const person = await signIn(merchant);
    const { data } = expectStatus<{ data: { id: string; amount: object; destination: object }[] }>(
      await person.get('/v1/payouts'),
      200,
    );
    expect(data).toMatchObject([{ amount: usd('100.00'), destination: IBAN }]);
    expect(await statusOf(merchant)).toBe('closing');
    await endPayout(data[0]?.id ?? '', 'paid');
    expect(await statusOf(merchant)).toBe('closed');
    const transactions = expectStatus<{ data: { type: string; amount: object; explanation: { text: string }[] }[] }>(
      await person.get('/v1/wallet/transactions?limit=3'),
      200,
    ).data;
    expect(transactions).toMatchObject([
      { type: 'payout', amount: usd('-100.00') },
      { type: 'hold' },
      {
        type: 'promotion',
        amount: usd('-10.00'),
        explanation: [{ text: 'Promotional credit of an account that closes' }],
      },
    ]);
    expect(await told('merchant.closing', merchant)).toHaveLength(1);
    expect(await told('merchant.closed', merchant)).toHaveLength(1);
    expect(expectStatus(await world.admin.get('/v1/ledger/verification'), 200)).toMatchObject({ faults: [] });
  });

  it('with nothing in it is closed at once', async () => {
    const merchant = await shop();
    await rows(
      test.db,
      `INSERT INTO saved_card (merchant_id, customer, payment_method, label, saved_at) VALUES ($1, 'cus_1', 'pm_1', 'visa 4242', now())`,
      [idIn('mer', merchant.id)],
    );
    expect(await close(merchant)).toEqual({ status: 'closing', waiting_for: [] });
    await test.settle();
    expect(await statusOf(merchant)).toBe('closed');
    expect(await rows(test.db, 'SELECT 1 FROM saved_card WHERE merchant_id = $1', [idIn('mer', merchant.id)])).toEqual(
      [],
    );
    const person = await signIn(merchant);
    expectStatus(await person.get('/v1/wallet'), 200); // what was is still read, and no more
    expect((await person.post('/v1/merchant/close', { destination: IBAN })).status).toBe(403);
  });

  it('with nothing in it is closed though its e-mail is not verified: nothing is to be paid out', async () => {
    const merchant = await world.merchant();
    expect(await close(merchant)).toEqual({ status: 'closing', waiting_for: [] });
    await test.settle();
    expect(await statusOf(merchant)).toBe('closed');
  });

  it('names its unverified e-mail, and goes on when it is verified', async () => {
    const merchant = await world.merchant('20.00');
    expect((await close(merchant)).waiting_for).toMatchObject([{ name: 'email_unverified' }]);
    await world.verifyEmail(merchant);
    await test.settle();
    const payouts = await (await signIn(merchant)).get('/v1/payouts');
    expect(payouts.body).toMatchObject({ data: [{ amount: usd('20.00') }] });
  });

  it('whose payout comes back waits for another destination', async () => {
    const merchant = await shop('20.00');
    const [payout] = (await close(merchant)).waiting_for;
    expect(payout).toMatchObject({ name: 'payout_not_paid', cause: { type: 'payout' } });
    await endPayout(payout?.cause?.id ?? '', 'rejection');
    expect(await statusOf(merchant)).toBe('closing');
    const [again] = (await close({ ...merchant, caller: await signIn(merchant) }, 'GB29NWBK60161331926819'))
      .waiting_for;
    expect(again?.name).toBe('payout_not_paid');
    await endPayout(again?.cause?.id ?? '', 'paid');
    expect(await statusOf(merchant)).toBe('closed');
  });

  it('keeps its plan while it waits, and has none once it is closed', async () => {
    const plans = new Plans(world);
    await plans.put('growth', { price: '29.00' });
    const merchant = await shop('129.00');
    await plans.choose(merchant, 'growth');
    const [payout] = (await close(merchant)).waiting_for;
    await test.settle();
    const person = await signIn(merchant);
    expect((await person.get('/v1/membership')).body).toMatchObject({ plan: 'growth', next_charge: null });
    await endPayout(payout?.cause?.id ?? '', 'paid');
    expect(await statusOf(merchant)).toBe('closed');
    expect((await person.get('/v1/membership')).body).toMatchObject({ plan: 'starter', period: null });
    expect((await world.admin.get(`/v1/merchants/${merchant.id}`)).body).toMatchObject({ plan: 'starter' });
    const { data } = expectStatus<{ data: { merchant: string }[] }>(await world.admin.get('/v1/memberships'), 200);
    expect(data.filter((it) => it.merchant === merchant.id)).toEqual([]);
    const mails = await rows<{ kind: string }>(test.db, 'SELECT kind FROM mail WHERE merchant_id = $1', [
      uuidOf(merchant.id),
    ]);
    expect(mails.map(({ kind }) => kind)).toContain('account_closed');
    expect(mails.map(({ kind }) => kind)).not.toContain('membership_downgraded');
  });

  it('is refused while it is suspended, and not after reinstatement', async () => {
    const merchant = await shop();
    expectStatus(await world.admin.post(`/v1/merchants/${merchant.id}/suspend`), 200);
    const refused = await merchant.caller.post('/v1/merchant/close', { destination: IBAN });
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'illegal_step' }]);
    expectStatus(await world.admin.post(`/v1/merchants/${merchant.id}/reinstate`), 200);
    await close(merchant);
  });

  it('needs no destination where there is no cash', async () => {
    const merchant = await shop();
    const answer = await merchant.caller.post('/v1/merchant/close');
    expect(expectStatus(answer, 202)).toEqual({ status: 'closing', waiting_for: [] });
    await test.settle();
    expect(await statusOf(merchant)).toBe('closed');
  });

  it('waits for a destination where there is cash, and goes on when one is named', async () => {
    const merchant = await shop('20.00');
    for (const body of [{}, { destination: null }]) {
      const waits = expectStatus<WaitingFor>(await merchant.caller.post('/v1/merchant/close', body), 202);
      expect(waits.waiting_for.map(({ name }) => name)).toEqual(['destination_needed']);
    }
    await test.settle();
    expect([await statusOf(merchant), (await merchant.caller.get('/v1/payouts')).body]).toMatchObject([
      'closing',
      { data: [] },
    ]);
    const [payout] = (await close(merchant)).waiting_for;
    expect(payout?.name).toBe('payout_not_paid');
    await endPayout(payout?.cause?.id ?? '', 'paid');
    expect(await statusOf(merchant)).toBe('closed');
  });

  it('asks for a destination while an order is open that may end in a refund, and keeps the one it was given', async () => {
    const merchant = await shop('25.00');
    const order = expectStatus<{ id: string }>(await merchant.caller.post('/v1/orders', world.order('CLOSE-9')), 201);
    const names = async (body: object) =>
      expectStatus<WaitingFor>(await merchant.caller.post('/v1/merchant/close', body), 202).waiting_for.map(
        ({ name }) => name,
      );
    expect(await names({})).toEqual(['destination_needed', 'order_not_settled']);
    expect(await names({ destination: IBAN })).toEqual(['order_not_settled']);
    expect(await names({})).toEqual(['order_not_settled']);
    expectStatus(await merchant.caller.post(`/v1/orders/${order.id}/cancellation`), 200);
    await test.settle();
    const payouts = await (await signIn(merchant)).get('/v1/payouts');
    expect(payouts.body).toMatchObject({ data: [{ amount: usd('25.00'), destination: IBAN }] });
  });

  it('refuses a destination that is none', async () => {
    const refused = await (await shop()).caller.post('/v1/merchant/close', { destination: [] });
    expect([refused.status, refused.body]).toMatchObject([422, { errors: [{ pointer: '/destination' }] }]);
  });
});
