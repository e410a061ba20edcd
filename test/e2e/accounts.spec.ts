import { randomUUID } from 'node:crypto';
import { rows } from '../../src/database/sql.ts';
import { AccountIdentities } from '../../src/accounts/credentials/identities.service.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { ADMIN, startApp, type TestApp } from '../support/app.ts';
import { Caller, expectStatus, PASSWORD, World } from '../support/world.ts';

let test: TestApp;
let world: World;
let anyone: Caller;

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  anyone = new Caller(test, null);
});

afterAll(() => test.close());

const as = (token: string): Caller => new Caller(test, token);
const newEmail = (): string => `shop-${randomUUID()}@merchants.example`;
const signUpBody = (email: string) => ({
  name: 'Lamps & more',
  email,
  password: PASSWORD,
  country: 'DE',
  currency: 'EUR',
});
const signIn = (email: string, password: string) => anyone.post('/v1/sessions', { email, password });

interface SignedUp {
  merchant: { id: string };
  user: { id: string };
  api_key: { id: string; secret: string; scopes: string[] };
}
const signUp = async (email = newEmail()): Promise<SignedUp> =>
  expectStatus(await anyone.post('/v1/merchants', signUpBody(email)), 201);

/** The token in the newest mail of a kind to an address, as staff read it. */
async function mailedToken(kind: string, to: string): Promise<string> {
  const list = expectStatus<{ data: { id: string }[] }>(
    await world.admin.get(`/v1/mails?kind=${kind}&to=${encodeURIComponent(to)}`),
    200,
  );
  const mail = expectStatus<{ text: string }>(await world.admin.get(`/v1/mails/${list.data[0]?.id ?? ''}`), 200);
  return /[0-9A-Za-z]{49}/.exec(mail.text)?.[0] ?? '';
}

async function staff(...roles: string[]): Promise<{ email: string; session: Caller }> {
  const email = `${randomUUID()}@operator.example`;
  expectStatus(await world.admin.post('/v1/users', { email, password: PASSWORD, roles }), 201);
  const session = expectStatus<{ token: string }>(await signIn(email, PASSWORD), 201);
  return { email, session: as(session.token) };
}

describe('a merchant that signs up', () => {
  it('gets its account, its owner and a key of every scope that works at once', async () => {
    const email = newEmail();
    const made = await signUp(email);
    expect(made).toMatchObject({
      merchant: {
        name: 'Lamps & more',
        email,
        country: 'DE',
        currency: 'EUR',
        status: 'active',
        plan: 'starter',
        policy: null,
        email_verified: false,
      },
      user: { email, merchant: made.merchant.id, roles: ['owner'] },
    });
    expect(made.merchant.id).toMatch(/^mer_[0-9a-z]{26}$/);
    expect(made.api_key.secret).toMatch(/^wb_test_[0-9A-Za-z]{49}$/);
    expect(made.api_key.scopes).toContain('orders:write');
    expect(made.api_key.scopes).not.toContain('warehouse:write');
    const own = expectStatus(await as(made.api_key.secret).get('/v1/merchant'), 200);
    expect(own).toEqual(made.merchant);
  });

  it('is refused with an e-mail that is taken, in capitals too', async () => {
    const email = newEmail();
    await signUp(email);
    const again = await anyone.post('/v1/merchants', signUpBody(email.toUpperCase()));
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: 'email_taken', status: 409 });
  });

  it('gets the same key again when it sends the same request again', async () => {
    const [body, key] = [signUpBody(newEmail()), randomUUID()];
    const first = await anyone.post('/v1/merchants', body, key);
    const second = await anyone.post('/v1/merchants', body, key);
    expect(second.status).toBe(201);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.text).toBe(first.text);
  });

  it.each([
    [{ password: 'short' }, '/password'],
    [{ email: 'nobody' }, '/email'],
    [{ email: 'a@b.example, c@d.example' }, '/email'],
    [{ country: 'XX' }, '/country'],
    [{ currency: 'EURO' }, '/currency'],
    [{ name: ' ' }, '/name'],
    [{ admin: true }, '/admin'],
  ])('is refused with %j', async (wrong, pointer) => {
    const answer = await anyone.post('/v1/merchants', { ...signUpBody(newEmail()), ...wrong });
    expect(answer.status).toBe(422);
    expect((answer.body as { errors: { pointer: string }[] }).errors.map((e) => e.pointer)).toEqual([pointer]);
  });

  it('is told of to the other modules, once, without its secrets', async () => {
    const { merchant, api_key } = await signUp();
    await test.settle();
    const told = await rows<{ sequence: string; payload: unknown }>(
      test.db,
      `SELECT sequence, payload FROM event WHERE merchant_id = $1 AND name = 'merchant.registered'`,
      [idIn('mer', merchant.id)],
    );
    expect(told).toMatchObject([{ sequence: '1', payload: { merchantId: idIn('mer', merchant.id), currency: 'EUR' } }]);
    expect(JSON.stringify(told)).not.toContain(api_key.secret);
  });

  it('proves its e-mail with the token that was mailed, once', async () => {
    const email = newEmail();
    const { api_key } = await signUp(email);
    const token = await mailedToken('email_verification', email);
    expectStatus(await anyone.post(`/v1/email-verifications/${token}`), 200);
    expect(expectStatus(await as(api_key.secret).get('/v1/merchant'), 200)).toMatchObject({ email_verified: true });
    expect((await anyone.post(`/v1/email-verifications/${token}`)).status).toBe(404);
  });

  it('changes its name and e-mail; the new address waits to be verified', async () => {
    const email = newEmail();
    const { api_key } = await signUp(email);
    await anyone.post(`/v1/email-verifications/${await mailedToken('email_verification', email)}`);
    const other = newEmail();
    const changed = expectStatus(await as(api_key.secret).patch('/v1/merchant', { name: 'Lamps', email: other }), 200);
    const told = await rows<object>(test.db, `SELECT 1 FROM mail WHERE recipient = $1 AND kind = 'email_changed'`, [
      email,
    ]);
    expect(told).toHaveLength(1);
    expect(changed).toMatchObject({ name: 'Lamps', email: other, email_verified: false, country: 'DE' });
    expectStatus(await anyone.post(`/v1/email-verifications/${await mailedToken('email_verification', other)}`), 200);
    expect((await as(api_key.secret).patch('/v1/merchant', { policy: 'courier-proof' })).status).toBe(422);
  });
});

