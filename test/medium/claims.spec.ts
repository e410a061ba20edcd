import { Showing } from '../../src/aftersales/claims/evidence/showing.ts';
import { rows, type Db } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Cases, type Parcel } from '../support/case.ts';
import { Claims } from '../support/claims.ts';
import { expectStatus, World } from '../support/world.ts';

let test: TestApp;
let world: World;
let cases: Cases;
let parcel: Parcel;
let ids: { merchant: string; package: string; claim: string };

/** A claim on two of three lamps, sent again. */
beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
  cases = new Cases(world, await world.merchant('200.00'));
  expectStatus(await world.admin.patch(`/v1/merchants/${cases.merchant.id}`, { policy: 'guaranteed-delivery' }), 200);
  const claims = new Claims(cases);
  parcel = await cases.shipped([{ sku: 'LAMP', quantity: 3 }]);
  await cases.told(parcel, 'delivered');
  const claim = await claims.open(parcel, { type: 'wrong_item', items: [{ line: 1, quantity: 2 }] });
  await claims.shown(claim.id);
  ids = {
    merchant: idIn('mer', cases.merchant.id) ?? '',
    package: idIn('pkg', parcel.id) ?? '',
    claim: idIn('clm', claim.id) ?? '',
  };
});

afterAll(() => test.close());

describe('the database keeps the promises of claims', () => {
  it('a unit is settled once, whatever case comes', async () => {
    const units = await rows(test.db, `SELECT line, unit FROM settled_unit WHERE merchant_id = $1 ORDER BY unit`, [
      ids.merchant,
    ]);
    expect(units).toEqual([
      { line: 1, unit: 1 },
      { line: 1, unit: 2 },
    ]);
    const again = `INSERT INTO settled_unit (merchant_id, package_id, line, unit, cause) VALUES ($1, $2, 1, 2, 'return:x')`;
    await expect(rows(test.db, again, [ids.merchant, ids.package])).rejects.toThrow(/unit_settled_once/);
  });

  it('refunds, goods sent again and store credit are at most what was paid', async () => {
    const more = `UPDATE package SET refunded_minor = refunded_minor + $3 WHERE merchant_id = $1 AND id = $2`;
    // 65.00 were paid; two lamps with their shipping are 43.34
    await expect(rows(test.db, more, [ids.merchant, ids.package, 2167])).rejects.toThrow(/gets_back_what_was_paid/);
    await rows(test.db, more, [ids.merchant, ids.package, 2166]);
    await rows(test.db, more, [ids.merchant, ids.package, -2166]);
  });

  it('goods are sent again once for a case', async () => {
    const again = `INSERT INTO reship (merchant_id, order_id, of_order_id, of_package_id, cause)
      SELECT merchant_id, of_order_id, of_order_id, of_package_id, cause FROM reship WHERE merchant_id = $1`;
    await expect(rows(test.db, again, [ids.merchant])).rejects.toThrow(/reship_once/);
  });

  it('what was said, shown and done stays as it was', async () => {
    for (const table of ['claim_step', 'claim_message', 'claim_evidence', 'settled_unit', 'reship']) {
      const gone = rows(test.db, `DELETE FROM ${table} WHERE merchant_id = $1`, [ids.merchant]);
      await expect(gone).rejects.toThrow(/permission denied/);
    }
    const gone = rows(test.db, `DELETE FROM claim WHERE merchant_id = $1 AND id = $2`, [ids.merchant, ids.claim]);
    await expect(gone).rejects.toThrow(/permission denied/);
    const order = idIn('ord', parcel.order.id);
    const forgotten = rows(test.db, 'SELECT forget_cases($1, $2, now())', [ids.merchant, order]);
    await expect(forgotten).rejects.toThrow(/is not erased/);
  });

  it('goods that are wanted back hold their package from the claim to its return without a gap', async () => {
    const wanted = await cases.shipped([{ sku: 'LAMP', quantity: 1 }]);
    await cases.told(wanted, 'delivered');
    const claimed = { orderId: idIn('ord', wanted.order.id), packageId: idIn('pkg', wanted.id) };
    const held = (db: Db): Promise<{ cause: string }[]> =>
      rows(db, `SELECT split_part(cause, ':', 1) AS cause FROM open_case WHERE merchant_id = $1 AND package_id = $2`, [
        ...[ids.merchant, claimed.packageId],
      ]);
    const { id } = await new Claims(cases).open(wanted, { type: 'damaged' });
    const file = { kind: 'photo' as const, mediaType: 'image/jpeg', bytes: 4, sha256: 'ab'.repeat(32) };
    const caller = { merchantId: ids.merchant, userId: null };
    await inTransaction(test.db, async (tx) => {
      const { whole } = await test.app.get(Showing).add(tx, idIn('clm', id) ?? '', file, caller);
      expect(whole.decision.decision).toMatchObject({ outcome: 'accept', next_step: 'return_goods' });
      expect(await held(tx)).toEqual([{ cause: 'claim' }]);
    });
    await test.settle();
    expect(await held(test.db)).toEqual([{ cause: 'return' }]);
  });

  it('a parcel that is on its way in place of another holds the other one open', async () => {
    await cases.pass('P31D');
    expect(await cases.package(parcel.id)).toMatchObject({ settled_at: null });
  });
});
