import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { one, rows } from '../../src/database/sql.ts';
import { idOut, newId } from '../../src/kernel/ids.ts';
import { decide } from '../../src/policies/deciding/decide.policy.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { policy } from '../support/decided.ts';
import { factsOf } from '../support/facts.ts';
import { expectStatus, usd, World, type Caller } from '../support/world.ts';

interface Report {
  id: string;
  status: string;
  version: string;
  progress: { done: number; of: number };
  cases: number;
  changed: number;
  cost_now: { amount: string } | null;
  cost_then: { amount: string } | null;
  by_cause: { cause: string; cases: number; changed: number; cost_now: object; cost_then: object }[];
  by_currency: { currency: string; cases: number }[];
  by_outcome: { now: string; then: string; cases: number }[];
  changes: { order: string; package: string; now: { outcome: string }; then: { outcome: string; clause: string } }[];
}

const YEAR = { from: '2025-01-01T00:00:00Z', to: '2025-12-31T23:59:59.999Z' };
const MANY = 3_000;
/** Cases between two words of how far it is. */
const STEP = 250;

let test: TestApp;
let world: World;
let staff: Caller;

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
  staff = world.admin;
});

afterAll(() => test.close());

const simulate = async (id: string, body: object): Promise<Report> =>
  expectStatus<Report>(await staff.post(`/v1/policies/${id}/simulations`, body), 201);

/** Everything that a simulation must leave as it is. */
const traces = async (): Promise<object | null> =>
  one(
    test.db,
    `SELECT (SELECT count(*) FROM decision) AS decisions, (SELECT count(*) FROM ledger_journal) AS journals,
       (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM mail) AS mails`,
  );

/** Decisions of a past year, a package each: late ones, and damage. */
async function lastYear(): Promise<void> {
  const rules = policy('courier-proof');
  const late = factsOf({ kind: 'tracking', at: '2026-05-27T12:00:00Z' }, { status: 'in_transit' });
  const broken = factsOf({ kind: 'claim', type: 'damaged' }, {}, { evidence: ['photo'] });
  const [ofLate, ofBroken] = [late, broken].map((facts) => ({
    facts,
    decision: decide(rules, facts),
    outcome: 'refund',
  }));
  const made = Array.from({ length: MANY }, (_, i) => ({
    ...{ merchant_id: newId(), id: newId(), order_id: newId(), package_id: newId() },
    ...(i % 3 === 0
      ? { kind: 'claim', cause: `claim:${randomUUID()}`, ...ofBroken }
      : { kind: 'tracking', cause: 'undelivered', ...ofLate }),
    ...{ policy_id: 'courier-proof', policy_version: 1, credited_minor: 2_500, currency: 'USD', journal_id: newId() },
    decided_at: new Date(Date.UTC(2025, i % 12, 1 + (i % 28))),
  }));
  const sql = `INSERT INTO decision SELECT * FROM json_populate_recordset(NULL::decision, $1::json)`;
  await rows(test.db, sql, [JSON.stringify(made)]);
}

