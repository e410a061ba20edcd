import fc from 'fast-check';
import type { EntityManager } from 'typeorm';
import { rows } from '../../database/sql.ts';
import { plusDays } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import { LedgerKeyReused } from '../../wallet/wallet.errors.ts';
import type { Cause, Contra, Use, WalletService } from '../../wallet/wallet.service.ts';
import type { Answer, Leg, Op } from './ledger-model.ts';

export const T0 = new Date('2026-03-01T12:00:00.000Z');

/** The same for every call: part of what a key is bound to. */
export const CAUSE: Cause = { type: 'order', id: '01890000-0000-7000-8000-000000000001' };

export const line = (amount: Money) => [{ text: 'Goods', amount }];

const PACKS = ['01890000-0000-7000-8000-00000000000a', '01890000-0000-7000-8000-00000000000b'];

const key = fc.integer({ min: 0, max: 39 }).map((n) => `key-${n}`);
/** Few and small, so that amounts meet, and now and then beyond 2^53. */
const amount = fc.oneof(
  { weight: 30, arbitrary: fc.bigInt(1n, 400n) },
  { weight: 1, arbitrary: fc.bigInt(2n ** 53n, 2n ** 55n) },
);
const expires = fc.option(fc.integer({ min: 0, max: 30 }), { nil: null });
const uses = fc.constantFrom(['order_charge'], ['membership_fee'], ['order_charge', 'membership_fee']);

/** One thing that may happen to a wallet; keys are few, so that they meet. */
export const anyOp: fc.Arbitrary<Op> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ verb: fc.constant('topUp'), key, amount, bonus: fc.bigInt(0n, 50n), expires }) },
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constant('grant'),
      key,
      amount,
      rank: fc.integer({ min: 0, max: 2 }),
      expires,
      paysFor: uses,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      verb: fc.constant('charge'),
      key,
      amount,
      use: fc.constantFrom('order_charge', 'membership_fee'),
      contra: fc.constantFrom(21, 21, 33),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      verb: fc.constant('refund'),
      key,
      charge: key,
      amount,
      pack: fc.option(fc.constantFrom(...PACKS), { nil: null }),
      causeKind: fc.constantFrom('undelivered', 'cancellation', 'claim:1', 'claim:2', 'claim:3'),
      paid: fc.option(fc.bigInt(0n, 500n), { nil: null }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constant('settle'),
      key,
      charge: key,
      goods: fc.bigInt(0n, 200n),
      shipping: fc.bigInt(0n, 50n),
    }),
  },
  { weight: 3, arbitrary: fc.record({ verb: fc.constant('hold'), key, amount }) },
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constantFrom('capture', 'release'),
      key,
      hold: key,
      amount: fc.option(amount, { nil: null }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      verb: fc.constant('adjust'),
      key,
      amount: fc.oneof(fc.bigInt(1n, 300n), fc.bigInt(-300n, -1n)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ verb: fc.constant('reverse'), key, target: key }) },
  { weight: 2, arbitrary: fc.record({ verb: fc.constant('wait'), days: fc.integer({ min: 1, max: 12 }) }) },
);

const usd = (minor: bigint): Money => Money.ofMinor(minor, 'USD');
const CONTRA_NAMES: Readonly<Record<number, Contra>> = { 21: 'orders_in_progress', 33: 'membership_revenue' };

/** The same op by the product, with the model's words for what it answered. */
export async function perform(
  wallet: WalletService,
  tx: EntityManager,
  merchantId: string,
  op: Op,
  day: number,
): Promise<Answer> {
  try {
    return await act(wallet, tx, merchantId, op, day);
  } catch (error) {
    if (error instanceof LedgerKeyReused) return { says: 'key reused' };
    if (error instanceof DomainError) return { says: 'refused' };
    throw error;
  }
}

