import fc from 'fast-check';
import { plusDays } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { T0, WalletBench } from '../support/wallet.ts';
import { WalletModel, type Answer, type Op } from '../support/wallet-model.ts';
import { anyOp, journalsOf, perform } from '../support/wallet-ops.ts';

const RUNS = 200;
const LENGTH = 50;

let bench: WalletBench;
beforeAll(async () => {
  bench = await WalletBench.open();
});
afterAll(() => bench.close());

/** A reversal that was made before answers with it. */
const said = (op: Op, answer: Answer): Answer =>
  op.verb === 'reverse' && answer.says === 'already' ? { says: 'done' } : answer;

describe('the ledger against an independent model (invariants 1 to 14, 19, 20)', () => {
  it(`answers and books the same over any history, ${RUNS} of ${LENGTH}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyOp, { minLength: LENGTH / 2, maxLength: LENGTH }), async (ops) => {
        const model = new WalletModel();
        const merchantId = newId();
        await bench.run(async (tx) => {
          for (const op of ops) {
            const expected = said(op, model.do(op));
            expect([op, await perform(bench.wallet, tx, merchantId, op, model.day)]).toEqual([op, expected]);
          }
          const booked = await journalsOf(tx, merchantId);
          expect(new Map(booked.map(({ key, legs }) => [key, legs]))).toEqual(
            new Map([...model.booked].map(([key, { legs }]) => [key, legs])),
          );
        });
        const [balance] = await bench.wallet.balances(bench.db, merchantId, plusDays(T0, model.day));
        expect([balance?.available.minor ?? 0n, balance?.held.minor ?? 0n, balance?.promotional.minor ?? 0n]).toEqual([
          model.cash - model.held,
          model.held,
          model.promotional,
        ]);
      }),
      { numRuns: RUNS, seed: 20260301 },
    );
  }, 120_000);

  it('verifies every one of those books', async () => {
    const { books, checked, faults } = await bench.verification.run();
    expect(faults).toEqual([]);
    expect(books).toBeGreaterThanOrEqual(RUNS);
    expect(checked).toBeGreaterThan(RUNS * 5);
  }, 60_000);
});
