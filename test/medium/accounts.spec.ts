import { DataSource } from 'typeorm';
import { Config } from '../../src/config.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { Passwords } from '../../src/accounts/credentials/passwords.ts';
import { FirstAdmin } from '../../src/accounts/first-admin.ts';
import { PeopleService } from '../../src/accounts/people.service.ts';
import { SignUpService } from '../../src/accounts/sign-up.service.ts';
import { AccountsService } from '../../src/accounts/accounts.service.ts';
import { AccountsSweep } from '../../src/accounts/accounts.sweep.ts';
import { serviceOptions } from '../../src/database/data-source.ts';
import { rows } from '../../src/database/sql.ts';
import { ADMIN, startApp, type TestApp } from '../support/app.ts';
import { LostCommit } from '../support/lost-commit.ts';

let test: TestApp;
let people: PeopleService;

beforeAll(async () => {
  test = await startApp();
  people = test.app.get(PeopleService);
});

afterAll(() => test.close());

const admins = async (): Promise<string[]> =>
  (await people.staff(test.db, { limit: 100, after: null })).map(({ email }) => email);

/** Several processes that start at once, each with caches and hashes of its own; what each prints. */
async function start(processes: number, env: Readonly<Record<string, string>>): Promise<string[]> {
  const printed: string[] = [];
  const one = (): Promise<void> =>
    new FirstAdmin(test.db.source, new Config(env), people, new Passwords()).ensure((text) => printed.push(text));
  await Promise.all(Array.from({ length: processes }, one));
  return printed;
}

describe('the first admin', () => {
  it('of the settings is made as the service starts', async () => {
    expect(await admins()).toEqual([ADMIN.email]);
  });

  it('is made once by four starts at once, and its password is printed by the one that made it', async () => {
    const printed = await start(4, { ADMIN_EMAIL: 'second@operator.example' });
    expect(await admins()).toEqual(['second@operator.example', ADMIN.email]);
    expect(printed).toHaveLength(1);
    const password = /password: (\S+)/.exec(printed[0] ?? '')?.[1] ?? '';
    const made = await people.byEmail(test.db, 'second@operator.example');
    expect(await new Passwords().matches(made?.passwordHash ?? null, password)).toBe(true);
  });

  it('is not made again, and its password not changed, by later starts', async () => {
    const before = await people.byEmail(test.db, ADMIN.email);
    expect(await start(2, { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: 'quite another password' })).toEqual([]);
    expect(await start(2, {})).toEqual([]);
    expect(await people.byEmail(test.db, ADMIN.email)).toEqual(before);
    expect(await admins()).toHaveLength(2);
  });

  it('needs no settings in a house without one', async () => {
    await rows(test.db, `DELETE FROM login WHERE email LIKE '%@operator.example'`);
    await rows(test.db, `UPDATE account_user SET roles = '{support}'`);
    const printed = await start(4, {});
    expect(printed).toEqual([expect.stringMatching(/^First admin: admin@waybill\.local, password: \S{20} /)]);
    expect((await admins())[0]).toBe('admin@waybill.local');
    expect(await start(4, {})).toEqual([]);
  });

  it('whose COMMIT was not answered is made, and its password printed', async () => {
    const line = new LostCommit();
    const db = await new DataSource(serviceOptions(await line.url(), 4)).initialize();
    const config = new Config({ ADMIN_EMAIL: 'third@operator.example' });
    const printed: string[] = [];
    line.loseNext();
    await new FirstAdmin(db, config, people, new Passwords()).ensure((text) => printed.push(text));
    expect([line.isLost, printed]).toEqual([true, [expect.stringContaining('third@operator.example, password: ')]]);
    await db.destroy();
    line.close();
  });
});

describe('20 sign-ups with one e-mail at once', () => {
  it('make one merchant, one owner, one key and one mail', async () => {
    const signUps = test.app.get(SignUpService);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => {
        const email = i % 2 === 0 ? 'Race@merchants.example' : 'race@MERCHANTS.example';
        const given = { name: `Race ${i}`, email, country: 'FR', currency: 'EUR' };
        return inTransaction(test.db, (tx) => signUps.signUp(tx, given, 'no hash'));
      }),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = outcomes.flatMap((o) => (o.status === 'rejected' ? [(o.reason as { code: string }).code] : []));
    expect(refused).toEqual(Array.from({ length: 19 }, () => 'email_taken'));
    for (const table of ['merchant', 'account_user', 'mail', `event`]) {
      const where =
        table === 'event'
          ? `name = 'merchant.registered'`
          : table === 'merchant'
            ? 'true'
            : `merchant_id IN (SELECT id FROM merchant)`;
      const found = await rows<{ count: string }>(test.db, `SELECT count(*) FROM ${table} WHERE ${where}`);
      expect([table, found[0]?.count]).toEqual([table, '1']);
    }
  });
});

