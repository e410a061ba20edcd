import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { serviceOptions } from '../../src/database/data-source.ts';
import { asHouse, type Scope } from '../../src/database/scope.ts';
import { atOnce, rows, send } from '../../src/database/sql.ts';
import { attempt, gather, inTransaction, writeNow } from '../../src/database/transaction.ts';
import { counted } from '../support/counted.ts';

const PUT = 'INSERT INTO drawer (id, holds) VALUES ($1, $2)';

describe('statements that travel ahead of others', () => {
  const url = process.env['DATABASE_URL'] ?? '';
  let db: Scope;
  let owner: DataSource;

  beforeAll(async () => {
    owner = await new DataSource({ type: 'postgres', url }).initialize();
    await owner.query(
      `CREATE TABLE drawer (id int PRIMARY KEY, holds text NOT NULL); GRANT ALL ON drawer TO waybill_app`,
    );
    // one connection for transactions: what one of them leaves behind, the next one finds
    db = asHouse(await new DataSource(serviceOptions(url, 3)).initialize());
  });
  afterAll(async () => {
    await db.source.destroy();
    await owner.destroy();
  });

  const all = () => rows<{ id: number; holds: string }>(db, 'SELECT id, holds FROM drawer ORDER BY id');
  const clear = () => owner.query('DELETE FROM drawer');

  it('are done before what is asked next, in their order, and in its round trip', async () => {
    const work = () =>
      inTransaction(db, (tx) => {
        send(tx, PUT, [1, 'spoons']);
        send(tx, 'UPDATE drawer SET holds = $2 WHERE id = $1', [1, 'forks']);
        return rows(tx, 'SELECT holds FROM drawer WHERE id = $1', [1]);
      });
    for (const time of ['first', 'second']) {
      await clear();
      const trips = await counted(async () => {
        expect([time, await work()]).toEqual([time, [{ holds: 'forks' }]]);
      });
      expect(trips.map((list) => list.length)).toEqual([2]);
    }
    expect(await all()).toEqual([{ id: 1, holds: 'forks' }]);
  });

  it('are answered each by itself where several are asked at once, in one round trip', async () => {
    await clear();
    const holding = 'SELECT id, holds FROM drawer WHERE id >= $1 ORDER BY id';
    const trips = await counted(async () => {
      const answers = await inTransaction(db, (tx) => {
        send(tx, PUT, [10, 'jars']);
        return atOnce(tx, [
          () => rows(tx, holding, [10]),
          () => rows(tx, `${PUT} RETURNING id`, [11, 'corks']),
          () => rows(tx, 'UPDATE drawer SET holds = $1 WHERE id = $2', ['jams', 10]),
          async () => (await Promise.resolve(10)) + (await rows(tx, holding, [10])).length,
        ]);
      });
      const jars = { id: 10, holds: 'jars' };
      expect(answers).toEqual([[jars], [{ id: 11 }], [], 12]);
    });
    expect(trips.map((list) => list.length)).toEqual([2]);
  });

  it('are waited for where another one of those asked at once has failed', async () => {
    await clear();
    const ended: string[] = [];
    const failing = inTransaction(db, (tx) =>
      atOnce(tx, [
        () => Promise.reject(new Error('no such drawer')),
        async () => {
          await rows(tx, PUT, [14, 'keys']);
          await rows(tx, PUT, [15, 'locks']);
          ended.push('in time');
        },
      ]),
    );
    await expect(failing).rejects.toThrow('no such drawer');
    expect([ended, await all()]).toEqual([['in time'], []]);
  });

  it('fail together where one of several that are asked at once fails, and nothing of them stays', async () => {
    await clear();
    for (let time = 1; time <= 2; time += 1) {
      const failing = inTransaction(db, async (tx) => {
        const ended = await Promise.allSettled([
          rows(tx, `${PUT} RETURNING holds`, [13, 'lamps']),
          rows(tx, 'SELECT 1 / ($1::int - id) AS parts FROM drawer', [13]),
          rows(tx, 'SELECT count(*)::int AS never_prepared FROM drawer WHERE holds > $1', ['']),
        ]);
        expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
        await rows(tx, 'SELECT 1 AS too_late WHERE $1', [true]);
      });
      await expect(failing).rejects.toMatchObject({ code: '22012' });
      expect(await all()).toEqual([]);
    }
    const text = 'SELECT count(*)::int AS never_prepared FROM drawer WHERE holds > $1';
    expect(await inTransaction(db, (tx) => rows(tx, text, ['']))).toEqual([{ never_prepared: 0 }]);
  });

  it('travel with COMMIT where nothing is asked any more, before what is written with it', async () => {
    await clear();
    await inTransaction(db, (tx) => {
      gather(tx, 'drawers', 'knives', (held: string[]) => ({
        text: 'UPDATE drawer SET holds = holds || $1',
        values: [held.join()],
      }));
      send(tx, PUT, [2, 'no ']);
      return Promise.resolve();
    });
    expect(await all()).toEqual([{ id: 2, holds: 'no knives' }]);
  });

  it('are done before what is written at once', async () => {
    await clear();
    await inTransaction(db, async (tx) => {
      send(tx, PUT, [3, 'cups']);
      gather(tx, 'drawers', 3, (ids: number[]) => ({
        text: `UPDATE drawer SET holds = 'mugs' WHERE id = ANY ($1::int[])`,
        values: [ids],
      }));
      await writeNow(tx, 'drawers');
      expect(await rows(tx, 'SELECT holds FROM drawer WHERE id = $1', [3])).toEqual([{ holds: 'mugs' }]);
    });
  });

  it('fail what they travel with, and the whole transaction; the connection is as good as before', async () => {
    await clear();
    const text = 'SELECT count(*)::int AS drawers FROM drawer WHERE holds <> $1';
    for (let time = 1; time <= 3; time += 1) {
      const failing = inTransaction(db, async (tx) => {
        send(tx, PUT, [4, 'plates']);
        send(tx, PUT, [4, 'bowls']);
        await rows(tx, text, ['']);
      });
      await expect(failing).rejects.toMatchObject({ code: '23505', constraint: 'drawer_pkey' });
      expect(await all()).toEqual([]);
    }
    await expect(
      inTransaction(db, (tx) => {
        send(tx, PUT, [5, null]);
        return Promise.resolve();
      }),
    ).rejects.toMatchObject({ code: '23502' });
    // it was sent with those that failed, and never prepared
    expect(await inTransaction(db, (tx) => rows(tx, text, ['']))).toEqual([{ drawers: 0 }]);
  });

  it('are undone with the part of the transaction that left them', async () => {
    await clear();
    await inTransaction(db, async (tx) => {
      send(tx, PUT, [6, 'pans']);
      const part = attempt(tx, () => {
        send(tx, PUT, [7, 'lids']);
        throw new Error('no lids');
      });
      await expect(part).rejects.toThrow('no lids');
      const twice = attempt(tx, () => {
        send(tx, PUT, [6, 'pots']);
        return Promise.resolve();
      });
      await expect(twice).rejects.toMatchObject({ code: '23505' });
    });
    expect(await all()).toEqual([{ id: 6, holds: 'pans' }]);
  });

  it('are never sent where the work throws before', async () => {
    await clear();
    const trips = await counted(async () => {
      const thrown = inTransaction(db, (tx) => {
        send(tx, PUT, [8, 'tins']);
        throw new Error('none today');
      });
      await expect(thrown).rejects.toThrow('none today');
    });
    expect(trips).toEqual([]);
  });
});
