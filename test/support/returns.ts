import { Cases, type Parcel } from './case.ts';
import { expectStatus, type Merchant, type World } from './world.ts';

export interface Return {
  id: string;
  status: string;
  return_code: string | null;
  expires_at: string | null;
  decision: { outcome: string };
}

/** Returns of one merchant under one policy, brought to where a story begins. */
export class ReturnStories extends Cases {
  static async under(world: World, policy: string, money = '500.00'): Promise<ReturnStories> {
    const merchant: Merchant = await world.merchant(money);
    expectStatus(await world.admin.patch(`/v1/merchants/${merchant.id}`, { policy }), 200);
    return new ReturnStories(world, merchant);
  }

  /** An order of one package that the buyer has. */
  async delivered(
    items: readonly { sku: string; quantity: number }[] = [{ sku: 'LAMP', quantity: 2 }],
  ): Promise<Parcel> {
    const parcel = await this.shipped(items);
    await this.told(parcel, 'delivered');
    return parcel;
  }

  async ask(parcel: Parcel, type: string, more: object = {}): Promise<Return> {
    const body = { order: parcel.order.id, package: parcel.id, type, ...more };
    return expectStatus(await this.merchant.caller.post('/v1/returns', body), 201);
  }

  async approved(parcel: Parcel, type: string, more: object = {}): Promise<Return> {
    const { id } = await this.ask(parcel, type, more);
    return expectStatus(await this.world.admin.post(`/v1/returns/${id}/approval`, { approved: true }), 200);
  }

  async sent({ id }: Return, trackingNumber = this.number()): Promise<Return> {
    const body = { courier: 'postal service', tracking_number: trackingNumber };
    return expectStatus(await this.merchant.caller.post(`/v1/returns/${id}/tracking`, body), 200);
  }

  /** @param code of the parcel, as it is scanned */
  async received(code: string | null, more: object = {}): Promise<Return> {
    const body = { condition: 'original', unopened: true, ...more };
    return expectStatus(await this.world.admin.post(`/v1/returns/${code ?? ''}/receipt`, body), 200);
  }

  async returned(id: string): Promise<Return> {
    return expectStatus(await this.merchant.caller.get(`/v1/returns/${id}`), 200);
  }
}
