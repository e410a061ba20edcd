import { one, rows } from '../../src/database/sql.ts';
import { DAY_MS, plusDays } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { Money } from '../../src/kernel/money.ts';
import {
  InsufficientFunds,
  LedgerKeyReused,
  MoreThanLeft,
  NotReversible,
  UnknownCharge,
} from '../../src/wallet/wallet.errors.ts';
import { CAUSE, line, T0, usd, WalletBench } from '../support/wallet.ts';

let bench: WalletBench;
beforeAll(async () => {
  bench = await WalletBench.open();
});
afterAll(() => bench.close());

const grant = (
  merchantId: string,
  amount: string,
  terms: { rank?: number; expiresAt?: Date | null; paysFor?: ('order_charge' | 'membership_fee')[] } = {},
) =>
  bench.run((tx) =>
    bench.wallet.grant(tx, {
      merchantId,
      key: `grant:${newId()}`,
      cause: CAUSE,
      amount: usd(amount),
      explanation: line(usd(amount)),
      at: T0,
      rank: 1,
      expiresAt: null,
      paysFor: ['order_charge'],
      ...terms,
    }),
  );

describe('a charge', () => {
  it('takes all of it or nothing, and a short one leaves no trace and may try again', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    const charge = { merchantId, amount: usd('12.00'), key: 'order:1' };
    expect(await bench.charge(charge)).toEqual({ status: 'short', available: usd('10.00') });
    expect(await bench.journals(merchantId)).toBe(1);
    await bench.topUp(merchantId, usd('5.00'));
    expect(await bench.charge(charge)).toMatchObject({ status: 'charged' });
    expect(await bench.balance(merchantId)).toEqual({ available: '3.00', held: '0.00', promotional: '0.00' });
  });

  it('spends promotional lots by rank, then soonest expiry, then age, then cash', async () => {
    const merchantId = await bench.merchantWith(usd('50.00'));
    await grant(merchantId, '1.00', { rank: 2 });
    await grant(merchantId, '2.00', { rank: 1 });
    await grant(merchantId, '3.00', { rank: 1, expiresAt: plusDays(T0, 9) });
    await grant(merchantId, '4.00', { rank: 1, expiresAt: plusDays(T0, 5) });
    await grant(merchantId, '5.00', { rank: 0, expiresAt: T0 }); // expires at this very instant
    await grant(merchantId, '6.00', { rank: 0, paysFor: ['membership_fee'] });
    await bench.charge({ merchantId, amount: usd('20.00'), key: 'order:1' });
    const legs = await rows<{ debit: number; amount_minor: string }>(
      bench.db,
      `SELECT debit, p.amount_minor FROM ledger_posting p JOIN ledger_journal j USING (merchant_id, number) WHERE merchant_id = $1 AND j.key = 'order:1' ORDER BY leg`,
      [merchantId],
    );
    expect(legs.map((leg) => [leg.debit, leg.amount_minor])).toEqual([
      [104, '400'],
      [103, '300'],
      [102, '200'],
      [101, '100'],
      [1, '1000'],
    ]);
  });

  it('is bound to its key: the same again is the same, another request is refused', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    const first = await bench.charge({ merchantId, amount: usd('4.00'), key: 'order:1' });
    expect(await bench.charge({ merchantId, amount: usd('4.00'), key: 'order:1' })).toEqual(first);
    await expect(bench.charge({ merchantId, amount: usd('4.01'), key: 'order:1' })).rejects.toThrow(LedgerKeyReused);
    expect(await bench.told(merchantId)).toEqual(['wallet.credited', 'wallet.debited']);
  });

  it('of a merchant without a book is short, and of nothing is charged without a journal', async () => {
    const merchantId = newId();
    expect(await bench.charge({ merchantId, amount: usd('0.01'), key: 'a' })).toEqual({
      status: 'short',
      available: usd('0.00'),
    });
    expect(await bench.charge({ merchantId, amount: usd('0.00'), key: 'b' })).toEqual({
      status: 'charged',
      journalId: null,
    });
    expect(await bench.journals(merchantId)).toBe(0);
  });

  it('raises a payout blocker, and settling clears it, each in its own round trip', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    await bench.charge({ merchantId, amount: usd('10.00'), key: 'order:1', blocks: 'order:1' });
    expect(await bench.wallet.blockers(bench.db, merchantId)).toEqual([{ cause: 'order:1', since: T0, until: null }]);
    const settlement = {
      merchantId,
      charge: 'order:1',
      key: 'settle:1',
      cause: CAUSE,
      at: T0,
      goods: usd('8.00'),
      shipping: usd('2.00'),
    };
    await bench.run((tx) => bench.wallet.settle(tx, { ...settlement, unblocks: 'order:1' }));
    expect(await bench.wallet.blockers(bench.db, merchantId)).toEqual([]);
  });

  it('passes amounts beyond 2^53 unharmed', async () => {
    const huge = Money.ofMinor(9_007_199_254_740_993n, 'USD');
    const merchantId = await bench.merchantWith(huge.plus(huge));
    await bench.charge({ merchantId, amount: huge, key: 'order:1' });
    expect((await bench.balance(merchantId)).available).toBe('90071992547409.93');
  });
});

