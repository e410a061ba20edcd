import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World, type Caller } from '../support/world.ts';

interface ImportJson {
  id: string;
  dry_run: boolean;
  rows: number;
  imported: number;
  unchanged: number;
  failed: number;
  results: { row: number; status: string; subject: string | null; errors: { pointer: string; code: string }[] }[];
}

const HEADINGS = 'sku;title;price;currency;weight_g;length_mm;width_mm;height_mm;handling;backorder';
const GOOD = [
  'CUP-1;Cup, blue;9.90;USD;300;90;90;100;fragile;no',
  'CUP-1;Cup, blue;8.90;EUR;300;90;90;100;fragile;no',
  'PEN-1;Pen;1.20;USD;10;140;10;10;;yes',
];
const BAD = 'PEN-2;Pen;1.2;USD;none;140;10;10;;yes';

describe('imports', () => {
  let test: TestApp;
  let world: World;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
  });
  afterAll(() => test.close());

  const send = async (caller: Caller, path: string, csv: string): Promise<ImportJson> =>
    expectStatus<ImportJson>(await caller.send('post', path, csv, { 'Content-Type': 'text/csv' }), 200);
  const variants = (lines: readonly string[], dryRun = false) =>
    send(world.admin, `/v1/imports/variants?dry_run=${String(dryRun)}`, [HEADINGS, ...lines].join('\n'));

  it('tell in a dry run what would come of a file, and change nothing', async () => {
    const told = await variants([...GOOD, BAD], true);
    expect(told).toMatchObject({ dry_run: true, rows: 4, imported: 3, unchanged: 0, failed: 1 });
    expect((await world.admin.get('/v1/variants/CUP-1')).status).toBe(404);
  });

  it('do each change by itself: a bad row costs no other, and comes back with its reason', async () => {
    const done = await variants([...GOOD, BAD]);
    expect(done).toMatchObject({ rows: 4, imported: 3, failed: 1 });
    expect(done.results[3]).toMatchObject({ row: 5, status: 'failed' });
    expect(done.results[3]?.errors.map(({ pointer }) => pointer).sort()).toEqual(['/weight_g']);
    const cup = expectStatus<{ prices: object[]; handling: string[] }>(
      await world.admin.get('/v1/variants/CUP-1'),
      200,
    );
    expect(cup).toMatchObject({
      handling: ['fragile'],
      prices: expect.arrayContaining([{ amount: '8.90', currency: 'EUR' }]),
    });
    const failed = await world.admin.get(`/v1/imports/${done.id}/failed.csv`);
    expect(failed.text.trim().split('\n')).toEqual([`${HEADINGS};error`, expect.stringContaining(`${BAD};`)]);
  });

  it('give back no cell that a spreadsheet would run, and read it as it was', async () => {
    const sent = 'EVIL-1;=HYPERLINK("x");-1,20;USD;10;140;10;10;;yes'.replace('=HYPERLINK("x")', '"=HYPERLINK(""x"")"');
    const done = await variants([sent]);
    const { text } = await world.admin.get(`/v1/imports/${done.id}/failed.csv`);
    expect(text).toContain(`EVIL-1;"'=HYPERLINK(""x"")";-1,20;`);
    const mended = await send(world.admin, '/v1/imports/variants', text.replace('-1,20', '1.20'));
    expect(mended).toMatchObject({ imported: 1, failed: 0 });
    const read = expectStatus<object>(await world.admin.get('/v1/variants/EVIL-1'), 200);
    expect(read).toMatchObject({ title: '=HYPERLINK("x")' });
  });

  it('change nothing where the same file comes again', async () => {
    expect(await variants(GOOD)).toMatchObject({ imported: 0, unchanged: 3, failed: 0 });
  });

  it('leave of a variant what the file has no column for, and clear what its column leaves empty', async () => {
    const head = 'sku,title,price,currency,weight_g,length_mm,width_mm,height_mm';
    const cell = 'CELL-1,Power cell,5.00,USD,90,60,20,20';
    await send(
      world.admin,
      '/v1/imports/variants',
      `${head},handling,hs_code,origin,backorder\n${cell},battery,8507.60,CN,yes`,
    );
    const known = { handling: ['battery'], hs_code: '8507.60', origin: 'CN', backorder: true };
    const cheaper = cell.replace('5.00', '4.00');
    expect(await send(world.admin, '/v1/imports/variants', `${head}\n${cheaper}`)).toMatchObject({ imported: 1 });
    const read = async () => expectStatus<object>(await world.admin.get('/v1/variants/CELL-1'), 200);
    expect(await read()).toMatchObject({ ...known, prices: [{ amount: '4.00', currency: 'USD' }] });
    await send(world.admin, '/v1/imports/variants', `${head},handling\n${cheaper},`);
    expect(await read()).toMatchObject({ ...known, handling: [] });
  });

  it('refuse a file that cannot be read, or lacks a column, before anything happens', async () => {
    const answer = await world.admin.send('post', '/v1/imports/variants', 'sku,title\nX-1,Box', {
      'Content-Type': 'text/csv',
    });
    expect([answer.status, answer.body.code]).toEqual([422, 'columns_missing']);
    expect((await world.admin.get('/v1/variants/X-1')).status).toBe(404);
  });

  it('are seen by the operator alone', async () => {
    const { id } = await variants(GOOD, true);
    const merchant = await world.merchant();
    expect((await merchant.caller.get(`/v1/imports/${id}`)).status).toBe(404);
    expect(expectStatus<{ data: object[] }>(await merchant.caller.get('/v1/imports'), 200).data).toEqual([]);
    expect(expectStatus<ImportJson>(await world.admin.get(`/v1/imports/${id}`), 200).results).toHaveLength(3);
  });
});