async function act(wallet: WalletService, tx: EntityManager, merchantId: string, op: Op, day: number): Promise<Answer> {
  if (op.verb === 'wait') return { says: 'done' };
  const movement = { merchantId, key: op.key, cause: CAUSE, at: plusDays(T0, day) };
  const until = (expiresOn: number | null) => (expiresOn === null ? null : plusDays(T0, expiresOn));
  switch (op.verb) {
    case 'topUp': {
      const bonus = {
        amount: usd(op.bonus),
        rank: 10,
        expiresAt: until(op.expires),
        paysFor: ['order_charge'] as const,
      };
      const paid = { ...movement, amount: usd(op.amount), clearing: 'bank_clearing' as const };
      const explanation = line(usd(op.amount + op.bonus));
      await wallet.topUp(tx, op.bonus > 0n ? { ...paid, explanation, bonus } : { ...paid, explanation });
      return { says: 'done' };
    }
    case 'grant': {
      const terms = { rank: op.rank, expiresAt: until(op.expires), paysFor: op.paysFor as Use[] };
      await wallet.grant(tx, { ...movement, ...terms, amount: usd(op.amount), explanation: line(usd(op.amount)) });
      return { says: 'done' };
    }
    case 'charge': {
      const charge = { ...movement, amount: usd(op.amount), explanation: line(usd(op.amount)) };
      const charged = await wallet.charge(tx, {
        ...charge,
        type: op.use as Use,
        contra: CONTRA_NAMES[op.contra] ?? 'fx',
      });
      return { says: charged.status === 'charged' ? 'done' : 'short' };
    }
    case 'refund': {
      const refund = { ...movement, charge: op.charge, amount: usd(op.amount), explanation: line(usd(op.amount)) };
      const cause = {
        packageId: op.pack,
        causeKind: op.causeKind,
        paidForPackage: op.paid === null ? null : usd(op.paid),
      };
      const refunded = await wallet.refund(tx, { ...refund, ...cause });
      return { says: refunded.status === 'refunded' ? 'done' : 'already', moved: refunded.amount.minor };
    }
    case 'settle': {
      const settlement = { ...movement, charge: op.charge, goods: usd(op.goods), shipping: usd(op.shipping) };
      return { says: (await wallet.settle(tx, settlement)) === null ? 'nothing' : 'done' };
    }
    case 'hold': {
      const held = await wallet.hold(tx, {
        ...movement,
        amount: usd(op.amount),
        contra: 'payout_clearing',
        text: 'Payout',
      });
      return { says: held.status === 'held' ? 'done' : 'short' };
    }
    case 'capture':
    case 'release': {
      const end = { ...movement, hold: op.hold, currency: 'USD', amount: op.amount === null ? null : usd(op.amount) };
      const ended =
        op.verb === 'capture' ? await wallet.capture(tx, { ...end, type: 'payout' }) : await wallet.release(tx, end);
      return { says: ended.journalId === null ? 'nothing' : 'done' };
    }
    case 'adjust':
      await wallet.adjust(tx, { ...movement, amount: usd(op.amount), explanation: line(usd(op.amount)) });
      return { says: 'done' };
    case 'reverse': {
      const [target] = await rows<{ id: string }>(
        tx,
        'SELECT id FROM ledger_journal WHERE merchant_id = $1 AND key = $2',
        [merchantId, op.target],
      );
      await wallet.reverse(tx, { ...movement, journalId: target?.id ?? newId(), reason: 'Mistake' });
      return { says: 'done' };
    }
  }
}

/** What the book holds, in order: each journal's key and postings. */
export async function journalsOf(tx: EntityManager, merchantId: string): Promise<{ key: string; legs: Leg[] }[]> {
  const found = await rows<{ key: string; legs: [number, number, string][] }>(
    tx,
    `SELECT j.key, (SELECT json_agg(json_build_array(debit, credit, p.amount_minor::text) ORDER BY leg) FROM ledger_posting p
       WHERE p.merchant_id = j.merchant_id AND p.number = j.number) AS legs
     FROM ledger_journal j WHERE merchant_id = $1 ORDER BY number`,
    [merchantId],
  );
  return found.map((row) => ({
    key: row.key,
    legs: row.legs.map(([debit, credit, minor]): Leg => [debit, credit, BigInt(minor)]),
  }));
}
