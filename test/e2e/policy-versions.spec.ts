import { Ajv } from 'ajv';
import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases } from '../support/case.ts';
import { factsOf } from '../support/facts.ts';
import { expectStatus, World, type Caller, type Merchant } from '../support/world.ts';

interface Draft {
  id: string;
  based_on: { id: string; version: number };
  title: string;
  terms: { tracking: { late_after_days: number }; id: string };
  changes: { pointer: string; from: unknown; to: unknown }[];
}

interface Policy {
  id: string;
  version: number;
  terms: Record<string, unknown>;
}

interface Refusal {
  code: string;
  errors: { pointer: string; code: string; detail: string }[];
}

const LOST_12_DAYS = { request: { kind: 'tracking', at: '2026-05-14T12:00:00Z' } } as const;

let test: TestApp;
let world: World;
let staff: Caller;
let merchant: Merchant;
let shop: Caller;

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
  staff = world.admin;
  merchant = await world.merchant('500.00');
  shop = merchant.caller;
});

afterAll(() => test.close());

const path = (id: string, rest = ''): string => `/v1/policies/${id}${rest}`;

/** Under way, handed over on May 2nd, asked on May 14th: late for ten days, not for twenty. */
const underWay = () => factsOf(LOST_12_DAYS.request, { status: 'in_transit' });

const page = async (address: string, caller = shop, language = 'en'): Promise<string> => {
  const answer = await caller.send('get', address, undefined, { Accept: 'text/html', 'Accept-Language': language });
  expectStatus(answer, 200);
  return answer.text;
};

