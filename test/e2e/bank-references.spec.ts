import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, usd, World, type Merchant } from '../support/world.ts';

interface TopUp {
  id: string;
  reference: string;
  status: string;
}

interface Imported {
  results: { status: string; subject: string | null; detail: string | null }[];
}

interface Item {
  why: string | null;
  line: string | null;
  subject: { id: string } | null;
}

let test: TestApp;
let world: World;
let merchants: [Merchant, Merchant];
beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  merchants = [await world.merchant(), await world.merchant()];
});
afterAll(() => test.close());

const announce = async ({ caller }: Merchant, amount: string): Promise<TopUp> =>
  expectStatus<TopUp>(await caller.post('/v1/top-ups', { amount: usd(amount), method: 'bank_transfer' }), 201);

const confirm = (topUp: TopUp, amount: string, reference: string, body: object = {}): Promise<Response> =>
  world.admin.post(`/v1/top-ups/${topUp.id}/confirmation`, {
    ...{ amount: usd(amount), bank_reference: reference },
    ...body,
  });

const bank = async (topUp: TopUp, amount: string, id: string): Promise<Imported> => {
  const csv = `Date,Amount,Currency,Reference,ID\n2026-11-20,${amount},USD,${topUp.reference},${id}`;
  return expectStatus<Imported>(
    await world.admin.send('post', '/v1/imports/bank', csv, { 'Content-Type': 'text/csv' }),
    200,
  );
};

const item = async (topUp: TopUp): Promise<Item | undefined> =>
  expectStatus<{ items: Item[] }>(await world.admin.get('/v1/reconciliation?currency=USD'), 200).items.find(
    ({ subject, line }) => subject?.id === topUp.id && line !== null,
  );

const statusOf = async ({ caller }: Merchant, { id }: TopUp): Promise<string> =>
  expectStatus<TopUp>(await caller.get(`/v1/top-ups/${id}`), 200).status;

const resolve = (line: string, body: object): Promise<Response> =>
  world.admin.post(`/v1/reconciliation/lines/${line}/resolution`, { note: 'Looked at the bank', ...body });

describe.each([
  ['one merchant', 0],
  ['two merchants', 1],
] as const)('one payment and two top-ups of %s', (_, other) => {
  it('credit one of them, though a person and the bank’s statement confirm at once', async () => {
    const races = await Promise.all(
      Array.from({ length: 8 }, async (__, n) => {
        const [byHand, onLine] = [await announce(merchants[0], '30.00'), await announce(merchants[other], '30.00')];
        const reference = `RACE-${other}-${n}`;
        const [answer, file] = await Promise.all([
          confirm(byHand, '30.00', reference),
          bank(onLine, '30.00', reference),
        ]);
        return {
          answer,
          line: file.results[0],
          paid: [await statusOf(merchants[0], byHand), await statusOf(merchants[other], onLine)],
        };
      }),
    );
    for (const { answer, line, paid } of races) {
      const isByHand = answer.status === 200;
      expect(paid).toEqual(isByHand ? ['received', 'pending'] : ['pending', 'received']);
      expect(line).toMatchObject(isByHand ? { status: 'set_aside', detail: 'reference_used' } : { status: 'imported' });
      if (!isByHand) expect(answer.body).toMatchObject({ code: 'bank_reference_used' });
    }
  });

  it('credit the other one only where a person says that the bank shows two payments', async () => {
    const [first, second] = [await announce(merchants[0], '31.00'), await announce(merchants[other], '31.00')];
    const reference = `LINE-${other}`;
    expectStatus(await confirm(first, '31.00', reference), 200);
    expect((await bank(second, '31.00', reference)).results).toMatchObject([{ detail: 'reference_used' }]);
    const { line = '' } = (await item(second)) ?? {};
    const refused = await resolve(line ?? '', { top_up: second.id });
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'bank_reference_used', top_up: first.id }]);
    expect(await statusOf(merchants[other], second)).toBe('pending');
    expectStatus(await resolve(line ?? '', { top_up: second.id, another_payment: true }), 200);
    expect(await statusOf(merchants[other], second)).toBe('received');
  });

  it('are told apart by the line: given to the one that was confirmed by hand, it is matched', async () => {
    const [first, second] = [await announce(merchants[0], '32.00'), await announce(merchants[other], '32.00')];
    const reference = `MINE-${other}`;
    expectStatus(await confirm(first, '32.00', reference), 200);
    await bank(second, '32.00', reference);
    const { line = '' } = (await item(second)) ?? {};
    expectStatus(await resolve(line ?? '', { top_up: first.id }), 200);
    expect(await item(second)).toBeUndefined();
    expect(await statusOf(merchants[other], second)).toBe('pending');
    const late = await confirm(second, '32.00', reference);
    expect([late.status, late.body]).toMatchObject([409, { code: 'bank_reference_used', top_up: first.id }]);
    expectStatus(await confirm(second, '32.00', reference, { another_payment: true }), 200);
  });
});

it('one payment may be split over top-ups by hand, each with its part', async () => {
  const [first, second] = [await announce(merchants[0], '33.00'), await announce(merchants[1], '34.00')];
  expectStatus(await confirm(first, '33.00', 'SPLIT'), 200);
  expectStatus(await confirm(second, '34.00', 'SPLIT'), 200);
});
