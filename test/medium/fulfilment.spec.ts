import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Parcels, SCANS, uuid, type Planned } from '../support/parcels.ts';
import { expectStatus, SHIP_TO, World, type Caller, type Merchant } from '../support/world.ts';

type Json = Record<string, unknown>;

describe('packages in the warehouse', () => {
  let test: TestApp;
  let world: World;
  let parcels: Parcels;
  let merchant: Merchant;

  beforeAll(async () => {
    test = await startApp();
    world = await World.open(test);
    await world.catalogue();
    merchant = await world.merchant();
    parcels = new Parcels(test, world);
  });

  afterAll(() => test.close());

  it('goes from plan to hand-over by scans, each told once, and the stock goes with it', async () => {
    const before = await parcels.stock('LAMP');
    const parcel = await parcels.planned(merchant);
    expect((await parcels.stock('LAMP')).reserved).toBe(before.reserved + 2);
    expect(expectStatus<Json>(await world.admin.post(`${parcel.path}/pick`), 200)).toMatchObject({ status: 'picking' });
    const packed = await world.admin.post(`${parcel.path}/pack`, { scans: SCANS, weight_g: 1650 });
    expect(expectStatus<Json>(packed, 200)).toMatchObject({ status: 'packed', weight_g: 1650 });
    const trackingNumber = parcels.number();
    const label = { courier: 'ups', service: 'ground', tracking_number: trackingNumber };
    const labelled = expectStatus<Json>(await world.admin.post(`${parcel.path}/label`, label), 200);
    expect(labelled).toMatchObject({
      status: 'labelled',
      courier: 'ups',
      service: 'ground',
      tracking_number: trackingNumber,
    });
    const gone = expectStatus<Json>(await world.admin.post(`${parcel.path}/hand-over`), 200);
    expect(gone).toEqual({
      id: parcel.id,
      order: expect.stringMatching(/^ord_/),
      status: 'handed_over',
      courier_status: null,
      reason: null,
      direction: 'forward',
      warehouse: 'EWR',
      items: [
        { line: 1, sku: 'LAMP', quantity: 2 },
        { line: 2, sku: 'SHADE', quantity: 1 },
      ],
      why: [],
      weight_g: 1650,
      courier: 'ups',
      service: 'ground',
      tracking_number: trackingNumber,
      shipping_paid: { amount: '5.00', currency: 'USD' },
      dispatch_due_at: expect.any(String),
      dispatch_overdue: false,
      estimated_delivery: { earliest: expect.any(String), latest: expect.any(String) },
      handed_over_at: test.clock.now().toISOString(),
      delivered_at: null,
      returned_at: null,
      refunded: { amount: '0.00', currency: 'USD' },
      refund_clock: {
        day: 0,
        of: 20,
        refund_at: new Date(test.clock.now().getTime() + 20 * 86_400_000).toISOString(),
        basis: '20 calendar days from hand-over',
        paused_by: null,
      },
      interception: null,
      disputed: false,
      settled_at: null,
    });
    expect(await parcels.told(parcel)).toEqual([
      'package.picked',
      'package.packed',
      'package.labelled',
      'package.handed_over',
    ]);
    expect(await parcels.stock('LAMP')).toEqual({ onHand: before.onHand - 2, reserved: before.reserved });
    expect(expectStatus<Json>(await merchant.caller.get(parcel.path), 200)).toEqual(gone);
  });

  it.each([
    ['pack', { scans: SCANS, weight_g: 1 }, ['pick', 'cancel']],
    ['label', { courier: 'ups', service: 'ground', tracking_number: 'X' }, ['pick', 'cancel']],
    ['hand-over', {}, ['pick', 'cancel']],
  ])('refuses to %s what is only planned, and says what can be done', async (step, body, legal) => {
    const parcel = await parcels.planned(merchant);
    const refused = await world.admin.post(`${parcel.path}/${step}`, body);
    expect(expectStatus<Json>(refused, 409)).toMatchObject({ code: 'illegal_step', state: 'planned', legal });
  });

  it.each([
    [
      'a wrong one',
      [
        { sku: 'LAMP', quantity: 2 },
        { sku: 'POWERBANK', quantity: 1 },
      ],
      ['missing', 'wrong'],
    ],
    [
      'a missing one',
      [
        { sku: 'LAMP', quantity: 1 },
        { sku: 'SHADE', quantity: 1 },
      ],
      ['missing'],
    ],
    [
      'a surplus one',
      [
        { sku: 'LAMP', quantity: 3 },
        { sku: 'SHADE', quantity: 1 },
      ],
      ['surplus'],
    ],
    ['none', [], ['missing', 'missing']],
  ])('does not close a package with %s, and says what is expected and what was scanned', async (_, scans, kinds) => {
    const parcel = await parcels.planned(merchant);
    await world.admin.post(`${parcel.path}/pick`);
    const body = expectStatus<Json>(await world.admin.post(`${parcel.path}/pack`, { scans, weight_g: 100 }), 422);
    expect(body).toMatchObject({
      code: 'scan_mismatch',
      expected: [
        { sku: 'LAMP', quantity: 2 },
        { sku: 'SHADE', quantity: 1 },
      ],
      scanned: scans,
    });
    expect((body['differences'] as { kind: string }[]).map(({ kind }) => kind)).toEqual(kinds);
    expect(expectStatus<Json>(await world.admin.get(parcel.path), 200)).toMatchObject({ status: 'picking' });
    expectStatus<Json>(await world.admin.post(`${parcel.path}/pack`, { scans: SCANS, weight_g: 100 }), 200);
  });

  it('does not pick what is not paid, and hides it from who only works in the warehouse', async () => {
    const parcel = await parcels.planned(merchant, { paid: false });
    expect(expectStatus<Json>(await world.admin.post(`${parcel.path}/pick`), 409)).toMatchObject({
      code: 'order_not_paid',
    });
    const listed = async (caller: Caller): Promise<string[]> => {
      const body = expectStatus<Json>(await caller.get('/v1/packages?status=planned&limit=100'), 200);
      return (body['data'] as { id: string }[]).map(({ id }) => id);
    };
    const picker = await parcels.picker();
    expect(await listed(picker)).not.toContain(parcel.id);
    expect(await listed(world.admin)).toContain(parcel.id);
    expect(await listed(merchant.caller)).toContain(parcel.id);
    await parcels.work((tx) => parcels.fulfilment.markPaid(tx, parcel.merchantId, parcel.orderId));
    expect(await listed(picker)).toContain(parcel.id);
    expectStatus<Json>(await picker.post(`${parcel.path}/pick`), 200);
  });

  it('labels with couriers and services of the catalogue only, and with a number that no other package has', async () => {
    const [one, other] = [await parcels.packed(merchant), await parcels.packed(merchant)];
    const label = (parcel: Planned, body: object) =>
      world.admin.post(`${parcel.path}/label`, {
        courier: 'ups',
        service: 'ground',
        tracking_number: 'SAME-1',
        ...body,
      });
    expect(expectStatus<Json>(await label(one, { courier: 'nobody' }), 422)).toMatchObject({
      errors: [{ pointer: '/courier' }],
    });
    expect(expectStatus<Json>(await label(one, { service: 'rocket' }), 422)).toMatchObject({
      errors: [{ pointer: '/service' }],
    });
    expect(expectStatus<Json>(await label(one, { tracking_number: 'Zoë' }), 422)).toMatchObject({
      errors: [{ pointer: '/tracking_number', detail: expect.stringContaining('bar code') as string }],
    });
    expectStatus<Json>(await label(one, {}), 200);
    expect(expectStatus<Json>(await label(other, { tracking_number: ' same-1' }), 409)).toMatchObject({
      code: 'tracking_number_taken',
    });
    expectStatus<Json>(await label(other, { tracking_number: 'OTHER-1' }), 200);
  });

  it('makes a number up in the sandbox, and its label reads back', async () => {
    const parcel = await parcels.packed(merchant);
    expect(expectStatus<Json>(await merchant.caller.get(`${parcel.path}/label.pdf`), 409)).toMatchObject({
      code: 'not_labelled',
    });
    const labelled = expectStatus<Json>(
      await world.admin.post(`${parcel.path}/label`, { courier: 'ups', service: 'ground' }),
      200,
    );
    const [page, more] = await parcels.paper(merchant.caller, `${parcel.path}/label.pdf`);
    expect(more).toBeUndefined();
    expect(page?.barcodes).toEqual([{ format: 'Code128', text: labelled['tracking_number'] }]);
    expect(page?.text).toContain(SHIP_TO.name);
  });

  it('prints the packing slip without prices and the customs form with what was paid', async () => {
    const parcel = await parcels.planned(merchant);
    const [slip] = await parcels.paper(merchant.caller, `${parcel.path}/packing-slip.pdf`);
    const [customs] = await parcels.paper(world.admin, `${parcel.path}/customs.pdf`);
    expect(slip?.text).toContain('The lamp');
    expect(slip?.text).not.toContain('35.99');
    for (const part of ['35.99 USD', '9.50 USD', '9405.21', 'CN', '5.00 USD']) expect(customs?.text).toContain(part);
  });

  it('lists by filter, newest first, each merchant its own', async () => {
    const mine = await world.merchant();
    const [first, second] = [await parcels.planned(mine), await parcels.labelled(mine)];
    const ids = async (query: string): Promise<unknown[]> => {
      const body = expectStatus<Json>(await mine.caller.get(`/v1/packages?${query}`), 200);
      return (body['data'] as { id: string }[]).map(({ id }) => id);
    };
    expect(await ids('')).toEqual([second.id, first.id]);
    expect(await ids('status=labelled')).toEqual([second.id]);
    expect(await ids('warehouse=EWR&courier=ups')).toEqual([second.id, first.id]);
    expect(await ids(`tracking_number=${second.trackingNumber}`)).toEqual([second.id]);
    const order = expectStatus<Json>(await mine.caller.get(first.path), 200)['order'] as string;
    expect(await ids(`order=${order}`)).toEqual([first.id]);
    const page = expectStatus<Json>(await mine.caller.get('/v1/packages?limit=1'), 200);
    expect(await ids(`limit=1&cursor=${page['next_cursor'] as string}`)).toEqual([first.id]);
    expectStatus<Json>(await mine.caller.get('/v1/packages?cursor=WyJ4Il0'), 422);
    expectStatus<Json>(await mine.caller.get('/v1/packages?status=asleep'), 422);
  });

  it('answers for packages of others as for unknown ones, on every route', async () => {
    const stranger = await world.merchant();
    const parcel = await parcels.labelled(merchant);
    for (const path of ['', '/label.pdf', '/packing-slip.pdf', '/customs.pdf']) {
      const theirs = await stranger.caller.get(parcel.path + path);
      const unknown = await stranger.caller.get(`/v1/packages/pkg_01hf0000000000000000000000${path}`);
      expect([theirs.status, unknown.status]).toEqual([404, 404]);
      expect((theirs.body as { code: string }).code).toBe((unknown.body as { code: string }).code);
    }
    for (const step of ['pick', 'pack', 'label', 'hand-over']) {
      expectStatus<Json>(await merchant.caller.post(`${parcel.path}/${step}`), 403);
      expectStatus<Json>(
        await world.admin.post(`/v1/packages/pkg_01hf0000000000000000000000/${step}`, bodies[step]),
        404,
      );
      expectStatus<Json>(
        await world.admin.post(`/v1/packages/ord_01hf0000000000000000000000/${step}`, bodies[step]),
        404,
      );
    }
  });

  it('decides cancel against hand-over once, and tells the loser what came first', async () => {
    for (let round = 0; round < 12; round += 1) {
      const before = await parcels.stock('LAMP');
      const parcel = await parcels.labelled(merchant);
      const cancel = () =>
        parcels
          .work((tx) => parcels.fulfilment.cancel(tx, parcel.merchantId, [parcel.record.id], test.clock.now()))
          .then(
            () => null,
            (error: unknown) => error as { code: string; facts: Record<string, unknown> },
          );
      const handOver = () => world.admin.post(`${parcel.path}/hand-over`);
      const [cancelled, handedOver] =
        round % 2 === 0
          ? await Promise.all([cancel(), handOver()])
          : await Promise.all([handOver(), cancel()]).then(([a, b]) => [b, a] as const);
      const now = expectStatus<Json>(await world.admin.get(parcel.path), 200) as Record<string, unknown>;
      if (cancelled === null) {
        expect(expectStatus<Json>(handedOver, 409)).toMatchObject({
          code: 'package_cancelled',
          cancelled_at: test.clock.now().toISOString(),
        });
        expect(now).toMatchObject({ status: 'cancelled', handed_over_at: null });
        expect(await parcels.stock('LAMP')).toEqual(before);
      } else {
        expectStatus<Json>(handedOver, 200);
        expect(cancelled).toMatchObject({
          code: 'package_handed_over',
          facts: { scan: 'hand_over', handed_over_at: now['handed_over_at'] },
        });
        expect(now['status']).toBe('handed_over');
        expect(await parcels.stock('LAMP')).toEqual({ ...before, onHand: before.onHand - 2 });
      }
    }
  });

  it('hands over once, however many scan at once', async () => {
    const parcel = await parcels.labelled(merchant);
    const before = await parcels.stock('LAMP');
    const answers = await Promise.all(Array.from({ length: 6 }, () => world.admin.post(`${parcel.path}/hand-over`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    expect((await parcels.stock('LAMP')).onHand).toBe(before.onHand - 2);
    expect((await parcels.told(parcel)).filter((name) => name === 'package.handed_over')).toHaveLength(1);
  });

  describe('on a manifest', () => {
    it('all leave together, of several merchants, with a paper that lists them', async () => {
      const other = await world.merchant();
      const all = [await parcels.labelled(merchant), await parcels.labelled(other), await parcels.labelled(merchant)];
      const packages = all.map(({ id }) => id);
      const manifest = expectStatus<Json>(await world.admin.post('/v1/manifests', { courier: 'ups', packages }), 201);
      expect(manifest).toEqual({
        id: expect.stringMatching(/^mfs_/),
        courier: 'ups',
        packages: expect.arrayContaining(packages),
        created_at: test.clock.now().toISOString(),
      });
      const path = `/v1/manifests/${manifest['id'] as string}`;
      expect(expectStatus<Json>(await world.admin.get(path), 200)).toEqual(manifest);
      const [page] = await parcels.paper(world.admin, `${path}.pdf`);
      for (const { trackingNumber } of all) expect(page?.text).toContain(trackingNumber);
      for (const { path: at } of all)
        expect(expectStatus<Json>(await world.admin.get(at), 200)).toMatchObject({ status: 'handed_over' });
      expectStatus<Json>(await merchant.caller.get(path), 403);
      expectStatus<Json>(await world.admin.get('/v1/manifests/mfs_01hf0000000000000000000000'), 404);
    });

    it('none leaves when one cannot, and each that cannot is named with why', async () => {
      const [sound, unlabelled, cancelled] = [
        await parcels.labelled(merchant),
        await parcels.packed(merchant),
        await parcels.labelled(merchant),
      ];
      await parcels.work((tx) =>
        parcels.fulfilment.cancel(tx, uuid(merchant), [cancelled.record.id], test.clock.now()),
      );
      const unknown = 'pkg_01hf000000e000000000000000';
      const packages = [sound.id, unlabelled.id, cancelled.id, unknown, 'nonsense'];
      const body = expectStatus<Json>(await world.admin.post('/v1/manifests', { courier: 'ups', packages }), 409);
      expect(body['code']).toBe('manifest_refused');
      expect((body['refused'] as { package: string; code: string }[]).map((r) => [r.package, r.code])).toEqual([
        [unlabelled.id, 'illegal_step'],
        [cancelled.id, 'package_cancelled'],
        [unknown, 'not_found'],
        ['nonsense', 'not_found'],
      ]);
      expect(expectStatus<Json>(await world.admin.get(sound.path), 200)).toMatchObject({ status: 'labelled' });
      expectStatus<Json>(await world.admin.post('/v1/manifests', { courier: 'nobody', packages: [sound.id] }), 422);
    });

    it('each leaves once, when the same manifest is sent twice at once', async () => {
      const all = [await parcels.labelled(merchant), await parcels.labelled(merchant)];
      const packages = all.map(({ id }) => id);
      const before = await parcels.stock('LAMP');
      const answers = await Promise.all([
        world.admin.post('/v1/manifests', { courier: 'ups', packages }),
        world.admin.post('/v1/manifests', { courier: 'ups', packages: [...packages].reverse() }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      expect((await parcels.stock('LAMP')).onHand).toBe(before.onHand - 4);
    });

    it('is made once for one idempotency key', async () => {
      const parcel = await parcels.labelled(merchant);
      const send = () =>
        world.admin.post('/v1/manifests', { courier: 'ups', packages: [parcel.id] }, `manifest-${parcel.id}`);
      const [first, again] = [await send(), await send()];
      expect(again.status).toBe(201);
      expect(again.body).toEqual(first.body);
      expect(again.headers['idempotent-replayed']).toBe('true');
    });
  });

  it('forgets the buyer when asked, and can then no longer be printed', async () => {
    const parcel = await parcels.labelled(merchant);
    await parcels.work((tx) =>
      parcels.fulfilment.eraseAddresses(tx, parcel.merchantId, parcel.orderId, test.clock.now()),
    );
    expect(expectStatus<Json>(await world.admin.get(`${parcel.path}/label.pdf`), 409)).toMatchObject({
      code: 'address_erased',
    });
    const kept = await rows(test.db, `SELECT * FROM package_address WHERE package_id = $1`, [parcel.record.id]);
    expect(JSON.stringify(kept)).not.toMatch(/Ada|Analytical|62701|217555|buyers\.example/);
  });

  const bodies: Record<string, object> = {
    pick: {},
    pack: { scans: SCANS, weight_g: 1 },
    label: { courier: 'ups', service: 'ground', tracking_number: 'X' },
    'hand-over': {},
  };
});
