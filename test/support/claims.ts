import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import type { Cases, Parcel } from './case.ts';
import { expectStatus } from './world.ts';

export interface Claim {
  id: string;
  status: string;
  decision: { outcome: string };
  [field: string]: unknown;
}

/** A picture as cameras make them, as far as its first bytes tell. */
export const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb004300', 'hex');

/** Claims about one merchant's parcels, over HTTP. */
export class Claims {
  constructor(private readonly cases: Cases) {}

  post({ order, id }: Parcel, body: object): Promise<Response> {
    return this.cases.merchant.caller.post('/v1/claims', { order: order.id, package: id, items: [], ...body });
  }

  async open(parcel: Parcel, body: object): Promise<Claim> {
    return expectStatus<Claim>(await this.post(parcel, body), 201);
  }

  /** An order of two packages, both handed over. */
  async shippedTwo(items: readonly { sku: string; quantity: number }[]): Promise<[Parcel, Parcel]> {
    const order = await this.cases.place(items);
    const [first, second] = await Promise.all(
      order.packages.map(async ({ id }) => {
        const trackingNumber = this.cases.number();
        await this.cases.world.ship(id, trackingNumber);
        return { order, id, path: `/v1/packages/${id}`, trackingNumber };
      }),
    );
    if (first === undefined || second === undefined) throw new Error('The order has fewer than two packages.');
    await this.cases.world.test.settle();
    return [first, second];
  }

  async get(id: string): Promise<Claim> {
    return expectStatus<Claim>(await this.cases.merchant.caller.get(`/v1/claims/${id}`), 200);
  }

  show(id: string, kind: string, file: Buffer = JPEG, key: string = randomUUID()): Promise<Response> {
    return this.cases.world.test.http
      .post(`/v1/claims/${id}/evidence`)
      .set('Authorization', `Bearer ${this.cases.merchant.caller.token ?? ''}`)
      .set('Idempotency-Key', key)
      .field('kind', kind)
      .attach('file', file, 'evidence.bin');
  }

  /** A photo is shown, which decides again. */
  async shown(id: string, kind = 'photo', file: Buffer = JPEG): Promise<Claim> {
    return expectStatus<Claim>(await this.show(id, kind, file), 201);
  }
}
