import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

interface Transaction {
  id: string;
  type: string;
  amount: { amount: string };
  balance_after: { amount: string };
  bucket_changes: { bucket: string; amount: { amount: string } }[];
  cause: { type: string; id: string };
  explanation: { amount: { amount: string } }[];
}

let test: TestApp;
let world: World;
beforeAll(async () => {
  test = await startApp({ ADJUSTMENT_LIMIT: '1000' });
  world = await World.open(test);
});
afterAll(() => test.close());

interface TransactionPage {
  data: Transaction[];
  next_cursor: string | null;
}

interface Statement {
  opening: object;
  lines: object[];
  closing: object;
}

const balances = async ({ caller }: Merchant): Promise<unknown> =>
  expectStatus<{ balances: unknown }>(await caller.get('/v1/wallet'), 200).balances;
const askTopUp = async ({ caller }: Merchant, amount: string) =>
  expectStatus<{ id: string; reference: string }>(
    await caller.post('/v1/top-ups', { amount: usd(amount), method: 'bank_transfer' }),
    201,
  );
const line = (available: string, held = '0.00', promotional = '0.00') => ({
  currency: 'USD',
  available: usd(available),
  held: usd(held),
  promotional: usd(promotional),
});

describe('a top-up by bank transfer', () => {
  it('waits with a reference, and is credited once however often finance confirms it', async () => {
    const merchant = await world.merchant();
    const topUp = await askTopUp(merchant, '100.00');
    expect(topUp).toMatchObject({
      status: 'pending',
      amount: usd('100.00'),
      method: 'bank_transfer',
      checkout_url: null,
      received_at: null,
    });
    expect(topUp.reference).toMatch(/^WB-[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    const confirmation = { amount: usd('100.00'), bank_reference: 'BANK-1' };
    for (let i = 0; i < 3; i += 1) {
      const confirmed = expectStatus(await world.admin.post(`/v1/top-ups/${topUp.id}/confirmation`, confirmation), 200);
      expect(confirmed).toMatchObject({ id: topUp.id, status: 'received', received: usd('100.00') });
    }
    expect(await balances(merchant)).toEqual([line('100.00')]);
    const other = await world.admin.post(`/v1/top-ups/${topUp.id}/confirmation`, {
      ...confirmation,
      bank_reference: 'BANK-2',
    });
    expect([other.status, other.body]).toMatchObject([409, { code: 'top_up_already_received' }]);
    expect(expectStatus(await merchant.caller.get(`/v1/top-ups/${topUp.id}`), 200)).toMatchObject({
      status: 'received',
    });
  });

  it('credits what really came, in its own currency only', async () => {
    const merchant = await world.merchant();
    const topUp = await askTopUp(merchant, '100.00');
    const path = `/v1/top-ups/${topUp.id}/confirmation`;
    const euros = await world.admin.post(path, { amount: { amount: '60.00', currency: 'EUR' }, bank_reference: 'B' });
    expect([euros.status, euros.body]).toMatchObject([
      422,
      { code: 'validation_failed', errors: [{ pointer: '/amount/currency' }] },
    ]);
    const part = expectStatus(await world.admin.post(path, { amount: usd('60.00'), bank_reference: 'B' }), 200);
    expect(part).toMatchObject({ status: 'received', amount: usd('100.00'), received: usd('60.00') });
    expect(await balances(merchant)).toEqual([line('60.00')]);
  });

  it('is confirmed by finance alone, needs a key, and is a stranger to other merchants', async () => {
    const merchant = await world.merchant();
    const topUp = await askTopUp(merchant, '10.00');
    const path = `/v1/top-ups/${topUp.id}`;
    expect(
      (await merchant.caller.post(`${path}/confirmation`, { amount: usd('10.00'), bank_reference: 'B' })).status,
    ).toBe(403);
    const stranger = await world.merchant();
    expect((await stranger.caller.get(path)).status).toBe(404);
    const without = await merchant.caller.send('post', '/v1/top-ups', {
      amount: usd('10.00'),
      method: 'bank_transfer',
    });
    expect([without.status, without.body]).toMatchObject([400, { code: 'idempotency_key_required' }]);
  });

  it('by card or PayPal is refused clearly while no payment provider is configured', async () => {
    const merchant = await world.merchant();
    for (const method of ['card', 'paypal']) {
      const refused = await merchant.caller.post('/v1/top-ups', { amount: usd('10.00'), method });
      expect([refused.status, refused.body]).toMatchObject([422, { code: 'payment_provider_missing' }]);
    }
  });

  it.each([
    [{ amount: { amount: '0.00', currency: 'USD' }, method: 'bank_transfer' }, '/amount'],
    [{ amount: { amount: '1.5', currency: 'USD' }, method: 'bank_transfer' }, '/amount'],
    [{ amount: { amount: '99999999999999999999.00', currency: 'USD' }, method: 'bank_transfer' }, '/amount'],
    [{ amount: { amount: '1.00', currency: 'USD' }, method: 'cheque' }, '/method'],
  ])('refuses %j', async (body, pointer) => {
    const refused = await (await world.merchant()).caller.post('/v1/top-ups', body);
    expect(refused.status).toBe(422);
    expect(
      (refused.body as { errors: { pointer: string }[] }).errors.some((error) => error.pointer.startsWith(pointer)),
    ).toBe(true);
  });

  it('expires when nobody confirms it, and says so', async () => {
    const merchant = await world.merchant();
    const topUp = await askTopUp(merchant, '10.00');
    expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'P61D' }), 200);
    expect(expectStatus(await merchant.caller.get(`/v1/top-ups/${topUp.id}`), 200)).toMatchObject({
      status: 'expired',
    });
    const late = await world.admin.post(`/v1/top-ups/${topUp.id}/confirmation`, {
      amount: usd('10.00'),
      bank_reference: 'B',
    });
    expect([late.status, late.body]).toMatchObject([409, { code: 'illegal_step' }]);
  });
});