describe('a session', () => {
  it('opens with the password, in any case of the e-mail, and ends when it is closed', async () => {
    const email = newEmail();
    const { merchant, user } = await signUp(email);
    const opened = expectStatus<{ token: string; expires_at: string }>(
      await signIn(email.toUpperCase(), PASSWORD),
      201,
    );
    expect(opened).toMatchObject({ user: { id: user.id, merchant: merchant.id } });
    expect(Date.parse(opened.expires_at)).toBeGreaterThan(Date.now());
    expect(expectStatus(await as(opened.token).get('/v1/merchant'), 200)).toMatchObject({ id: merchant.id });
    expect((await as(opened.token).delete('/v1/sessions/current')).status).toBe(204);
    expect((await as(opened.token).get('/v1/merchant')).status).toBe(401);
  });

  it('is not what a key has', async () => {
    const { api_key } = await signUp();
    expect((await as(api_key.secret).delete('/v1/sessions/current')).status).toBe(404);
    expectStatus(await as(api_key.secret).get('/v1/merchant'), 200);
  });

  it('is refused alike for a wrong password and an unknown e-mail', async () => {
    const email = newEmail();
    await signUp(email);
    const wrong = await signIn(email, 'a wrong password');
    const unknown = await signIn(newEmail(), 'a wrong password');
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect({ ...wrong.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' });
    expect(wrong.body).toMatchObject({ code: 'invalid_credentials' });
  });

  it.each([
    ['one after another', false],
    ['all at once', true],
  ])('is not tried more than 5 times with a wrong password, %s; then even the right one waits', async (_, atOnce) => {
    const email = newEmail();
    await signUp(email);
    const statuses: number[] = [];
    const guess = async (): Promise<void> => {
      statuses.push((await signIn(email, 'a wrong password')).status);
    };
    if (atOnce) await Promise.all(Array.from({ length: 12 }, guess));
    else for (let i = 0; i < 12; i += 1) await guess();
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
    const right = await signIn(email, PASSWORD);
    expect(right.status).toBe(429);
    expect(right.body).toMatchObject({ code: 'too_many_attempts' });
    expect(Number.parseInt(right.headers['retry-after'] ?? '0', 10)).toBeGreaterThan(60);
    expectStatus(await signIn(ADMIN.email, ADMIN.password), 201);
  });

  it('of the right password may be opened by many at once', async () => {
    const email = newEmail();
    await signUp(email);
    const opened = await Promise.all(Array.from({ length: 8 }, () => signIn(email, PASSWORD)));
    expect(opened.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    expect(new Set(opened.map(({ body }) => (body as { token: string }).token)).size).toBe(8);
  });
});

describe('a password reset', () => {
  const other = 'another long password';

  it('is accepted for anybody, after the same time, and mailed to who signs in with the address', async () => {
    const email = newEmail();
    await signUp(email);
    const took: number[] = [];
    for (const address of [email, newEmail()]) {
      const began = performance.now();
      const asked = await anyone.post('/v1/password-resets', { email: address });
      took.push(performance.now() - began);
      expect(asked.status).toBe(202);
      expect(asked.body).toEqual({ status: 'accepted' });
    }
    expect(Math.min(...took)).toBeGreaterThan(240);
    expect(await mailedToken('password_reset', email)).toHaveLength(49);
  });

  it('sets the password once, ends every session, and forgives the failures before', async () => {
    const email = newEmail();
    await signUp(email);
    const { token: session } = expectStatus<{ token: string }>(await signIn(email, PASSWORD), 201);
    for (let i = 0; i < 6; i += 1) await signIn(email, 'a wrong password');
    await anyone.post('/v1/password-resets', { email });
    const token = await mailedToken('password_reset', email);
    expect((await anyone.post(`/v1/password-resets/${token}`, { password: 'short' })).status).toBe(422);
    const tries = await Promise.all(
      [1, 2, 3].map(() => anyone.post(`/v1/password-resets/${token}`, { password: other })),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    expect((await as(session).get('/v1/merchant')).status).toBe(401);
    expect((await signIn(email, PASSWORD)).status).toBe(401);
    expectStatus(await signIn(email, other), 201);
  });

  it('is refused with a token that is unknown or half an hour old', async () => {
    const email = newEmail();
    await signUp(email);
    await anyone.post('/v1/password-resets', { email });
    const token = await mailedToken('password_reset', email);
    await rows(
      test.db,
      `UPDATE account_token SET expires_at = clock_timestamp() - interval '1 second' WHERE email = $1`,
      [email],
    );
    expect((await anyone.post(`/v1/password-resets/${token}`, { password: other })).status).toBe(404);
    expect((await anyone.post('/v1/password-resets/nonsense', { password: other })).status).toBe(404);
    expectStatus(await signIn(email, PASSWORD), 201);
  });

  it('is mailed three times at the most while the tokens live', async () => {
    const email = newEmail();
    await signUp(email);
    for (let i = 0; i < 5; i += 1) await anyone.post('/v1/password-resets', { email });
    const mails = expectStatus<{ data: object[] }>(
      await world.admin.get(`/v1/mails?kind=password_reset&to=${email}`),
      200,
    );
    expect(mails.data).toHaveLength(3);
  });
});

describe("a merchant's keys", () => {
  it('are made with some scopes, listed without their secrets, and end when they are deleted', async () => {
    const { api_key } = await signUp();
    const owner = as(api_key.secret);
    const made = expectStatus<{ id: string; secret: string }>(
      await owner.post('/v1/api-keys', { name: 'reports', scopes: ['account:read'] }),
      201,
    );
    expect(made).toMatchObject({ name: 'reports', scopes: ['account:read'] });
    expectStatus(await as(made.secret).get('/v1/merchant'), 200);
    expect((await as(made.secret).patch('/v1/merchant', { name: 'Mine' })).body).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    const list = expectStatus<{ data: { id: string }[] }>(await owner.get('/v1/api-keys'), 200);
    expect(list.data.map(({ id }) => id)).toEqual([made.id, api_key.id]);
    expect(JSON.stringify(list)).not.toContain(made.secret);
    expect((await owner.delete(`/v1/api-keys/${made.id}`)).status).toBe(204);
    expect((await as(made.secret).get('/v1/merchant')).status).toBe(401);
    expect((await owner.delete(`/v1/api-keys/${made.id}`)).status).toBe(404);
  });

  it('never have more than their maker', async () => {
    const { api_key } = await signUp();
    const made = expectStatus<{ secret: string }>(
      await as(api_key.secret).post('/v1/api-keys', { scopes: ['account:read', 'account:write'] }),
      201,
    );
    expect((await as(made.secret).post('/v1/api-keys', { scopes: ['orders:write'] })).status).toBe(403);
    expect((await as(made.secret).post('/v1/api-keys', { scopes: ['warehouse:write'] })).status).toBe(422);
    expect((await as(made.secret).post('/v1/api-keys', { scopes: ['everything'] })).status).toBe(422);
    expect(expectStatus(await as(made.secret).post('/v1/api-keys', {}), 201)).toMatchObject({
      scopes: ['account:read', 'account:write'],
    });
  });

  it('work two at a time while they are rotated', async () => {
    const { api_key: first } = await signUp();
    const rotate = async (secret: string, id: string): Promise<{ id: string; secret: string }> =>
      expectStatus(await as(secret).post(`/v1/api-keys/${id}/rotate`), 201);
    const works = async (secret: string): Promise<boolean> => (await as(secret).get('/v1/merchant')).status === 200;
    const second = await rotate(first.secret, first.id);
    expect([await works(first.secret), await works(second.secret)]).toEqual([true, true]);
    const third = await rotate(second.secret, second.id);
    expect([await works(first.secret), await works(second.secret), await works(third.secret)]).toEqual([
      false,
      true,
      true,
    ]);
    await rows(test.db, `UPDATE api_key SET expires_at = clock_timestamp() WHERE expires_at IS NOT NULL`);
    const list = expectStatus<{ data: { id: string; expires_at: null }[] }>(
      await as(third.secret).get('/v1/api-keys'),
      200,
    );
    expect(list.data).toMatchObject([{ id: third.id, expires_at: null }]);
  });

  it('of another merchant are unknown here', async () => {
    const [mine, theirs] = [await signUp(), await signUp()];
    const owner = as(mine.api_key.secret);
    const unknown = 'key_01h455vb4pex5vsknk084sn02q';
    for (const id of [theirs.api_key.id, unknown, mine.merchant.id, 'nonsense']) {
      for (const answer of [await owner.delete(`/v1/api-keys/${id}`), await owner.post(`/v1/api-keys/${id}/rotate`)]) {
        expect([answer.status, (answer.body as { code: string }).code]).toEqual([404, 'not_found']);
      }
    }
    expectStatus(await as(theirs.api_key.secret).get('/v1/merchant'), 200);
  });

  it.each(['', 'wb_test_', `wb_test_${'0'.repeat(49)}`, 'Basic', 'wbs_x'])(
    'that do not exist are refused: "%s"',
    async (token) => {
      expect((await as(token).get('/v1/merchant')).status).toBe(401);
    },
  );

  it('tell when they were used last, to the minute', async () => {
    const { api_key } = await signUp();
    await as(api_key.secret).get('/v1/merchant');
    await test.app.get(AccountIdentities).writeUses();
    const list = expectStatus<{ data: { last_used_at: string }[] }>(await as(api_key.secret).get('/v1/api-keys'), 200);
    expect(Date.now() - Date.parse(list.data[0]?.last_used_at ?? '')).toBeLessThan(60_000);
  });
});

describe('staff', () => {
  it('are made by an admin, with roles, and may do what those say', async () => {
    const { email, session } = await staff('support');
    expect((await session.get('/v1/users')).status).toBe(403);
    expect((await session.get('/v1/mails')).status).toBe(403);
    expect((await session.get('/v1/merchant')).status).toBe(403);
    expectStatus(await session.get('/v1/merchants'), 200);
    const list = expectStatus<{ data: { email: string; roles: string[] }[] }>(await world.admin.get('/v1/users'), 200);
    expect(list.data[0]).toMatchObject({ email, roles: ['support'], merchant: null });
    expect(list.data.at(-1)).toMatchObject({ email: ADMIN.email, roles: ['admin'] });
    expect(
      (await world.admin.post('/v1/users', { email: email.toUpperCase(), password: PASSWORD, roles: ['finance'] }))
        .body,
    ).toMatchObject({
      code: 'email_taken',
    });
    expect(
      (await world.admin.post('/v1/users', { email: newEmail(), password: PASSWORD, roles: ['owner'] })).status,
    ).toBe(422);
  });

  it('give their scanners keys of what they may do, and only that', async () => {
    const { session } = await staff('warehouse');
    const made = expectStatus<{ id: string; secret: string }>(
      await session.post('/v1/api-keys', { name: 'scanner 1', scopes: ['warehouse:write'] }),
      201,
    );
    expect((await as(made.secret).get('/v1/merchants')).status).toBe(403);
    expect((await as(made.secret).get('/v1/api-keys')).status).toBe(403);
    expect((await as(made.secret).post('/v1/api-keys', {})).status).toBe(403);
    expect((await session.post('/v1/api-keys', { scopes: ['orders:write'] })).status).toBe(422);
    const { session: finance } = await staff('finance');
    expect((await finance.post('/v1/api-keys', { scopes: ['warehouse:write'] })).status).toBe(403);
    expect((await finance.delete(`/v1/api-keys/${made.id}`)).status).toBe(404);
    expect((await world.admin.delete(`/v1/api-keys/${made.id}`)).status).toBe(204);
    expect((await as(made.secret).get('/v1/api-keys')).status).toBe(401);
  });

  it('find merchants, newest first, page by page', async () => {
    const made = [await signUp(), await signUp(), await signUp()].map(({ merchant }) => merchant.id).reverse();
    const first = expectStatus<{ data: { id: string }[]; next_cursor: string }>(
      await world.admin.get('/v1/merchants?limit=2'),
      200,
    );
    const second = expectStatus<typeof first>(
      await world.admin.get(`/v1/merchants?limit=1&cursor=${first.next_cursor}`),
      200,
    );
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(made);
    expect((await world.admin.get('/v1/merchants?cursor=bm9uc2Vuc2U')).status).toBe(422);
    expectStatus(await world.admin.get(`/v1/merchants/${made[0] ?? ''}`), 200);
  });

  it('suspend and reinstate a merchant; meanwhile it reads and does not place', async () => {
    const { merchant, api_key } = await signUp();
    const path = `/v1/merchants/${merchant.id}`;
    expect(expectStatus(await world.admin.post(`${path}/suspend`), 200)).toMatchObject({ status: 'suspended' });
    expect(expectStatus(await as(api_key.secret).get('/v1/merchant'), 200)).toMatchObject({ status: 'suspended' });
    const [order, key] = [world.order('while suspended'), randomUUID()];
    expect((await as(api_key.secret).post('/v1/orders', order, key)).body).toMatchObject({
      status: 403,
      code: 'merchant_suspended',
    });
    expect((await world.admin.post(`${path}/suspend`)).body).toMatchObject({
      status: 409,
      code: 'illegal_step',
      legal: ['reinstate'],
    });
    expect(expectStatus(await world.admin.get('/v1/merchants?status=suspended'), 200)).toMatchObject({
      data: [{ id: merchant.id }],
    });
    expect(expectStatus(await world.admin.post(`${path}/reinstate`), 200)).toMatchObject({ status: 'active' });
    expect((await as(api_key.secret).post('/v1/orders', order, key)).body).not.toMatchObject({
      code: 'merchant_suspended',
    });
    expect((await as(api_key.secret).post(`${path}/suspend`)).status).toBe(403);
  });

  it('set the policy of a merchant to one that there is, or back to the default', async () => {
    const { merchant } = await signUp();
    const path = `/v1/merchants/${merchant.id}`;
    expect(expectStatus(await world.admin.patch(path, { policy: 'return-code' }), 200)).toMatchObject({
      policy: 'return-code',
    });
    expect((await world.admin.patch(path, { policy: 'none-such' })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/policy' }],
    });
    expect(expectStatus(await world.admin.patch(path, { name: 'Same policy' }), 200)).toMatchObject({
      policy: 'return-code',
    });
    expect(expectStatus(await world.admin.patch(path, { policy: null }), 200)).toMatchObject({ policy: null });
  });
});

it('keeps no password, key or token readable in the database', async () => {
  const email = newEmail();
  const { api_key } = await signUp(email);
  const { token } = expectStatus<{ token: string }>(await signIn(email, PASSWORD), 201);
  await anyone.post('/v1/password-resets', { email });
  const reset = await mailedToken('password_reset', email);
  const tables = await rows<{ name: string }>(
    test.db,
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(10);
  for (const { name } of tables) {
    const [found] = await rows<{ text: string | null }>(
      test.db,
      `SELECT string_agg(t::text, ' ') AS text FROM "${name}" AS t`,
    );
    for (const secret of [PASSWORD, api_key.secret, token, reset])
      expect([name, found?.text?.includes(secret) ?? false]).toEqual([name, false]);
  }
});
