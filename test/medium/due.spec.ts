import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runDue } from '../../src/events/due.ts';
import { WalletBench } from '../support/wallet.ts';

let bench: WalletBench;
beforeAll(async () => {
  bench = await WalletBench.open();
});
afterAll(() => bench.close());

describe('what is due', () => {
  it('is done so many at a time and no more; one that fails holds nobody up', async () => {
    const left = new Set(Array.from({ length: 12 }, (_, n) => n));
    let inFlight = 0;
    let most = 0;
    const full: (() => void)[] = [];
    const log = new Logger('due');
    const said = jest.spyOn(log, 'error').mockImplementation(() => undefined);
    const work = async (n: number): Promise<void> => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      // nobody goes on until four are at work: one after another would wait for ever
      if (inFlight < 4 && left.size === 12) await new Promise<void>((go) => full.push(go));
      for (const go of full.splice(0)) go();
      inFlight -= 1;
      if (n === 5) throw new Error('not this one');
      left.delete(n);
    };
    const due = (limit: number): Promise<number[]> => Promise.resolve([...left].slice(0, limit));
    const asked = { due, key: String, work: (_: unknown, n: number) => work(n), abreast: 4 };
    expect(await runDue(bench.db, log, { ...asked, failed: (n) => ({ msg: 'failed', item: String(n) }) })).toBe(11);
    expect([most, [...left]]).toEqual([4, [5]]);
    expect(said).toHaveBeenCalledTimes(1);
  });
});