describe('a refund', () => {
  it('goes to the buckets that paid, cash first, each at most what it paid', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    await grant(merchantId, '5.00');
    await bench.charge({ merchantId, amount: usd('12.00'), key: 'order:1' });
    await bench.refund({ merchantId, charge: 'order:1', amount: usd('6.00'), key: 'decision:1' });
    expect(await bench.balance(merchantId)).toEqual({ available: '9.00', held: '0.00', promotional: '0.00' });
    await bench.refund({ merchantId, charge: 'order:1', amount: usd('6.00'), key: 'decision:2' });
    expect(await bench.balance(merchantId)).toEqual({ available: '10.00', held: '0.00', promotional: '5.00' });
  });

  it('is never more in all than was charged, nor than was paid for the package', async () => {
    const merchantId = await bench.merchantWith(usd('20.00'));
    await bench.charge({ merchantId, amount: usd('20.00'), key: 'order:1' });
    const forPackage = { merchantId, charge: 'order:1', packageId: newId(), paidForPackage: usd('12.00') };
    const first = await bench.refund({ ...forPackage, amount: usd('7.00'), key: 'd1', causeKind: 'claim:1' });
    const second = await bench.refund({ ...forPackage, amount: usd('12.00'), key: 'd2', causeKind: 'undelivered' });
    const third = await bench.refund({ ...forPackage, amount: usd('1.00'), key: 'd3', causeKind: 'cancellation' });
    expect([first.amount, second.amount, third.amount].map(String)).toEqual(['7.00 USD', '5.00 USD', '0.00 USD']);
    expect([first.status, second.status, third.status]).toEqual(['refunded', 'refunded', 'already']);
    const rest = await bench.refund({ merchantId, charge: 'order:1', amount: usd('20.00'), key: 'd4' });
    expect(rest.amount).toEqual(usd('8.00'));
    expect((await bench.balance(merchantId)).available).toBe('20.00');
  });

  it('happens once for a package and a cause, whoever finds it out', async () => {
    const merchantId = await bench.merchantWith(usd('20.00'));
    await bench.charge({ merchantId, amount: usd('20.00'), key: 'order:1' });
    const undelivered = {
      merchantId,
      charge: 'order:1',
      packageId: newId(),
      causeKind: 'undelivered',
      amount: usd('5.00'),
    };
    const first = await bench.refund({ ...undelivered, key: 'decision:tracking' });
    const again = await bench.refund({ ...undelivered, key: 'decision:claim' });
    expect(again).toEqual({ ...first, status: 'already' });
    expect((await bench.balance(merchantId)).available).toBe('5.00');
  });

  it('lets the share of an expired lot lapse at once, as a journal that the merchant sees', async () => {
    const merchantId = await bench.merchantWith(usd('5.00'));
    await grant(merchantId, '5.00', { expiresAt: plusDays(T0, 2) });
    await bench.charge({ merchantId, amount: usd('8.00'), key: 'order:1' });
    const refunded = await bench.refund({
      merchantId,
      charge: 'order:1',
      amount: usd('8.00'),
      key: 'd1',
      at: plusDays(T0, 3),
    });
    expect(refunded).toMatchObject({ amount: usd('8.00'), lapsed: usd('5.00') });
    expect(await bench.balance(merchantId, plusDays(T0, 3))).toEqual({
      available: '5.00',
      held: '0.00',
      promotional: '0.00',
    });
    const types = await rows<{ type: string }>(
      bench.db,
      'SELECT type FROM ledger_journal WHERE merchant_id = $1 ORDER BY number',
      [merchantId],
    );
    expect(types.map((row) => row.type)).toEqual(['top_up', 'promotion', 'order_charge', 'refund', 'promotion']);
  });

  it('comes out of refund_expense once the order is settled', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    await bench.charge({ merchantId, amount: usd('10.00'), key: 'order:1' });
    const settlement = {
      merchantId,
      charge: 'order:1',
      key: 's',
      cause: CAUSE,
      at: T0,
      goods: usd('7.00'),
      shipping: usd('0.00'),
    };
    await bench.run((tx) => bench.wallet.settle(tx, settlement));
    await bench.refund({ merchantId, charge: 'order:1', amount: usd('5.00'), key: 'd1' });
    const legs = await rows<{ debit: number; amount_minor: string }>(
      bench.db,
      `SELECT debit, p.amount_minor FROM ledger_posting p JOIN ledger_journal j USING (merchant_id, number) WHERE merchant_id = $1 AND j.key = 'd1' ORDER BY leg`,
      [merchantId],
    );
    expect(legs.map((leg) => [leg.debit, leg.amount_minor])).toEqual([
      [21, '300'],
      [41, '200'],
    ]);
    await expect(bench.run((tx) => bench.wallet.settle(tx, { ...settlement, key: 's2' }))).rejects.toThrow(
      MoreThanLeft,
    );
  });

  it('of a charge that was never made is refused', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    await expect(bench.refund({ merchantId, charge: 'order:none', amount: usd('1.00'), key: 'd' })).rejects.toThrow(
      UnknownCharge,
    );
  });
});