describe('the operator copies a policy, changes it and publishes it', () => {
  it('as a draft that nobody is decided by until it is published', async () => {
    const draft = expectStatus<Draft>(
      await staff.post('/v1/policies', {
        id: 'ten-days',
        based_on: 'courier-proof',
        tracking: { late_after_days: 10 },
      }),
      201,
    );
    expect(draft).toMatchObject({ id: 'ten-days', based_on: { id: 'courier-proof', version: 1 }, title: 'Ten days' });
    expect(draft.terms.id).toBe('ten-days');
    expect(draft.changes).toContainEqual({ pointer: '/tracking/late_after_days', from: 20, to: 10 });
    for (const address of ['', '/versions/1', '/versions', '/diff']) {
      expectStatus(await shop.get(path('ten-days', address)), 404);
    }
    expectStatus(await shop.post(path('ten-days', '/decide'), underWay()), 404);
    expect(expectStatus(await staff.post(path('ten-days', '/draft/decide'), underWay()), 200)).toMatchObject({
      outcome: 'refund',
    });
  });

  it('and what merchants read is what is decided, as soon as it is published', async () => {
    const before = await page(path('courier-proof'));
    expect(before).toContain('More than 20 days after hand-over');
    const published = expectStatus<Policy>(await staff.post(path('ten-days', '/publish'), { note: 'Faster.' }), 200);
    expect(published).toMatchObject({ id: 'ten-days', version: 1 });
    const decided = await shop.post(path('ten-days', '/decide'), underWay());
    expect(expectStatus(decided, 200)).toMatchObject({
      outcome: 'refund',
      refund: { amount: '25.00', currency: 'USD' },
    });
    const waits = await shop.post(path('courier-proof', '/decide'), underWay());
    expect(expectStatus(waits, 200)).toMatchObject({ outcome: 'wait', reconsider_at: '2026-05-22T10:00:00Z' });
    expect(await page(path('ten-days'))).toContain('More than 10 days after hand-over');
    const { data } = expectStatus<{ data: { id: string }[] }>(await shop.get('/v1/policies'), 200);
    expect(data.map(({ id }) => id)).toContain('ten-days');
  });

  it('again and again, each version kept as it was', async () => {
    const changed = await staff.put(path('ten-days', '/draft'), { tracking: { late_after_days: 12 } });
    expect(expectStatus<Draft>(changed, 200).changes).toEqual([
      { pointer: '/tracking/late_after_days', from: 10, to: 12 },
    ]);
    const more = expectStatus<Draft>(
      await staff.put(path('ten-days', '/draft'), { terms: { claims: { damaged: { evidence_any: ['video'] } } } }),
      200,
    );
    expect(more.changes.map(({ pointer }) => pointer)).toEqual([
      '/tracking/late_after_days',
      '/claims/damaged/evidence_any',
    ]);
    expectStatus(await staff.post(path('ten-days', '/publish')), 200);
    expect(expectStatus<Policy>(await shop.get(path('ten-days')), 200).version).toBe(2);
    const first = expectStatus<Policy>(await shop.get(path('ten-days', '/versions/1')), 200);
    expect(first).toMatchObject({ version: 1, terms: { tracking: { late_after_days: 10 } } });

    const history = expectStatus<{ data: object[] }>(await staff.get(path('ten-days', '/versions')), 200).data;
    expect(history).toMatchObject([
      { version: 2, note: null },
      { version: 1, note: 'Faster.', published_by: expect.stringMatching(/^usr_/) as string },
    ]);
    const read = expectStatus<{ data: { published_by: unknown }[] }>(
      await shop.get(path('ten-days', '/versions')),
      200,
    );
    expect(read.data.map((version) => version.published_by)).toEqual([null, null]);
  });

  it('and sees what differs between any two, in parameters and in words', async () => {
    interface Diff {
      from: string;
      to: string;
      changes: { pointer: string }[];
      clauses: { id: string; from: { text: string } | null; to: { text: string } | null }[];
    }
    const diff = expectStatus<Diff>(await shop.get(path('ten-days', '/diff?from=1&to=2')), 200);
    expect(diff).toMatchObject({ from: '1', to: '2' });
    expect(diff.changes.map(({ pointer }) => pointer)).toEqual([
      '/tracking/late_after_days',
      '/claims/damaged/evidence_any',
    ]);
    const late = diff.clauses.find(({ id }) => id === 'ten-days/tracking/late');
    expect(late?.from?.text).toContain('More than 10 days');
    expect(late?.to?.text).toContain('More than 12 days');
    expect(expectStatus<Diff>(await shop.get(path('ten-days', '/diff')), 200)).toEqual(diff);
    expect(expectStatus<Diff>(await shop.get(path('ten-days', '/diff?from=2&to=2')), 200).clauses).toEqual([]);

    expectStatus(await staff.put(path('ten-days', '/draft'), { settlement: { claim_window_days: 45 } }), 200);
    const ahead = expectStatus<Diff>(await staff.get(path('ten-days', '/diff?to=draft')), 200);
    expect(ahead.changes).toEqual([{ pointer: '/settlement/claim_window_days', from: 30, to: 45 }]);
    expectStatus(await shop.get(path('ten-days', '/diff?to=draft')), 403);
    expectStatus(await shop.get(path('ten-days', '/diff?to=9')), 404);
    expectStatus(await shop.get(path('ten-days', '/diff?to=last')), 422);
    expect(await page(path('ten-days', '/draft'), staff, 'fr')).toContain('Draft, not in force');
    expectStatus(await staff.delete(path('ten-days', '/draft')), 204);
    expectStatus(await staff.get(path('ten-days', '/draft')), 404);
    const nothing = await staff.post(path('ten-days', '/publish'));
    expect(expectStatus(nothing, 409)).toMatchObject({ code: 'no_draft' });
  });
});

describe('an order', () => {
  it('keeps the version that was in force when it was placed', async () => {
    const cases = new Cases(world, merchant);
    const versionOf = async (id: string): Promise<unknown> =>
      expectStatus<{ policy: unknown }>(await shop.get(`/v1/orders/${id}`), 200).policy;
    const before = await cases.place();
    expectStatus(await staff.put(path('courier-proof', '/draft'), { tracking: { late_after_days: 25 } }), 200);
    expectStatus(await staff.post(path('courier-proof', '/publish')), 200);
    const after = await cases.place();
    expect(await versionOf(before.id)).toEqual({ id: 'courier-proof', version: 1 });
    expect(await versionOf(after.id)).toEqual({ id: 'courier-proof', version: 2 });
  });

  it('hears of what was published in the house’s own events', async () => {
    await test.settle();
    const told = await rows<{ payload: unknown }>(test.db, `SELECT payload FROM event WHERE name = 'policy.published'`);
    expect(told.map(({ payload }) => payload)).toContainEqual(
      expect.objectContaining({ policyId: 'courier-proof', version: 2 }),
    );
  });
});