describe('a merchant as other modules see it', () => {
  it('is active or refused by its state, at once where it was changed', async () => {
    const accounts = test.app.get(AccountsService);
    const given = { name: 'Shop', email: 'shop@merchants.example', country: 'US', currency: 'USD' };
    const { merchant } = await inTransaction(test.db, (tx) => test.app.get(SignUpService).signUp(tx, given, 'no hash'));
    expect(await accounts.requireActive(merchant.id)).toEqual(merchant);
    await inTransaction(test.db, (tx) => accounts.signal(tx, merchant.id, 'suspend'));
    await expect(accounts.requireActive(merchant.id)).rejects.toMatchObject({
      code: 'merchant_suspended',
      kind: 'forbidden',
    });
    await inTransaction(test.db, (tx) => accounts.signal(tx, merchant.id, 'reinstate'));
    await inTransaction(test.db, (tx) => accounts.signal(tx, merchant.id, 'close'));
    await expect(accounts.requireActive(merchant.id)).rejects.toMatchObject({
      code: 'merchant_closing',
      kind: 'conflict',
    });
    await expect(accounts.requireActive('01890000-0000-7000-8000-000000000001')).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('is not remembered as changed when the change is rolled back', async () => {
    const accounts = test.app.get(AccountsService);
    const given = { name: 'Shop', email: 'shop2@merchants.example', country: 'US', currency: 'USD' };
    const { merchant } = await inTransaction(test.db, (tx) => test.app.get(SignUpService).signUp(tx, given, 'no hash'));
    await accounts.requireActive(merchant.id); // whoever changes it sees the change all the same, and nobody else does
    const failing = inTransaction(test.db, async (tx) => {
      await accounts.signal(tx, merchant.id, 'suspend');
      expect(await accounts.merchant(merchant.id)).toMatchObject({ status: 'active' });
      expect(await accounts.merchant(merchant.id, tx)).toMatchObject({ status: 'suspended' });
      throw new Error('after all not');
    });
    await expect(failing).rejects.toThrow('after all not');
    expect(await accounts.requireActive(merchant.id)).toMatchObject({ status: 'active' });
  });

  it('is found by everybody else while the transaction of somebody who looks it up as well fails', async () => {
    const accounts = test.app.get(AccountsService);
    const given = { name: 'Shop', email: 'shop3@merchants.example', country: 'US', currency: 'USD' };
    const { merchant } = await inTransaction(test.db, (tx) => test.app.get(SignUpService).signUp(tx, given, 'no hash'));
    const outcomes: PromiseSettledResult<unknown>[] = [];
    const failing = inTransaction(test.db, async (tx) => {
      await rows(tx, 'SELECT 1 / $1::int', [0]).catch(() => undefined);
      const lookUps = [accounts.merchant(merchant.id, tx), accounts.merchant(merchant.id)];
      outcomes.push(...(await Promise.allSettled(lookUps)));
    });
    await expect(failing).rejects.toThrow('The transaction had failed before its COMMIT.');
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});

it('clears away sessions, tokens and failures that have run out', async () => {
  const past = `clock_timestamp() - interval '1 hour'`;
  const nobody = `'01890000-0000-7000-8000-000000000001'`;
  await rows(test.db, `INSERT INTO session VALUES ('\\x01', ${nobody}, ${nobody}, ${past}, ${past})`);
  await rows(test.db, `INSERT INTO login_failure VALUES ('a@b.example', '127.0.0.1', 5, ${past})`);
  await rows(
    test.db,
    `INSERT INTO account_token VALUES ('\\x01', 'email_verification', ${nobody}, NULL, 'a@b.example', ${past}, ${past})`,
  );
  const [sweep, at] = [test.app.get(AccountsSweep), new Date(Date.now() + 3_600_000)];
  const owner = await new DataSource({ type: 'postgres', url: process.env['DATABASE_URL'] ?? '' }).initialize();
  await owner.query('ALTER TABLE account_token RENAME TO account_token_away');
  await expect(sweep.sweep(at)).rejects.toThrow('account_token');
  await owner.query('ALTER TABLE account_token_away RENAME TO account_token');
  await owner.destroy();
  expect(await sweep.sweep(at)).toBe(2); // the session is gone already
  expect(await sweep.sweep(at)).toBe(0);
});

it('checks four passwords at once and lets the others wait, up to a limit', async () => {
  const passwords = new Passwords();
  let [running, most] = [0, 0];
  const check = () =>
    passwords.inTurn(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => setTimeout(done, 2));
      running -= 1;
    });
  const outcomes = await Promise.allSettled(Array.from({ length: 210 }, check));
  expect(most).toBe(4);
  const refused = outcomes.flatMap((o) => (o.status === 'rejected' ? [(o.reason as { code: string }).code] : []));
  expect(refused).toEqual(Array.from({ length: 6 }, () => 'unavailable'));
  await check();
});
