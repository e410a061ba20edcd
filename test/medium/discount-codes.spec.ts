import { inTransaction } from '../../src/database/transaction.ts';
import { newId } from '../../src/kernel/ids.ts';
import { PricingService } from '../../src/pricing/pricing.service.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World } from '../support/world.ts';

describe('the uses of a discount code', () => {
  let test: TestApp;
  let world: World;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
  });

  afterAll(() => test.close());

  const redeem = (code: string, merchantId = newId(), orderId = newId()): Promise<void> =>
    inTransaction(test.db, (tx) => test.app.get(PricingService).redeem(tx, { code, merchantId, orderId }));

  async function limited(code: string, limits: object): Promise<void> {
    expectStatus(await world.admin.put(`/v1/discount-codes/${code}`, { percent: '10', ...limits }), 200);
  }

  it('are counted: of twenty orders that want the last one at once, one gets it', async () => {
    await limited('LAST', { max_uses: 2 });
    await redeem('LAST');
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => redeem('LAST')));
    expect(tries.filter((t) => t.status === 'fulfilled')).toHaveLength(1);
    for (const t of tries)
      if (t.status === 'rejected')
        expect(t.reason).toMatchObject({ code: 'discount_code_refused', facts: { reason: 'used_up' } });
    expect(expectStatus(await world.admin.get('/v1/discount-codes/LAST'), 200)).toMatchObject({ uses: 2, max_uses: 2 });
  });

  it('are counted for each merchant by itself', async () => {
    await limited('ONCE', { max_uses_per_merchant: 1 });
    const [one, other] = [newId(), newId()];
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => redeem('ONCE', one)));
    expect(tries.filter((t) => t.status === 'fulfilled')).toHaveLength(1);
    await redeem('ONCE', other);
    await expect(redeem('ONCE', other)).rejects.toMatchObject({ facts: { reason: 'used_up_by_merchant' } });
  });

  it('are not lost when the terms change, and not taken by an order that fails', async () => {
    await limited('KEPT', { max_uses: 2 });
    await redeem('KEPT');
    const failing = inTransaction(test.db, async (tx) => {
      await test.app.get(PricingService).redeem(tx, { code: 'KEPT', merchantId: newId(), orderId: newId() });
      throw new Error('the wallet is short');
    });
    await expect(failing).rejects.toThrow('the wallet is short');
    await limited('KEPT', { max_uses: 1 });
    await expect(redeem('KEPT')).rejects.toMatchObject({ facts: { reason: 'used_up' } });
  });
});
