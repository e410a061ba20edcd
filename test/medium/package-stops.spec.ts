import { startApp, type TestApp } from '../support/app.ts';
import { Parcels, SCANS, type Planned } from '../support/parcels.ts';
import { expectStatus, SHIP_TO, World, type Merchant } from '../support/world.ts';

type Json = Record<string, unknown>;

describe('a package', () => {
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

  describe('that somebody asks to stop', () => {
    const ask = (parcel: Planned, cause: 'cancellation' | 'address_change') =>
      parcels.work((tx) =>
        parcels.fulfilment.requestInterception(tx, {
          ...{ merchantId: parcel.merchantId, packageId: parcel.record.id, cause, causeId: 'case-1' },
          at: test.clock.now(),
        }),
      );
    const answer = (parcel: Planned, stopped: boolean) =>
      parcels.work((tx) =>
        parcels.fulfilment.answerInterception(tx, {
          ...{ merchantId: parcel.merchantId, packageId: parcel.record.id, stopped },
          at: test.clock.now(),
        }),
      );

    it('shows it at every scan and in the list of stops; the hand-over before the answer is the answer', async () => {
      const parcel = await parcels.planned(merchant);
      await world.admin.post(`${parcel.path}/pick`);
      await ask(parcel, 'cancellation');
      const packed = await world.admin.post(`${parcel.path}/pack`, { scans: SCANS, weight_g: 100 });
      expect(expectStatus<Json>(packed, 200)).toMatchObject({
        interception: { status: 'requested', cause: 'cancellation' },
      });
      const stops = expectStatus<Json>(await world.admin.get('/v1/interceptions'), 200);
      expect((stops['data'] as { id: string }[]).map(({ id }) => id)).toContain(parcel.id);
      await world.admin.post(`${parcel.path}/label`, { courier: 'ups', service: 'ground' });
      const gone = expectStatus<Json>(await world.admin.post(`${parcel.path}/hand-over`), 200);
      expect(gone).toMatchObject({ status: 'handed_over', interception: { status: 'left' } });
      expect((await parcels.told(parcel)).slice(-2)).toEqual(['package.intercepted', 'package.handed_over']);
      await expect(answer(parcel, true)).rejects.toMatchObject({ code: 'no_interception', facts: { answer: 'left' } });
      await expect(ask(parcel, 'cancellation')).rejects.toMatchObject({ code: 'package_handed_over' });
    });

    it('is cancelled when it was stopped for a cancellation, its stock released', async () => {
      const before = await parcels.stock('SHADE');
      const parcel = await parcels.labelled(merchant);
      await ask(parcel, 'cancellation');
      expect(await answer(parcel, true)).toMatchObject({ status: 'cancelled', interception: { answer: 'stopped' } });
      expect(await parcels.stock('SHADE')).toEqual(before);
      expect((await parcels.told(parcel)).slice(-2)).toEqual(['package.intercepted', 'package.cancelled']);
      expect(expectStatus<Json>(await world.admin.post(`${parcel.path}/hand-over`), 409)).toMatchObject({
        code: 'package_cancelled',
      });
    });

    it('stays as it is when the answer is that it cannot be stopped', async () => {
      const parcel = await parcels.labelled(merchant);
      await ask(parcel, 'cancellation');
      expect(await answer(parcel, false)).toMatchObject({ status: 'labelled', interception: { answer: 'left' } });
      await expect(answer(parcel, true)).rejects.toMatchObject({ code: 'no_interception' });
    });

    it('waits for another label when it was stopped for another address, and the old number leads nowhere', async () => {
      const parcel = await parcels.labelled(merchant);
      await ask(parcel, 'address_change');
      expect(await answer(parcel, true)).toMatchObject({ status: 'packed', trackingNumber: null });
      await parcels.work((tx) =>
        parcels.fulfilment.changeAddress(
          tx,
          parcel.merchantId,
          [parcel.record.id],
          { ...SHIP_TO, name: 'Grace Hopper' },
          test.clock.now(),
        ),
      );
      expect(await parcels.fulfilment.routesOf(test.db, [parcel.trackingNumber])).toEqual([]);
      expectStatus<Json>(await world.admin.post(`${parcel.path}/label`, { courier: 'ups', service: 'ground' }), 200);
      const [page] = await parcels.paper(world.admin, `${parcel.path}/label.pdf`);
      expect(page?.text).toContain('Grace Hopper');
    });

    it('is stopped or has left, never both, when the answer and the scan come at once', async () => {
      for (let round = 0; round < 6; round += 1) {
        const parcel = await parcels.labelled(merchant);
        await ask(parcel, 'cancellation');
        const [stopped, scanned] = await Promise.all([
          answer(parcel, true).then(
            () => true,
            () => false,
          ),
          world.admin.post(`${parcel.path}/hand-over`),
        ]);
        expect(scanned.status).toBe(stopped ? 409 : 200);
        const now = expectStatus<Json>(await world.admin.get(parcel.path), 200);
        expect(now).toMatchObject(
          stopped
            ? { status: 'cancelled', interception: { status: 'stopped' } }
            : { status: 'handed_over', interception: { status: 'left' } },
        );
      }
    });
  });

  describe('and its courier', () => {
    const hear = (
      parcel: Planned,
      status: 'handed_over' | 'in_transit' | 'delivered' | 'rto_delivered',
      over: object = {},
    ) =>
      parcels.work((tx) =>
        parcels.fulfilment.applyCourierStatus(tx, {
          ...{ merchantId: parcel.merchantId, packageId: parcel.record.id, status, reason: null },
          ...{ at: new Date('2026-05-03T10:00:00.000Z'), disputed: false },
          ...over,
        }),
      );

    it('is handed over by the courier’s first scan, at the scan’s time, and an open stop has its answer', async () => {
      const parcel = await parcels.labelled(merchant);
      const before = await parcels.stock('LAMP');
      await parcels.work((tx) =>
        parcels.fulfilment.requestInterception(tx, {
          ...{ merchantId: parcel.merchantId, packageId: parcel.record.id, cause: 'cancellation', causeId: null },
          at: test.clock.now(),
        }),
      );
      const firstScanAt = new Date('2026-05-02T22:15:00.000Z');
      const { handedOver, after } = await hear(parcel, 'in_transit', { firstScanAt });
      expect(handedOver).toBe(true);
      expect(after).toMatchObject({ status: 'in_transit', handedOverAt: firstScanAt, handedOverBy: 'courier' });
      expect(after.interception?.answer).toBe('left');
      expect((await parcels.stock('LAMP')).onHand).toBe(before.onHand - 2);
      expect((await hear(parcel, 'in_transit', { firstScanAt })).handedOver).toBe(false);
      expect((await parcels.stock('LAMP')).onHand).toBe(before.onHand - 2);
      expect(expectStatus<Json>(await world.admin.post(`${parcel.path}/hand-over`), 409)).toMatchObject({
        state: 'in_transit',
      });
      const late = parcels.work((tx) =>
        parcels.fulfilment.cancel(tx, parcel.merchantId, [parcel.record.id], test.clock.now()),
      );
      await expect(late).rejects.toMatchObject({
        facts: { scan: 'courier', handed_over_at: firstScanAt.toISOString() },
      });
    });

    it('follows the fold both ways, and shows what moves nothing', async () => {
      const parcel = await parcels.labelled(merchant);
      await world.admin.post(`${parcel.path}/hand-over`);
      const deliveredAt = new Date('2026-05-03T10:00:00.000Z');
      await hear(parcel, 'delivered', { deliveredAt });
      expect(expectStatus<Json>(await merchant.caller.get(parcel.path), 200)).toMatchObject({
        ...{
          status: 'delivered',
          courier_status: 'delivered',
          delivered_at: deliveredAt.toISOString(),
          refund_clock: null,
        },
      });
      await hear(parcel, 'rto_delivered', {
        deliveredAt: null,
        returnedAt: deliveredAt,
        direction: 'rto',
        courierStatus: 'rto_delivered',
      });
      expect(expectStatus<Json>(await merchant.caller.get(parcel.path), 200)).toMatchObject({
        ...{ status: 'rto_delivered', delivered_at: null, returned_at: deliveredAt.toISOString(), direction: 'rto' },
      });
    });

    it('never moves a cancelled package', async () => {
      const parcel = await parcels.labelled(merchant);
      await parcels.work((tx) =>
        parcels.fulfilment.cancel(tx, parcel.merchantId, [parcel.record.id], test.clock.now()),
      );
      const { after, handedOver } = await hear(parcel, 'delivered', {
        deliveredAt: new Date('2026-05-03T10:00:00.000Z'),
      });
      expect(handedOver).toBe(false);
      expect(after).toMatchObject({
        status: 'cancelled',
        courierStatus: 'delivered',
        deliveredAt: null,
        handedOverAt: null,
      });
    });

    it('comes back once, and sellable goods return to stock', async () => {
      const parcel = await parcels.labelled(merchant);
      const receive = (over: object = {}) =>
        parcels.work((tx) =>
          parcels.fulfilment.receive(tx, {
            ...{ merchantId: parcel.merchantId, packageId: parcel.record.id, cause: 'rto', unopened: true },
            ...{ originalLabel: true, condition: 'original', note: null, at: test.clock.now() },
            ...over,
          }),
        );
      await expect(receive()).rejects.toMatchObject({ code: 'illegal_step' });
      await world.admin.post(`${parcel.path}/hand-over`);
      const before = await parcels.stock('LAMP');
      const [first, second] = await Promise.allSettled([receive(), receive()]);
      expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
      expect((await parcels.stock('LAMP')).onHand).toBe(before.onHand + 2);
      await expect(receive()).rejects.toMatchObject({ code: 'already_received' });
      expect((await parcels.told(parcel)).filter((name) => name === 'package.received_back')).toHaveLength(1);
    });
  });
});
