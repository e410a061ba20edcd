import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource, type EntityManager } from 'typeorm';
import { serviceOptions } from '../../src/database/data-source.ts';
import { asHouse, type Scope } from '../../src/database/scope.ts';
import { sqlState } from '../../src/database/sql-state.ts';
import { atOnce, rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { until } from '../support/process.ts';

const POOL = 4;

describe('transactions and the pool', () => {
  const url = process.env['DATABASE_URL'] ?? '';
  let db: Scope;
  let owner: DataSource;

  beforeAll(async () => {
    owner = await new DataSource({ type: 'postgres', url }).initialize();
    await owner.query(`CREATE TABLE shelf (id int PRIMARY KEY); GRANT ALL ON shelf TO waybill_app`);
    db = asHouse(await new DataSource(serviceOptions(url, POOL)).initialize());
  });
  afterAll(async () => {
    await db.source.destroy();
    await owner.destroy();
  });

  it('lets many more of them than connections finish, though each looks something up beside itself', async () => {
    const done = await Promise.all(
      Array.from({ length: 10 * POOL }, (_, id) =>
        inTransaction(db, async (tx) => {
          await rows(tx, 'INSERT INTO shelf (id) VALUES ($1)', [id]);
          const [answer] = await rows<{ one: number }>(db, 'SELECT $1::int AS one', [1]);
          return answer?.one;
        }),
      ),
    );
    expect(done).toEqual(Array.from({ length: 10 * POOL }, () => 1));
  });

  it('refuses, as an overloaded database does, what would wait too long, and goes on afterwards', async () => {
    const slow = Array.from({ length: POOL - 2 }, () =>
      inTransaction(db, (tx) => rows(tx, 'SELECT pg_sleep($1)', [2])),
    );
    const late = await inTransaction(db, (tx) => rows(tx, 'SELECT $1::int', [1])).catch((error: unknown) => error);
    expect(sqlState(late)).toBe('53300');
    await Promise.all(slow);
    expect(await inTransaction(db, (tx) => rows(tx, 'SELECT $1::int AS one', [1]))).toEqual([{ one: 1 }]);
  });

  it('goes on after a migration has changed what a prepared statement answers', async () => {
    const read = () => inTransaction(db, (tx) => rows<object>(tx, 'SELECT * FROM shelf WHERE id = $1', [0]));
    await Promise.all(Array.from({ length: POOL }, read));
    await owner.query(`ALTER TABLE shelf ADD COLUMN colour text`);
    expect(await Promise.all(Array.from({ length: POOL }, read))).toEqual(
      Array.from({ length: POOL }, () => [{ id: 0, colour: null }]),
    );
  });

  it('answers reads outside of transactions after such a migration as well', async () => {
    const read = () => rows<object>(db, 'SELECT * FROM shelf WHERE id < $1 ORDER BY id LIMIT 1', [1]);
    await Promise.all(Array.from({ length: POOL }, read));
    await owner.query(`ALTER TABLE shelf ADD COLUMN room text`);
    expect(await Promise.all(Array.from({ length: POOL }, read))).toEqual(
      Array.from({ length: POOL }, () => [{ id: 0, colour: null, room: null }]),
    );
  });

  it('takes no question once it is over: what is asked too late happens nowhere', async () => {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const late: Promise<unknown>[] = [];
    const put = async (tx: EntityManager, id: number): Promise<unknown> => {
      await over;
      return rows(tx, 'INSERT INTO shelf (id) VALUES ($1)', [id]);
    };
    const failing = inTransaction(db, (tx) => {
      late.push(put(tx, 1001));
      throw new Error('after all not');
    });
    await expect(failing).rejects.toThrow('after all not');
    await inTransaction(db, (tx) => {
      late.push(put(tx, 1002));
      return Promise.resolve();
    });
    end();
    const outcomes = await Promise.allSettled(late);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await rows(db, 'SELECT id FROM shelf WHERE id > $1', [1000])).toEqual([]);
  });

  it('tells of questions asked at once the failure, not that another one came after it', async () => {
    const asked = inTransaction(db, (tx) =>
      atOnce(tx, [
        async () => {
          await rows(db, 'SELECT $1::int', [1]); // something beside the transaction
          await rows(tx, 'SELECT pg_sleep($1)', [0.1]).catch(() => undefined);
          return rows(tx, 'SELECT $1::int', [1]);
        },
        () => rows(tx, 'SELECT 1 / $1::int', [0]),
      ]),
    );
    expect(sqlState(await asked.catch((error: unknown) => error))).toBe('22012');
  });

  it.each([
    ['is heard by nobody', () => undefined],
    ['makes everything fail that comes after it', (tx: EntityManager) => rows(tx, 'SELECT $1::int', [1])],
  ])('is tried again after a deadlock that %s', async (_, then) => {
    let attempts = 0;
    const raise = `DO $$ BEGIN RAISE EXCEPTION 'a deadlock' USING ERRCODE = 'deadlock_detected'; END $$`;
    await inTransaction(db, async (tx) => {
      attempts += 1;
      if (attempts === 1) await rows(tx, raise).catch(() => undefined);
      await then(tx);
    });
    expect(attempts).toBe(2);
  });

  it('is tried again where its connection was lost between two statements', async () => {
    let attempts = 0;
    const found = await inTransaction(db, async (tx) => {
      attempts += 1;
      const [own] = await rows<{ pid: number }>(tx, 'SELECT pg_backend_pid() AS pid');
      if (attempts === 1) {
        await owner.query('SELECT pg_terminate_backend($1)', [own?.pid]);
        await until('the loss is noticed', () => tx.queryRunner?.isReleased === true);
      }
      return tx.query<unknown[]>('SELECT 1 AS one');
    });
    expect({ attempts, found }).toEqual({ attempts: 2, found: [{ one: 1 }] });
  });
});
