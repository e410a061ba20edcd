import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '../../src/kernel/ids.ts';
import { Money } from '../../src/kernel/money.ts';
import type { Charge, Charged } from '../../src/wallet/wallet.service.ts';
import { LedgerKeyReused } from '../../src/wallet/wallet.errors.ts';
import { T0, usd, WalletBench } from '../support/wallet.ts';

let bench: WalletBench;
beforeAll(async () => {
  bench = await WalletBench.open();
});
afterAll(() => bench.close());

/** What a merchant has to begin with, in cents: cash of each currency, and lots by rank. */
interface Purse {
  usd: number;
  eur: number;
  lots: { cents: number; days: number | null; fees: boolean }[];
}

interface Asked {
  purse: number;
  cents: number;
  eur: boolean;
  fee: boolean;
  hours: number;
}

const HOUR_MS = 3_600_000;
const money = (cents: number, currency: string): Money => Money.ofMinor(BigInt(cents), currency);
const cents = fc.integer({ min: 1, max: 3_000 });
const purse = fc.record({
  usd: fc.integer({ min: 0, max: 8_000 }),
  eur: fc.integer({ min: 0, max: 4_000 }),
  lots: fc.array(fc.record({ cents, days: fc.option(fc.integer({ min: 0, max: 2 })), fees: fc.boolean() }), {
    maxLength: 3,
  }),
});
const asked = fc.record({
  purse: fc.nat(2),
  cents: fc.oneof({ weight: 9, arbitrary: cents }, { weight: 1, arbitrary: fc.constant(0) }),
  eur: fc.boolean(),
  fee: fc.boolean(),
  hours: fc.nat(60),
});

async function merchantWith(given: Purse): Promise<string> {
  const merchantId = newId();
  const cause = { type: 'merchant', id: merchantId };
  if (given.usd > 0) await bench.topUp(merchantId, money(given.usd, 'USD'));
  if (given.eur > 0) await bench.topUp(merchantId, money(given.eur, 'EUR'));
  for (const [i, lot] of given.lots.entries()) {
    const amount = money(lot.cents, 'USD');
    const expiresAt = lot.days === null ? null : new Date(T0.getTime() + lot.days * 24 * HOUR_MS + 1);
    await bench.run((tx) =>
      bench.wallet.grant(tx, {
        ...{ merchantId, cause, amount, expiresAt, key: `grant:${i}`, at: T0, rank: i % 2 },
        ...{ paysFor: lot.fees ? ['fee'] : ['order_charge'], explanation: [{ text: 'Bonus', amount }] },
      }),
    );
  }
  return merchantId;
}

const toCharge = (merchantId: string, { cents: minor, eur, fee, hours }: Asked, place: number): Charge => {
  const amount = money(minor, eur ? 'EUR' : 'USD');
  return {
    ...{
      merchantId,
      amount,
      key: `order:${place}`,
      cause: { type: 'order', id: `o-${place}` },
      blocks: `order:${place}`,
    },
    ...{ type: fee ? 'fee' : 'order_charge', contra: fee ? 'fee_revenue' : 'orders_in_progress' },
    ...{ at: new Date(T0.getTime() + hours * HOUR_MS), explanation: [{ text: 'Goods', amount }] },
  };
};

const said = (charged: readonly Charged[]): string[] =>
  charged.map((c) =>
    c.status === 'short' ? `short of ${c.available.toString()}` : c.journalId === null ? 'free' : 'charged',
  );

describe('charges of several merchants at once', () => {
  it('are what they would have been one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(purse, purse, purse),
        fc.array(asked, { minLength: 1, maxLength: 12 }),
        async (purses, list) => {
          const [together, alone] = [
            await Promise.all(purses.map(merchantWith)),
            await Promise.all(purses.map(merchantWith)),
          ];
          // one currency and account after the other, as charges in several currencies are done
          const parts = new Map<string, Charge[]>();
          list.forEach((a, i) => {
            const key = `${a.eur} ${a.fee}`;
            parts.set(key, [...(parts.get(key) ?? []), toCharge(together[a.purse] ?? '', a, i)]);
          });
          const ordered = [...parts.values()].flat();
          const twin = (charge: Charge): Charge => ({
            ...charge,
            merchantId: alone[together.indexOf(charge.merchantId)] ?? '',
          });
          const answers = await bench.run((tx) => bench.wallet.charges(tx, ordered));
          const expected: Charged[] = [];
          for (const charge of ordered) expected.push(await bench.run((tx) => bench.wallet.charge(tx, twin(charge))));
          expect(said(answers)).toEqual(said(expected));
          for (const [i, merchantId] of together.entries()) {
            const other = alone[i] ?? '';
            const at = new Date(T0.getTime() + 90 * HOUR_MS);
            const balances = (id: string) => bench.wallet.balances(bench.db, id, at);
            expect(await balances(merchantId)).toEqual(await balances(other));
            expect(await bench.told(merchantId)).toEqual(await bench.told(other));
            const causes = async (id: string) => (await bench.wallet.blockers(bench.db, id)).map(({ cause }) => cause);
            expect(await causes(merchantId)).toEqual(await causes(other));
          }
        },
      ),
      { numRuns: 60 },
    );
    const { checked, faults } = await bench.verification.run();
    expect(faults).toEqual([]);
    expect(checked).toBeGreaterThan(60);
  }, 60_000);

  it('answer for a key that was charged before, and refuse it for another amount', async () => {
    const merchantId = await bench.merchantWith(usd('30.00'));
    const charge = (place: number, minor: number) =>
      toCharge(merchantId, { purse: 0, cents: minor, eur: false, fee: false, hours: 0 }, place);
    const [first] = await bench.run((tx) => bench.wallet.charges(tx, [charge(1, 1_000)]));
    const again = await bench.run((tx) => bench.wallet.charges(tx, [charge(1, 1_000), charge(2, 500)]));
    expect(again[0]).toEqual(first);
    expect((await bench.balance(merchantId)).available).toBe('15.00');
    await expect(bench.run((tx) => bench.wallet.charges(tx, [charge(3, 100), charge(1, 999)]))).rejects.toThrow(
      LedgerKeyReused,
    );
    expect((await bench.balance(merchantId)).available).toBe('15.00');
  });
});