describe('holds, adjustments, reversals', () => {
  it('sets cash aside, takes part of it and gives the rest back', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    await grant(merchantId, '5.00');
    const hold = {
      merchantId,
      key: 'payout:1',
      cause: CAUSE,
      at: T0,
      amount: usd('8.00'),
      contra: 'payout_clearing' as const,
      text: 'Payout',
    };
    expect(
      await bench.run((tx) => bench.wallet.hold(tx, { ...hold, key: 'payout:0', amount: usd('10.01') })),
    ).toMatchObject({ status: 'short' });
    await bench.run((tx) => bench.wallet.hold(tx, hold));
    expect(await bench.balance(merchantId)).toEqual({ available: '2.00', held: '8.00', promotional: '5.00' });
    expect(await bench.charge({ merchantId, amount: usd('7.01'), key: 'order:1' })).toMatchObject({ status: 'short' });
    const end = { merchantId, cause: CAUSE, at: T0, hold: 'payout:1', currency: 'USD' };
    await bench.run((tx) => bench.wallet.capture(tx, { ...end, key: 'paid:1', amount: usd('3.00'), type: 'payout' }));
    await bench.run((tx) => bench.wallet.release(tx, { ...end, key: 'release:1', amount: null }));
    expect(await bench.balance(merchantId)).toEqual({ available: '7.00', held: '0.00', promotional: '5.00' });
    const more = bench.run((tx) =>
      bench.wallet.capture(tx, { ...end, key: 'paid:2', amount: usd('1.00'), type: 'payout' }),
    );
    await expect(more).resolves.toEqual({ journalId: null });
    expect((await bench.told(merchantId)).at(-1)).toBe('wallet.credited');
  });

  it('adjusts up and down, but not below zero', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    const adjust = (key: string, amount: Money) =>
      bench.run((tx) =>
        bench.wallet.adjust(tx, {
          merchantId,
          key,
          journalId: newId(),
          cause: CAUSE,
          at: T0,
          amount,
          explanation: line(amount),
        }),
      );
    await adjust('a1', usd('-4.00'));
    await adjust('a2', usd('1.00'));
    await expect(adjust('a3', usd('-7.01'))).rejects.toThrow(InsufficientFunds);
    expect((await bench.balance(merchantId)).available).toBe('7.00');
  });

  it('reverses a journal once, and not what others must undo', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    const { journalId } = await bench.topUp(merchantId, usd('5.00'));
    const reverse = (key: string, id: string) =>
      bench.run((tx) =>
        bench.wallet.reverse(tx, { merchantId, key, journalId: id, reason: 'Bounced', cause: CAUSE, at: T0 }),
      );
    const first = await reverse('r1', journalId);
    expect(await reverse('r2', journalId)).toEqual(first);
    expect((await bench.balance(merchantId)).available).toBe('10.00');
    const charged = await bench.charge({ merchantId, amount: usd('1.00'), key: 'order:1' });
    if (charged.status !== 'charged' || charged.journalId === null) throw new Error('It had the money.');
    await expect(reverse('r3', charged.journalId)).rejects.toThrow(NotReversible);
  });

  it('takes a refund back, after which its charge can be refunded again', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    await bench.charge({ merchantId, amount: usd('10.00'), key: 'order:1' });
    const { journalId } = await bench.refund({ merchantId, charge: 'order:1', amount: usd('10.00'), key: 'd1' });
    if (journalId === null) throw new Error('It was refunded.');
    await bench.run((tx) =>
      bench.wallet.reverse(tx, {
        merchantId,
        key: 'r1',
        journalId,
        reason: 'Delivered after all',
        cause: CAUSE,
        at: T0,
      }),
    );
    const again = await bench.refund({ merchantId, charge: 'order:1', amount: usd('10.00'), key: 'd2' });
    expect(again.amount).toEqual(usd('10.00'));
  });
});

