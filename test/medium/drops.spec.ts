import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Cache } from '../../src/database/cache.ts';
import { Drops } from '../../src/database/drops.ts';
import { rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { pause } from '../support/process.ts';
import { Caller, expectStatus, World } from '../support/world.ts';

const ROUNDS = 6;
/** A round is far shorter than the 5 seconds after which whatever is kept grows too old by itself. */
const LOOKS = 40;
const LOOK_MS = 25;

let here: TestApp;
let there: TestApp;
let world: World;

/** Two processes on one database. */
beforeAll(async () => {
  here = await startApp();
  there = await startApp();
  world = await World.open(here);
});
afterAll(async () => {
  await here.close();
  await there.close();
});

/** Whether it comes to be; before both processes listen it may be missed, so it is tried again. */
async function comes(begin: () => Promise<() => Promise<boolean>>): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const isSo = await begin();
    for (let look = 0; look < LOOKS; look += 1) {
      if (await isSo()) return true;
      await pause(LOOK_MS);
    }
  }
  return false;
}

it('tells other processes of a key that is revoked', async () => {
  const { caller } = await world.merchant();
  const revoked = comes(async () => {
    const key = expectStatus<{ id: string; secret: string }>(await caller.post('/v1/api-keys', {}), 201);
    const holder = new Caller(there, key.secret);
    expectStatus(await holder.get('/v1/merchant'), 200);
    expectStatus(await caller.delete(`/v1/api-keys/${key.id}`), 204);
    return async () => (await holder.get('/v1/merchant')).status === 401;
  });
  expect(await revoked).toBe(true);
}, 30_000);

it('tells other processes of a value that has changed', async () => {
  let round = 0;
  let value = 0;
  const changed = comes(async () => {
    round += 1;
    const name = `value-${round}`;
    const [mine, theirs] = [here, there].map(
      ({ app }) => new Cache(name, app.get(Drops), () => Promise.resolve(value)),
    );
    const before = await theirs?.get();
    value += 1;
    await inTransaction(here.db, async (tx) => {
      await rows(tx, 'SELECT 1');
      mine?.dropAfterCommit(tx);
    });
    return async () => (await theirs?.get()) !== before;
  });
  expect(await changed).toBe(true);
}, 30_000);
