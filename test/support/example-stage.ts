import { createHmac, randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import type { Parcel } from './case.ts';
import { Claims, JPEG, type Claim } from './claims.ts';
import { ReturnStories, type Return } from './returns.ts';
import { STRIPE_SECRET } from './stripe-server.ts';
import Stripe from 'stripe';
import { Caller, expectStatus, PASSWORD, usd, type Merchant, type World } from './world.ts';

/** What a call's example needs before it can be sent. */
export interface Prepared {
  /** What stands for `{name}` in the address. */
  names?: Readonly<Record<string, string>>;
  /** Real ids, by prefix, in the address and in the body. */
  ids?: Readonly<Record<string, string>>;
  /** Other words of the body that have to be real. */
  words?: Readonly<Record<string, string>>;
  by?: Caller;
  /** Proofs of whoever sends it. */
  headers?: (body: string) => Record<string, string>;
}

export const STORE_SECRET = 'a secret of the store';
export const LAMP = [{ sku: 'LAMP-01', quantity: 1 }];

/** A service in which something of every kind has happened, and what brings more of it to any point. */
export class ExampleStage {
  readonly claims: Claims;
  readonly ids: Record<string, string> = {};
  private count = 0;

  private constructor(
    readonly world: World,
    readonly cases: ReturnStories,
    readonly second: Caller,
    readonly examples: ReadonlyMap<string, unknown>,
  ) {
    this.claims = new Claims(cases);
  }

  /** @param examples the document's own, by operation id: the goods, the warehouse, the courier are made of them */
  static async open(world: World, examples: ReadonlyMap<string, unknown>): Promise<ExampleStage> {
    for (const [call, path] of [
      ['warehouses.put', '/v1/warehouses/AMS'],
      ['couriers.put', '/v1/couriers/dhl'],
      ['variants.put', '/v1/variants/LAMP-01'],
      ['plans.put', '/v1/plans/growth'],
      ['discountCodes.put', '/v1/discount-codes/WELCOME10'],
    ] as const) {
      expectStatus(await world.admin.put(path, examples.get(call)), 200);
    }
    await world.catalogue();
    expectStatus(await world.admin.post('/v1/stock-movements', examples.get('stockMovements.move')), 201);
    const cases = await ReturnStories.under(world, 'retail-standard', '5000.00');
    const stage = new ExampleStage(world, cases, await world.colleague(['finance', 'support', 'warehouse']), examples);
    await stage.fill();
    return stage;
  }

  /** A number that was not there before. */
  next(): number {
    this.count += 1;
    return this.count;
  }

  get shop(): Merchant {
    return this.cases.merchant;
  }

  /** One of everything that can be read. */
  private async fill(): Promise<void> {
    const { shop, world } = this;
    await world.verifyEmail(shop);
    const parcel = await this.delivered();
    const claim = await this.claims.open(parcel, { type: 'damaged', description: 'In pieces.' });
    const shown = await this.claims.shown(claim.id);
    const asked = await this.cases.approved(await this.delivered(), 'quality');
    this.note(parcel, shown, asked);
    const orderless = { ship_to: (world.order('x') as { ship_to: object }).ship_to, currency: 'USD', items: LAMP };
    this.note(expectStatus(await shop.caller.post('/v1/quotes', orderless), 201));
    this.note(expectStatus(await shop.caller.get('/v1/top-ups'), 200));
    this.note(expectStatus(await shop.caller.get('/v1/wallet/transactions'), 200));
    this.note(await this.store());
    this.note(await this.endpoint());
    this.note((await this.act('/v1/receipts', { code: 'R-UNKNOWN-0', warehouse: 'AMS' })).body);
    this.note((await this.act('/v1/manifests', { courier: 'dhl', packages: [(await this.labelled()).pkg] })).body);
    this.note(expectStatus(await shop.caller.post('/v1/sourcing-requests', { name: 'A lamp of bamboo' }), 201));
    await world.test.settle();
    for (const path of ['/v1/events', '/v1/invoices', '/v1/api-keys']) this.note((await shop.caller.get(path)).body);
    this.ids['mer'] = shop.id;
  }

  /** The first id of each kind that is met stands for its kind. */
  note(...seen: unknown[]): void {
    for (const [id = '', prefix = ''] of JSON.stringify(seen).matchAll(/\b([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}\b/g)) {
      this.ids[prefix] ??= id;
    }
  }

  async planned(): Promise<{ ord: string; pkg: string }> {
    const order = await this.cases.place(LAMP);
    return { ord: order.id, pkg: order.packages[0]?.id ?? '' };
  }

  async packed(): Promise<{ ord: string; pkg: string }> {
    const ids = await this.planned();
    await this.act(`/v1/packages/${ids.pkg}/pick`);
    await this.act(`/v1/packages/${ids.pkg}/pack`, { scans: LAMP, weight_g: 1600 });
    return ids;
  }

  async labelled(): Promise<{ ord: string; pkg: string }> {
    const ids = await this.packed();
    const label = { courier: 'dhl', service: 'parcel', tracking_number: `JV${randomUUID().slice(0, 12)}` };
    await this.act(`/v1/packages/${ids.pkg}/label`, label);
    return ids;
  }

  shipped(): Promise<Parcel> {
    return this.cases.shipped(LAMP);
  }

  delivered(): Promise<Parcel> {
    return this.cases.delivered(LAMP);
  }

  async told(status: string): Promise<{ ord: string; pkg: string }> {
    const parcel = await this.shipped();
    await this.cases.told(parcel, status);
    return { ord: parcel.order.id, pkg: parcel.id };
  }

  claim(type = 'damaged'): Promise<Claim> {
    return this.delivered().then((parcel) => this.claims.open(parcel, { type, description: 'In pieces.' }));
  }

  async asked(): Promise<Return> {
    return this.cases.ask(await this.delivered(), 'change_of_mind');
  }

  async authorised(): Promise<Return> {
    return this.cases.approved(await this.delivered(), 'quality');
  }

  async topUp(): Promise<string> {
    const body = { amount: usd('200.00'), method: 'bank_transfer' };
    return expectStatus<{ id: string }>(await this.shop.caller.post('/v1/top-ups', body), 201).id;
  }

  /** Of a merchant of its own, whom nothing open holds up. */
  async payout(): Promise<{ id: string; by: Caller }> {
    const merchant = await this.world.merchant('100.00');
    await this.world.verifyEmail(merchant);
    const destination = { account_holder: 'Lumen B.V.', iban: 'NL91ABNA0417164300' };
    const asked = await merchant.caller.post('/v1/payouts', { amount: usd('20.00'), destination });
    return { id: expectStatus<{ id: string }>(asked, 201).id, by: merchant.caller };
  }

  async store(): Promise<{ id: string }> {
    const body = { kind: 'shopify', name: 'Lumen', url: 'https://lumen.myshopify.com', webhook_secret: STORE_SECRET };
    return expectStatus(await this.shop.caller.post('/v1/stores', { ...body, access_token: 'shpat_0123456789' }), 201);
  }

  async key(): Promise<string> {
    const body = { name: 'One more', scopes: ['orders:read'] };
    return expectStatus<{ id: string }>(await this.shop.caller.post('/v1/api-keys', body), 201).id;
  }

  async endpoint(): Promise<string> {
    const body = { url: 'http://127.0.0.1:9/hooks', events: ['order.placed'] };
    return expectStatus<{ id: string }>(await this.shop.caller.post('/v1/webhook-endpoints', body), 201).id;
  }

  async mailId(kind: string, to: string): Promise<string> {
    const list = await this.world.admin.get(`/v1/mails?kind=${kind}&to=${encodeURIComponent(to)}`);
    return expectStatus<{ data: { id: string }[] }>(list, 200).data[0]?.id ?? '';
  }

  /** The token of a mail. */
  async mailed(kind: string, to: string): Promise<string> {
    const mail = await this.world.admin.get(`/v1/mails/${await this.mailId(kind, to)}`);
    const { text } = expectStatus<{ text: string }>(mail, 200);
    return /(?:verifications|resets)\/(\S+)/.exec(text)?.[1] ?? 'none';
  }

  /** A photo, as evidence. */
  async show(path: string, by: Caller): Promise<Response> {
    const answer = await this.world.test.http
      .post(path)
      .set({ Authorization: `Bearer ${by.token ?? ''}`, 'Idempotency-Key': randomUUID() })
      .field('kind', 'photo')
      .attach('file', JPEG, 'photo.jpg');
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** A session of the merchant's owner. */
  async session(): Promise<Caller> {
    const body = { email: this.shop.email, password: PASSWORD };
    const opened = await new Caller(this.world.test, null).post('/v1/sessions', body);
    return new Caller(this.world.test, expectStatus<{ token: string }>(opened, 201).token);
  }

  async act(path: string, body: unknown = {}): Promise<Response> {
    const answer = await this.world.admin.post(path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** What Stripe and a store send beside their bodies. */
  readonly signed = {
    stripe: (body: string): Record<string, string> => ({
      'stripe-signature': new Stripe('sk_test_unused').webhooks.generateTestHeaderString({
        ...{ payload: body, secret: STRIPE_SECRET },
      }),
    }),
    shopify: (body: string): Record<string, string> => ({
      'x-shopify-topic': 'orders/create',
      'x-shopify-hmac-sha256': createHmac('sha256', STORE_SECRET).update(body).digest('base64'),
    }),
  };
}