describe('the low-balance alert', () => {
  it('is told once per fall, with the days that are left at the pace of 30 days', async () => {
    const merchantId = await bench.merchantWith(usd('100.00'));
    await rows(
      bench.db,
      `INSERT INTO wallet_profile (merchant_id, low_balance_minor, low_balance_currency) VALUES ($1, 5000, 'USD')`,
      [merchantId],
    );
    await bench.charge({ merchantId, amount: usd('60.00'), key: 'o1' });
    await bench.charge({ merchantId, amount: usd('10.00'), key: 'o2' });
    await bench.topUp(merchantId, usd('20.00'));
    await bench.charge({ merchantId, amount: usd('10.00'), key: 'o3' });
    const told = await rows<{ payload: { available: object; daysLeft: number } }>(
      bench.db,
      `SELECT payload FROM event WHERE merchant_id = $1 AND name = 'wallet.low_balance' ORDER BY position`,
      [merchantId],
    );
    expect(told.map(({ payload }) => [payload.available, payload.daysLeft])).toEqual([
      [{ amount: '40.00', currency: 'USD' }, 20],
      [{ amount: '40.00', currency: 'USD' }, 15],
    ]);
  });
});

describe('the database keeps the promise too', () => {
  it('lets the service read and execute, nothing else', async () => {
    await bench.merchantWith(usd('1.00'));
    for (const table of ['book', 'account', 'journal', 'posting', 'charge', 'charge_share', 'refund', 'hold']) {
      await expect(rows(bench.db, `DELETE FROM ledger_${table}`)).rejects.toThrow(/permission denied/);
      await expect(rows(bench.db, `INSERT INTO ledger_${table} DEFAULT VALUES`)).rejects.toThrow(/permission denied/);
    }
    await expect(rows(bench.db, 'SELECT ledger_open_book($1, now())', [newId()])).rejects.toThrow(/permission denied/);
  });

  it('never counts a journal for an instant before the one before', async () => {
    const merchantId = await bench.merchantWith(usd('5.00'));
    await bench.topUp(merchantId, usd('1.00'), new Date(T0.getTime() - DAY_MS));
    const last = await one<{ counts_at: Date }>(
      bench.db,
      'SELECT max(counts_at) AS counts_at FROM ledger_journal WHERE merchant_id = $1 AND number = 2',
      [merchantId],
    );
    expect(last?.counts_at).toEqual(T0);
  });

  it('verifies everything that this file did', async () => {
    const { checked, faults } = await bench.verification.run();
    expect(faults).toEqual([]);
    expect(checked).toBeGreaterThan(40);
  });
});
