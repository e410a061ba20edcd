import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

describe('orders as a CSV file', () => {
  let test: TestApp;
  let world: World;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
  });
  afterAll(() => test.close());

  const EXPORT = [
    'Name,Email,Financial Status,Currency,Lineitem quantity,Lineitem sku,Lineitem requires shipping,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Cancelled at',
    "#1001,jon@buyers.example,paid,USD,2,LAMP,true,Jon Smith,1 Main St,Springfield,'62701,IL,US,+12175550123,",
    '#1001,jon@buyers.example,,,1,POWERBANK,true,,,,,,,,',
    "#1002,ann@buyers.example,paid,USD,1,UNKNOWN,true,Ann Lee,2 Main St,Springfield,'62701,IL,US,+12175550124,",
    "#1003,joe@buyers.example,paid,USD,1,LAMP,true,Joe Lee,3 Main St,Springfield,'62701,IL,US,+12175550125,2026-05-03",
  ].join('\n');

  const send = async (shop: Merchant, dryRun: boolean, csv = EXPORT) =>
    expectStatus<{ id: string; imported: number; unchanged: number; failed: number; results: object[] }>(
      await shop.caller.send('post', `/v1/imports/orders?dry_run=${String(dryRun)}`, csv, {
        'Content-Type': 'text/csv',
      }),
      200,
    );

  it('are placed order by order, lines together; the same file again changes nothing', async () => {
    const shop = await world.merchant('500.00');
    expect(await send(shop, true)).toMatchObject({ imported: 2, unchanged: 1, failed: 1 });
    expect(expectStatus<{ data: object[] }>(await shop.caller.get('/v1/orders'), 200).data).toEqual([]);
    const done = await send(shop, false);
    expect(done).toMatchObject({ imported: 2, unchanged: 1, failed: 1 });
    expect(expectStatus<{ data: object[] }>(await shop.caller.get('/v1/orders'), 200).data).toMatchObject([
      { reference: '1001', ship_to: { postal_code: '62701' }, items: [{ sku: 'LAMP' }, { sku: 'POWERBANK' }] },
    ]);
    const failed = await shop.caller.get(`/v1/imports/${done.id}/failed.csv`);
    expect(failed.text).toMatch(/^Name,.*,error\n#1002,.*UNKNOWN/);
    expect(await send(shop, false)).toMatchObject({ imported: 0, unchanged: 3, failed: 1 });
  });

  it('place nothing that the store has sent, given back, or not been paid for', async () => {
    const shop = await world.merchant('500.00');
    const order = (name: string, money: string, sent: string, lineSent: string): string =>
      `#${name},${money},${sent},USD,1,LAMP,${lineSent},Jon Smith,1 Main St,Springfield,'62701,IL,US,+12175550123`;
    const csv = [
      'Name,Financial Status,Fulfillment Status,Currency,Lineitem quantity,Lineitem sku,Lineitem fulfillment status,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone',
      order('2001', 'paid', 'fulfilled', 'fulfilled'),
      order('2002', 'refunded', 'unfulfilled', 'pending'),
      order('2003', 'Voided', '', 'pending'),
      order('2004', 'pending', 'unfulfilled', 'pending'),
      order('2005', 'paid', 'partial', 'fulfilled'),
      '#2005,,,,2,POWERBANK,pending,,,,,,,',
    ].join('\n');
    const done = await send(shop, false, csv);
    expect(done).toMatchObject({ imported: 2, unchanged: 3, failed: 1 });
    expect(done.results[3]).toMatchObject({ row: 5, status: 'failed', errors: [{ code: 'not_paid' }] });
    expect(expectStatus<{ data: object[] }>(await shop.caller.get('/v1/orders'), 200).data).toMatchObject([
      { reference: '2005', items: [{ sku: 'POWERBANK', quantity: 2 }] },
    ]);
    expect(await send(shop, false, csv)).toMatchObject({ imported: 0, unchanged: 5, failed: 1 });
  });

  it('are placed once where the same file comes four times at once, and no row fails for it', async () => {
    const shop = await world.merchant('1000.00');
    const address = 'Jon Smith,1 Main St,Springfield,IL,62701,US,+12175550123';
    const csv = [
      'reference,sku,quantity,currency,ship_to_name,line1,city,region,postal_code,country,phone',
      ...Array.from({ length: 8 }, (_, n) => `AT-ONCE-${n},LAMP,1,USD,${address}`),
    ].join('\n');
    const all = await Promise.all(Array.from({ length: 4 }, () => send(shop, false, csv)));
    expect(all.map(({ failed }) => failed)).toEqual([0, 0, 0, 0]);
    expect(all.reduce((sum, { imported }) => sum + imported, 0)).toBe(8);
    expect(expectStatus<{ data: object[] }>(await shop.caller.get('/v1/orders'), 200).data).toHaveLength(8);
  });
});
