import fc from 'fast-check';
import { one } from '../../src/database/sql.ts';
import { newId } from '../../src/kernel/ids.ts';
import { usd, WalletBench } from '../support/wallet.ts';
import { WalletModel, type Op } from '../../src/cli/chaos/ledger-model.ts';
import { anyOp, journalsOf, perform } from '../../src/cli/chaos/ledger-ops.ts';

const CLIENTS = 12;

let bench: WalletBench;
beforeAll(async () => {
  bench = await WalletBench.open(CLIENTS);
});
afterAll(() => bench.close());

const times = <T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

async function deadlocks(): Promise<number> {
  const found = await one<{ n: string }>(
    bench.db,
    'SELECT deadlocks AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number.parseInt(found?.n ?? '0', 10);
}

/** Ops with keys of their own that point at each other, dealt to the clients in turn. */
function dealt(ops: readonly Op[]): Op[] {
  const charges = ops.flatMap((op, i) => (op.verb === 'charge' ? [`op-${i}`] : []));
  const holds = ops.flatMap((op, i) => (op.verb === 'hold' ? [`op-${i}`] : []));
  return ops.flatMap((op, i): Op[] => {
    const key = `op-${i}`;
    const any = (keys: readonly string[]) => keys[i % Math.max(keys.length, 1)] ?? 'none';
    if (op.verb === 'wait') return [];
    if (op.verb === 'refund' || op.verb === 'settle') return [{ ...op, key, charge: any(charges) }];
    if (op.verb === 'capture' || op.verb === 'release') return [{ ...op, key, hold: any(holds) }];
    if (op.verb === 'reverse') return [{ ...op, key, target: `op-${(i * 7) % ops.length}` }];
    return [{ ...op, key }];
  });
}

describe('many at once', () => {
  it('makes one journal and one answer of 50 identical requests', async () => {
    for (let round = 0; round < 10; round += 1) {
      const merchantId = await bench.merchantWith(usd('10.00'));
      const answers = await times(50, () => bench.charge({ merchantId, amount: usd('1.00'), key: 'order:1' }));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(await bench.journals(merchantId)).toBe(2);
      expect(await bench.told(merchantId)).toEqual(['wallet.credited', 'wallet.debited']);
    }
  });

  it('never spends a balance twice', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    const answers = await times(40, (i) => bench.charge({ merchantId, amount: usd('1.00'), key: `order:${i}` }));
    expect(answers.filter(({ status }) => status === 'charged')).toHaveLength(10);
    expect((await bench.balance(merchantId)).available).toBe('0.00');
  });

  it('refunds a package once for one cause, though 20 found it out at the same time', async () => {
    const merchantId = await bench.merchantWith(usd('30.00'));
    await bench.charge({ merchantId, amount: usd('30.00'), key: 'order:1' });
    const undelivered = {
      merchantId,
      charge: 'order:1',
      packageId: newId(),
      causeKind: 'undelivered',
      amount: usd('12.50'),
    };
    const answers = await times(20, (i) => bench.refund({ ...undelivered, key: `decision:${i}` }));
    expect(answers.filter(({ status }) => status === 'refunded')).toHaveLength(1);
    expect(new Set(answers.map(({ journalId }) => journalId)).size).toBe(1);
    expect((await bench.balance(merchantId)).available).toBe('12.50');
  });

  it('opens a book once, whoever comes first', async () => {
    const merchantId = newId();
    await times<unknown>(20, (i) =>
      i % 2 === 0
        ? bench.topUp(merchantId, usd('1.00'))
        : bench.charge({ merchantId, amount: usd('99.00'), key: `o${i}` }),
    );
    expect(await bench.balance(merchantId)).toMatchObject({ available: '10.00' });
  });

  it('makes money that comes wait for a charge that was short, so that nobody misses it', async () => {
    const merchantId = newId(); // without a book even
    const order: string[] = [];
    let topUp: Promise<unknown> = Promise.resolve();
    await bench.run(async (tx) => {
      const amount = usd('5.00');
      const charge = {
        merchantId,
        key: 'order:1',
        cause: { type: 'order', id: newId() },
        at: new Date(0),
        amount,
        explanation: [{ text: 'Goods', amount }],
      };
      await bench.wallet.charge(tx, { ...charge, contra: 'orders_in_progress', type: 'order_charge' });
      topUp = bench.topUp(merchantId, usd('5.00')).then(() => order.push('money came'));
      await new Promise((resolve) => setTimeout(resolve, 150));
      order.push('order waits');
    });
    await topUp;
    expect(order).toEqual(['order waits', 'money came']);
  });

  it('leaves nothing of a transaction that fails after it', async () => {
    const merchantId = await bench.merchantWith(usd('10.00'));
    const failing = bench.run(async (tx) => {
      const amount = usd('5.00');
      const charge = {
        merchantId,
        key: 'order:1',
        cause: { type: 'order', id: newId() },
        at: new Date(0),
        amount,
        explanation: [{ text: 'Goods', amount }],
      };
      await bench.wallet.charge(tx, { ...charge, contra: 'orders_in_progress', type: 'order_charge' });
      throw new Error('the stock was gone');
    });
    await expect(failing).rejects.toThrow('the stock was gone');
    expect((await bench.balance(merchantId)).available).toBe('10.00');
    expect(await bench.told(merchantId)).toEqual(['wallet.credited']);
  });
});

describe('concurrent histories (invariants 15, 16)', () => {
  it('equal some serial order: that of the journal numbers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyOp, { minLength: 60, maxLength: 120 }), async (drawn) => {
        const merchantId = newId();
        const ops = dealt(drawn);
        const clients = Array.from({ length: CLIENTS }, (_, c) => ops.filter((__, i) => i % CLIENTS === c));
        await Promise.all(
          clients.map(async (mine) => {
            for (const op of mine) await bench.run((tx) => perform(bench.wallet, tx, merchantId, op, 0));
          }),
        );
        const byKey = new Map(ops.flatMap((op) => (op.verb === 'wait' ? [] : [[op.key, op] as const])));
        const model = new WalletModel();
        const booked = await bench.run((tx) => journalsOf(tx, merchantId));
        for (const { key } of booked.filter((journal) => !journal.key.startsWith('lapse:'))) {
          const op = byKey.get(key);
          if (op === undefined) throw new Error(`Nobody asked for ${key}.`);
          expect([op, model.do(op).says]).toEqual([op, 'done']);
        }
        expect(new Map(booked.map(({ key, legs }) => [key, legs]))).toEqual(
          new Map([...model.booked].map(([key, { legs }]) => [key, legs])),
        );
      }),
      { numRuns: 12, seed: 42 },
    );
  }, 60_000);

  it('under load on many merchants: no deadlock, every book verified', async () => {
    const before = await deadlocks();
    const merchants = await times(8, () => bench.merchantWith(usd('50.00')));
    await times(CLIENTS, async (client) => {
      for (let i = 0; i < 25; i += 1) {
        const merchantId = merchants[(client * 5 + i * 3) % merchants.length] ?? '';
        const key = `order:${client}/${i}`;
        const charged = await bench.charge({ merchantId, amount: usd('0.70'), key });
        if (charged.status === 'charged' && i % 3 === 0)
          await bench.refund({ merchantId, charge: key, amount: usd('0.40'), key: `d:${key}` });
        if (charged.status === 'short') await bench.topUp(merchantId, usd('3.00'));
      }
    });
    expect(await deadlocks()).toBe(before);
    expect((await bench.verification.run()).faults).toEqual([]);
  }, 60_000);
});
