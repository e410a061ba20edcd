import { DataSource, type EntityManager } from 'typeorm';
import { storeDecision, type DecisionRecord } from '../../src/aftersales/decision.store.ts';
import { dueAt, nextDue, setDue, takeDue, type Due } from '../../src/aftersales/due.store.ts';
import { serviceOptions } from '../../src/database/data-source.ts';
import { asHouse, type Scope } from '../../src/database/scope.ts';
import { rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { newId } from '../../src/kernel/ids.ts';
import { Money } from '../../src/kernel/money.ts';
import { decide } from '../../src/policies/deciding/decide.policy.ts';
import { policy } from '../support/decided.ts';
import { factsOf } from '../support/facts.ts';

let db: Scope;

beforeAll(async () => {
  db = asHouse(await new DataSource(serviceOptions(process.env['DATABASE_URL'] ?? '', 10)).initialize());
});

afterAll(async () => {
  await db.source.destroy();
});

function run<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
  return inTransaction(db, (tx) => work(tx));
}

const merchantId = newId();
const at = new Date('2026-05-15T12:00:00Z');

function made(over: Partial<DecisionRecord> = {}): DecisionRecord {
  const facts = factsOf({ kind: 'tracking' }, { status: 'lost' });
  return {
    ...{ merchantId, id: newId(), orderId: newId(), packageId: newId(), kind: 'tracking', cause: 'undelivered' },
    ...{ policy: { id: 'courier-proof', version: 1 }, facts, decision: decide(policy('courier-proof'), facts) },
    ...{ credited: Money.parse('25.00', 'USD'), journalId: newId(), follows: null, note: null, decidedBy: null },
    decidedAt: at,
    ...over,
  };
}

describe('the database keeps the promises of decisions', () => {
  it('one credit per package and cause, though 20 transactions try', async () => {
    const packageId = newId();
    const tries = Array.from({ length: 20 }, () => run((tx) => storeDecision(tx, made({ packageId }))));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(String(result.reason)).toContain('decision_credits_once');
    }
  });

  it('another cause, or no money, is another matter', async () => {
    const packageId = newId();
    const nothing = { credited: Money.zero('USD'), journalId: null };
    await run((tx) => storeDecision(tx, made({ packageId })));
    await run((tx) => storeDecision(tx, made({ packageId, cause: 'cancellation' })));
    await run((tx) => storeDecision(tx, made({ packageId, ...nothing })));
  });

  it('a credit has its journal', async () => {
    await expect(run((tx) => storeDecision(tx, made({ journalId: null })))).rejects.toThrow(/has_its_journal/);
  });

  it('a request to stop a package is answered once', async () => {
    const asked = made({ kind: 'cancellation', credited: Money.zero('USD'), journalId: null });
    await run((tx) => storeDecision(tx, asked));
    const answer = { ...asked, follows: asked.id };
    await run((tx) => storeDecision(tx, { ...answer, id: newId() }));
    await expect(run((tx) => storeDecision(tx, { ...answer, id: newId() }))).rejects.toThrow(/answered_once/);
  });

  it('what was decided stays as it was', async () => {
    await expect(rows(db, `UPDATE decision SET outcome = 'deny'`)).rejects.toThrow(/permission denied/);
    await expect(rows(db, `DELETE FROM decision`)).rejects.toThrow(/permission denied/);
  });
});

describe('what falls due', () => {
  const set = (of: Due, when: Date | null): Promise<void> =>
    run((tx) => {
      setDue(tx, of, when);
      return Promise.resolve();
    });
  const due: Due = { merchantId, packageId: newId(), orderId: newId(), kind: 'late', at };

  it('is taken once by whoever comes first, and not at all when it was moved', async () => {
    await set(due, at);
    expect(await nextDue(db)).toEqual(at);
    expect(await dueAt(db, new Date(at.getTime() - 1), 10)).toEqual([]);
    const [found] = await dueAt(db, at, 10);
    expect(found).toEqual(due);
    const taken = await Promise.all(Array.from({ length: 8 }, () => run((tx) => takeDue(tx, due))));
    expect(taken.filter(Boolean)).toHaveLength(1);
    await set(due, at);
    await set(due, new Date(at.getTime() + 1000));
    expect(await run((tx) => takeDue(tx, due))).toBe(false);
    await set(due, null);
    expect(await nextDue(db)).toBeNull();
  });
});