describe('what a merchant sees', () => {
  it('has transactions whose lines, buckets and balances add up, newest first, page by page', async () => {
    const merchant = await world.merchant();
    for (const amount of ['10.00', '20.00', '30.00']) await world.topUp(merchant, amount);
    const adjustment = { merchant: merchant.id, amount: usd('-5.50'), reason: 'Fee of the bank' };
    expectStatus(await world.admin.post('/v1/adjustments', adjustment), 201);
    const seen: Transaction[] = [];
    for (let path: string | null = '/v1/wallet/transactions?limit=3'; path !== null;) {
      const page: TransactionPage = expectStatus(await merchant.caller.get(path), 200);
      seen.push(...page.data);
      path = page.next_cursor === null ? null : `/v1/wallet/transactions?limit=3&cursor=${page.next_cursor}`;
    }
    expect(seen.map((t) => [t.type, t.amount.amount, t.balance_after.amount])).toEqual([
      ['adjustment', '-5.50', '54.50'],
      ['top_up', '30.00', '60.00'],
      ['top_up', '20.00', '30.00'],
      ['top_up', '10.00', '10.00'],
    ]);
    for (const { amount, bucket_changes, explanation } of seen) {
      expect(bucket_changes).toEqual([{ bucket: 'cash', amount: expect.objectContaining(amount) as object }]);
      expect(explanation.map((part) => part.amount.amount)).toEqual([amount.amount]);
    }
    const topUps = expectStatus<{ data: unknown[] }>(
      await merchant.caller.get('/v1/wallet/transactions?type=top_up'),
      200,
    );
    expect(topUps.data).toHaveLength(3);
    const bad = await merchant.caller.get('/v1/wallet/transactions?type=gift');
    expect([bad.status, bad.body]).toMatchObject([422, { errors: [{ pointer: '/type' }] }]);
  });

  it('has a statement of any period: opening and lines are the closing, the same as a table', async () => {
    const merchant = await world.merchant();
    await world.topUp(merchant, '10.00');
    const first = test.clock.now().toISOString();
    expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'PT1H' }), 200);
    await world.topUp(merchant, '2.00');
    const all = expectStatus<Statement>(await merchant.caller.get('/v1/wallet/statement'), 200);
    expect(all).toMatchObject({ currency: 'USD', opening: usd('0.00'), closing: usd('12.00') });
    expect(all.lines).toHaveLength(2);
    const until = expectStatus<Statement>(
      await merchant.caller.get(`/v1/wallet/statement?currency=USD&to=${first}`),
      200,
    );
    expect([until.opening, until.closing]).toEqual([usd('0.00'), usd('10.00')]); // both ends inclusive
    const later = new Date(Date.parse(first) + 1).toISOString();
    const since = expectStatus<Statement>(
      await merchant.caller.get(`/v1/wallet/statement?currency=USD&from=${later}`),
      200,
    );
    expect([since.opening, since.closing]).toEqual([usd('10.00'), usd('12.00')]);
    const table = await merchant.caller.send('get', '/v1/wallet/statement?currency=USD', undefined, {
      Accept: 'text/csv',
    });
    expect(table.headers['content-type']).toMatch(/^text\/csv/);
    const amounts = table.text
      .trim()
      .split('\n')
      .map((row) => row.split(','));
    expect(amounts.map((row) => [row[1], row.at(-4), row.at(-3)])).toEqual([
      ['type', 'amount', 'balance'],
      ['opening', '', '0.00'],
      ['top_up', '10.00', '10.00'],
      ['top_up', '2.00', '12.00'],
      ['closing', '', '12.00'],
    ]);
    const backwards = await merchant.caller.get(`/v1/wallet/statement?currency=USD&from=${later}&to=${first}`);
    expect(backwards.status).toBe(422);
  });

  it('shows the home currency from the first day', async () => {
    const merchant = await world.merchant();
    await test.settle();
    expect(await balances(merchant)).toEqual([line('0.00')]);
    expect(expectStatus(await merchant.caller.get('/v1/wallet/statement'), 200)).toMatchObject({
      opening: usd('0.00'),
      lines: [],
      closing: usd('0.00'),
    });
  });

  it('is told once when the balance falls low', async () => {
    const merchant = await world.merchant('100.00');
    const set = { low_balance: usd('50.00') };
    expect(expectStatus(await merchant.caller.put('/v1/wallet/alerts', set), 200)).toEqual({
      ...set,
      auto_top_up: null,
    });
    const take = (amount: string) =>
      world.admin.post('/v1/adjustments', { merchant: merchant.id, amount: usd(amount), reason: 'Correction' });
    expectStatus(await take('-60.00'), 201);
    expectStatus(await take('-1.00'), 201);
    const told = await rows<unknown>(
      test.db,
      `SELECT 1 FROM event WHERE name = 'wallet.low_balance' AND payload->'available'->>'amount' = '40.00'`,
    );
    expect(told).toHaveLength(1);
    const automatic = await merchant.caller.put('/v1/wallet/alerts', { ...set, auto_top_up: { amount: usd('50.00') } });
    expect([automatic.status, automatic.body]).toMatchObject([422, { code: 'payment_provider_missing' }]);
    expect(expectStatus(await merchant.caller.put('/v1/wallet/alerts', { low_balance: null }), 200)).toEqual({
      low_balance: null,
      auto_top_up: null,
    });
  });
});