describe('staff try a policy on past cases', () => {
  it('and see which would have ended otherwise, what they cost and what they would have cost', async () => {
    const merchant = await world.merchant('500.00');
    const cases = new Cases(world, merchant);
    const lost = await cases.shipped();
    const returned = await cases.shipped();
    const since = test.clock.now().toISOString();
    await cases.told(lost, 'lost');
    await cases.told(returned, 'rto_delivered');
    const draft = { id: 'no-losses', based_on: 'courier-proof', tracking: { refund_on: ['rto_delivered'] } };
    expectStatus(await staff.post('/v1/policies', draft), 201);

    const before = await traces();
    const report = await simulate('no-losses', { from: since, to: test.clock.now().toISOString() });
    expect(report).toMatchObject({
      ...{ status: 'done', version: 'draft', progress: { done: 2, of: 2 }, cases: 2, changed: 1 },
      ...{ cost_now: usd('50.00'), cost_then: usd('25.00') },
      by_cause: [{ cause: 'undelivered', cases: 2, changed: 1, cost_now: usd('50.00'), cost_then: usd('25.00') }],
      changes: [
        {
          ...{ merchant: merchant.id, order: lost.order.id, package: lost.id, cause: 'undelivered' },
          now: { outcome: 'refund', cost: usd('25.00'), clause: 'courier-proof/tracking/lost' },
          then: { outcome: 'wait', cost: usd('0.00'), clause: 'no-losses/tracking/under_way' },
        },
      ],
    });
    expect(report.id).toMatch(/^sim_/);
    expect(await traces()).toEqual(before);

    const same = await simulate('courier-proof', { from: since, to: test.clock.now().toISOString() });
    expect(same).toMatchObject({ version: '1', cases: 2, changed: 0, changes: [] });
    const other = await simulate('no-losses', { ...{ from: since, to: since }, merchant: (await world.merchant()).id });
    expect(other).toMatchObject({ cases: 0, changed: 0, cost_now: null, cost_then: null, by_cause: [] });
  });

  it('thousands of them in one call, each change one by one and as CSV', async () => {
    await lastYear();
    const draft = { id: 'patient', based_on: 'courier-proof', tracking: { late_after_days: 30 } };
    expectStatus(await staff.post('/v1/policies', draft), 201);
    const report = await simulate('patient', YEAR);
    const lates = (MANY * 2) / 3;
    expect(report).toMatchObject({
      ...{ status: 'done', progress: { done: MANY, of: MANY }, cases: MANY, changed: lates },
      ...{ cost_now: usd(`${MANY * 25}.00`), cost_then: usd(`${(MANY - lates) * 25}.00`) },
      by_outcome: [
        { now: 'refund', then: 'wait', cases: lates },
        { now: 'refund', then: 'refund', cases: MANY - lates },
      ],
    });
    expect(report.by_cause.map(({ cause, changed }) => `${cause} ${changed}`)).toEqual([
      'claim/damaged 0',
      `undelivered ${lates}`,
    ]);
    expect(report.changes).toHaveLength(100);

    const path = `/v1/policies/patient/simulations/${report.id}`;
    const csv = await staff.send('get', path, undefined, { Accept: 'text/csv' });
    expect(csv.headers['content-type']).toContain('text/csv');
    const lines = csv.text.trim().split('\n');
    expect(lines).toHaveLength(lates + 1);
    expect(lines[1]).toMatch(
      /,undelivered,USD,refund,25\.00,courier-proof\/tracking\/late,wait,0\.00,patient\/tracking\/under_way$/,
    );

    const seen = new Set<string>();
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 3; pages += 1) {
      const query: string = cursor === '' ? '?limit=100' : `?limit=100&cursor=${cursor}`;
      const page = expectStatus<{ data: { package: string }[]; next_cursor: string | null }>(
        await staff.get(`${path}/changes${query}`),
        200,
      );
      for (const change of page.data) seen.add(change.package);
      cursor = page.next_cursor;
    }
    expect(seen.size).toBe(300);
    expect(expectStatus<Report>(await staff.get(path), 200)).toEqual(report);
  });

  it('the same call again is the same report, and is not run again', async () => {
    const key = randomUUID();
    const first = await staff.post('/v1/policies/patient/simulations', YEAR, key);
    const second = await staff.post('/v1/policies/patient/simulations', YEAR, key);
    expect(expectStatus<Report>(second, 201)).toEqual(expectStatus<Report>(first, 201));
    expect(second.headers['idempotent-replayed']).toBe('true');
    const { data } = expectStatus<{ data: { id: string }[] }>(await staff.get('/v1/policies/patient/simulations'), 200);
    expect(data).toHaveLength(2);
  });

  it('and watch it move while it runs', async () => {
    const owner = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
    await owner.connect();
    await owner.query(`
      CREATE TABLE watched (n int GENERATED ALWAYS AS IDENTITY, simulation uuid, done int, total int, status text);
      CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        INSERT INTO watched (simulation, done, total, status) VALUES (NEW.id, NEW.done, NEW.total, NEW.status);
        RETURN NULL;
      END $$;
      CREATE TRIGGER watch AFTER UPDATE ON policy_simulation FOR EACH ROW EXECUTE FUNCTION watch();`);
    await simulate('patient', YEAR);
    const { rows: seen } = await owner.query('SELECT done, total, status FROM watched ORDER BY n');
    await owner.query('DROP TRIGGER watch ON policy_simulation');
    await owner.end();
    const steps = Array.from({ length: MANY / STEP }, (_, i) => (i + 1) * STEP);
    expect(seen).toEqual([
      ...steps.map((done) => ({ done, total: MANY, status: 'running' })),
      { done: MANY, total: MANY, status: 'done' },
    ]);
  });

  it('and sees that a run which was cut off has failed', async () => {
    const [run] = await rows<{ id: string }>(
      test.db,
      `UPDATE policy_simulation SET status = 'running', report = NULL, beat_at = beat_at - interval '5 minutes'
       WHERE policy_id = 'no-losses' RETURNING id`,
    );
    expect(run).toBeDefined();
    const { data } = expectStatus<{ data: { status: string; cases: unknown }[] }>(
      await staff.get('/v1/policies/no-losses/simulations'),
      200,
    );
    expect(data.map(({ status, cases }) => ({ status, cases }))).toContainEqual({ status: 'failed', cases: null });
  });

  it('or is told what is wrong with the question', async () => {
    const merchant = await world.merchant();
    expectStatus(await merchant.caller.post('/v1/policies/patient/simulations', YEAR), 403);
    expectStatus(await staff.post('/v1/policies/none-such/simulations', YEAR), 404);
    const nobodys = { ...YEAR, merchant: idOut('mer', newId()) };
    expectStatus(await staff.post('/v1/policies/patient/simulations', nobodys), 404);
    expectStatus(await staff.post('/v1/policies/patient/simulations', { from: YEAR.to, to: YEAR.from }), 422);
    expectStatus(await staff.post('/v1/policies/patient/simulations', { ...YEAR, version: 'last' }), 422);
    expectStatus(await staff.post('/v1/policies/patient/simulations', { ...YEAR, version: '7' }), 404);
    expectStatus(await staff.post('/v1/policies/courier-proof/simulations', { ...YEAR, version: 'draft' }), 409);
    expectStatus(await staff.get('/v1/policies/patient/simulations/sim_01h00000000000000000000000'), 404);
  });
});