describe('a draft', () => {
  it('is refused with the place and the reason, and then is not kept', async () => {
    const broken = { terms: { tracking: { late_after_days: 'soon' }, claims: { lost: { proven_by: ['gone'] } } } };
    const shape = expectStatus<Refusal>(await staff.put(path('return-code', '/draft'), broken), 422);
    expect(shape.code).toBe('validation_failed');
    expect(shape.errors.map(({ pointer }) => pointer)).toEqual([
      '/terms/tracking/late_after_days',
      '/terms/claims/lost/proven_by/0',
    ]);
    const contrary = { claims: { defective: { window_days: 30, review_until_days: 20 } } };
    const refused = expectStatus<Refusal>(await staff.put(path('return-code', '/draft'), contrary), 422);
    expect(refused.errors).toMatchObject([{ pointer: '/claims/defective/review_until_days', code: 'contradiction' }]);
    expectStatus(await staff.get(path('return-code', '/draft')), 404);
    expectStatus(await staff.post(path('return-code', '/publish')), 409);
  });

  it.each<[string, object, number, string]>([
    ['of a code that is taken', { id: 'return-code', based_on: 'courier-proof' }, 409, 'policy_exists'],
    ['of a code that is no code', { id: 'Ten Days', based_on: 'courier-proof' }, 422, 'validation_failed'],
    ['of a code that is an address', { id: 'schema', based_on: 'courier-proof' }, 422, 'validation_failed'],
    ['of nothing', { id: 'copy', based_on: 'none' }, 422, 'validation_failed'],
    [
      'with two places for one thing',
      { id: 'copy', based_on: 'courier-proof', terms: {}, tracking: {} },
      422,
      'validation_failed',
    ],
    ['with what no policy has', { id: 'copy', based_on: 'courier-proof', gifts: {} }, 422, 'validation_failed'],
  ])('%s is refused', async (_name, body, status, code) => {
    expect(expectStatus<Refusal>(await staff.post('/v1/policies', body), status).code).toBe(code);
  });

  it('is written, published and dropped by staff alone, of policies that are there', async () => {
    expectStatus(await shop.post('/v1/policies', { id: 'mine', based_on: 'courier-proof' }), 403);
    expectStatus(await shop.put(path('courier-proof', '/draft'), {}), 403);
    expectStatus(await shop.post(path('courier-proof', '/publish')), 403);
    expectStatus(await shop.get(path('courier-proof', '/draft')), 403);
    for (const [method, rest] of [
      ['put', '/draft'],
      ['get', '/draft'],
      ['delete', '/draft'],
      ['post', '/publish'],
    ] as const) {
      expectStatus(await staff.send(method, path('none-such', rest), method === 'get' ? undefined : {}), 404);
    }
  });

  it('that two publish at once is published once', async () => {
    expectStatus(await staff.post('/v1/policies', { id: 'race', based_on: 'courier-proof' }), 201);
    const answers = await Promise.all(Array.from({ length: 4 }, () => staff.post(path('race', '/publish'))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const { data } = expectStatus<{ data: object[] }>(await staff.get(path('race', '/versions')), 200);
    expect(data).toHaveLength(1);
  });
});

it('publishes a schema that every policy keeps to', async () => {
  const schema = expectStatus<object>(await shop.get('/v1/policies/schema'), 200);
  const isSound = new Ajv({ allErrors: true }).compile(schema);
  const { data } = expectStatus<{ data: { id: string }[] }>(await shop.get('/v1/policies?limit=100'), 200);
  for (const { id } of data) {
    const { terms } = expectStatus<Policy>(await shop.get(path(id)), 200);
    expect(isSound(terms) ? [] : isSound.errors).toEqual([]);
  }
});
