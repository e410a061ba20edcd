import { expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Cache } from '../../src/database/cache.ts';
import { serviceOptions } from '../../src/database/data-source.ts';
import { Drops } from '../../src/database/drops.ts';
import { asHouse } from '../../src/database/scope.ts';
import { rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { LostCommit } from '../support/lost-commit.ts';

it('what is remembered of rows that a COMMIT without an answer changed is dropped: it may have been done', async () => {
  const line = new LostCommit();
  const db = asHouse(await new DataSource(serviceOptions(await line.url(), 4)).initialize());
  const day = new Date(0).toISOString().slice(0, 10);
  const count = new Cache('days', new Drops(db.source), () =>
    rows(db, 'SELECT day::text FROM book_check WHERE day = $1', [day]),
  );
  expect(await count.get()).toEqual([]);
  line.loseNext();
  const fresh: boolean[] = [];
  await inTransaction(db, async (tx) => {
    const put = `INSERT INTO book_check (day, begun_at) VALUES ($1::text::date, $1::text::timestamptz) ON CONFLICT DO NOTHING RETURNING day`;
    fresh.push((await rows(tx, put, [day])).length === 1);
    if (fresh.at(-1) === true) count.dropAfterCommit(tx);
  });
  expect(fresh).toEqual([true, false]); // the second time it finds that the first one did it all
  expect(await count.get()).toEqual([{ day }]);
  await db.source.destroy();
  line.close();
});