describe('finance', () => {
  it('adjusts once a key, and a refusal stays a refusal when money comes', async () => {
    const merchant = await world.merchant('10.00');
    const take = { merchant: merchant.id, amount: usd('-20.00'), reason: 'Correction' };
    const refused = await world.admin.post('/v1/adjustments', take, 'adjust-once-1');
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { code: 'insufficient_funds', available: usd('10.00') },
    ]);
    await world.topUp(merchant, '50.00');
    const again = await world.admin.post('/v1/adjustments', take, 'adjust-once-1');
    expect([again.status, again.headers['idempotent-replayed'], again.body]).toMatchObject([
      422,
      'true',
      { code: 'insufficient_funds' },
    ]);
    const give = { ...take, amount: usd('1.00') };
    const all = await Promise.all(
      Array.from({ length: 10 }, () => world.admin.post('/v1/adjustments', give, 'adjust-once-2')),
    );
    expect(new Set(all.map((answer) => answer.text)).size).toBe(1);
    expect(await balances(merchant)).toEqual([line('61.00')]);
  });

  it('finds what waits for a second person, and who asked for it', async () => {
    const [first, second] = [await world.colleague(['finance']), await world.colleague(['finance'])];
    const merchant = await world.merchant('10.00');
    const small = { merchant: merchant.id, amount: usd('1.00'), reason: 'Small' };
    expectStatus(await first.post('/v1/adjustments', small), 201);
    const asked = expectStatus<{ id: string; asked_by: string }>(
      await first.post('/v1/adjustments', { ...small, amount: usd('2000.00'), reason: 'Large' }),
      201,
    );
    const path = `/v1/adjustments?merchant=${merchant.id}`;
    const waiting = expectStatus<{ data: object[] }>(await second.get(`${path}&status=waiting`), 200).data;
    expect(waiting).toEqual([asked]);
    expect(asked).toMatchObject({ status: 'waiting', decided_by: null });
    const approved = await second.post(`/v1/adjustments/${asked.id}/approval`, { approved: true });
    const shown = expectStatus<{ decided_by: string }>(await first.get(`/v1/adjustments/${asked.id}`), 200);
    expect(shown).toEqual(expectStatus<object>(approved, 200));
    expect(shown).toMatchObject({ status: 'booked', asked_by: asked.asked_by });
    expect(shown.decided_by).not.toBe(asked.asked_by);
    const all = expectStatus<{ data: { reason: string }[] }>(await second.get(path), 200).data;
    expect(all.map(({ reason }) => reason)).toEqual(['Large', 'Small']);
    expectStatus(await merchant.caller.get(`/v1/adjustments/${asked.id}`), 403);
  });

  it('does not know a merchant that is none', async () => {
    const body = { merchant: 'mer_01h2xcejqtf2nbrexx3vqjhp41', amount: usd('1.00'), reason: 'Correction' };
    expect((await world.admin.post('/v1/adjustments', body)).status).toBe(404);
  });

  it('reads journals, a trial balance that balances, and books that verify', async () => {
    const merchant = await world.merchant('10.00');
    const {
      data: [newest],
    } = expectStatus<{ data: Transaction[] }>(await merchant.caller.get('/v1/wallet/transactions'), 200);
    const journal = expectStatus(await world.admin.get(`/v1/journals/${newest?.id ?? ''}`), 200);
    expect(journal).toMatchObject({
      merchant: merchant.id,
      number: '1',
      postings: [{ debit: 'bank_clearing', credit: 'cash', amount: usd('10.00') }],
    });
    const trial = expectStatus<{ credit: object }>(await world.admin.get('/v1/ledger/trial-balance?currency=USD'), 200);
    expect(trial).toMatchObject({ balanced: true, debit: trial.credit });
    const verification = expectStatus<{ checked: number }>(await world.admin.get('/v1/ledger/verification'), 200);
    expect(verification).toMatchObject({ faults: [] });
    expect(verification.checked).toBeGreaterThan(10);
    for (const path of ['/v1/ledger/verification', `/v1/journals/${newest?.id ?? ''}`]) {
      expect((await merchant.caller.get(path)).status).toBe(403);
    }
  });
});
