import { playLedger } from '../../src/cli/chaos/ledger-play.ts';
import { WalletBench } from '../support/wallet.ts';

const RUNS = 200;
const LENGTH = 50;

let bench: WalletBench;
beforeAll(async () => {
  bench = await WalletBench.open();
});
afterAll(() => bench.close());

describe('the ledger against an independent model (invariants 1 to 14, 19, 20)', () => {
  it(`answers and books the same over any history, ${RUNS} of ${LENGTH}`, async () => {
    await playLedger(bench, { runs: RUNS, length: LENGTH, seed: 20260301 });
  }, 120_000);

  it('verifies every one of those books', async () => {
    const { books, checked, faults } = await bench.verification.run();
    expect(faults).toEqual([]);
    expect(books).toBeGreaterThanOrEqual(RUNS);
    expect(checked).toBeGreaterThan(RUNS * 5);
  }, 60_000);
});
