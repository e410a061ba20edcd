import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import { DocumentedErrors, type Described } from '../../src/cli/chaos/documented.ts';
import { ADMIN, type TestApp } from './app.ts';
import { bareIdIn } from './bare-ids.ts';

const documented = new WeakMap<TestApp, Promise<DocumentedErrors>>();

/** The errors that the service's own document promises, read once a test service. */
function documentedErrors(test: TestApp): Promise<DocumentedErrors> {
  const read = async () => new DocumentedErrors((await test.http.get('/openapi.json')).body as Described);
  const found = documented.get(test) ?? read();
  documented.set(test, found);
  return found;
}

/** One caller with its credential, over HTTP. */
export class Caller {
  constructor(
    private readonly test: TestApp,
    readonly token: string | null,
  ) {}

  get(path: string): Promise<Response> {
    return this.send('get', path);
  }

  /** With a new idempotency key, unless one is given. */
  post(path: string, body: unknown = {}, key: string = randomUUID()): Promise<Response> {
    return this.send('post', path, body, { 'Idempotency-Key': key });
  }

  put(path: string, body: unknown): Promise<Response> {
    return this.send('put', path, body);
  }

  patch(path: string, body: unknown): Promise<Response> {
    return this.send('patch', path, body);
  }

  delete(path: string): Promise<Response> {
    return this.send('delete', path);
  }

  async send(
    method: 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const credentials: Record<string, string> = this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
    const call = this.test.http[method](path).set({ ...credentials, ...headers });
    const answer = await (body === undefined ? call : call.send(body as object));
    if (answer.status >= 400) await this.holdAgainstDocument(method, path, answer);
    const bare = bareIdIn(answer.body);
    if (bare !== null) throw new Error(`${method} ${path} answers what is no id of the API at ${bare}`);
    return answer;
  }

  /** No test meets an error that the document does not list for its call. */
  private async holdAgainstDocument(method: string, path: string, answer: Response): Promise<void> {
    const { status, headers, text } = answer;
    const heard = { status, type: headers['content-type'] ?? '', text };
    const fault = (await documentedErrors(this.test)).faultOf(method, path, heard);
    if (fault !== null) throw new Error(`${fault}: ${answer.text.slice(0, 500)}`);
  }
}

/** The answer's body, after checking its status: a failed set-up names what was refused. */
export function expectStatus<T = unknown>(answer: Response, status: number): T {
  if (answer.status !== status) {
    throw new Error(`Expected ${status}, got ${answer.status}: ${answer.text.slice(0, 2_000)}`);
  }
  return answer.body as T;
}

interface SignedUp {
  merchant: { id: string };
  api_key: { secret: string };
}

export interface Merchant {
  id: string;
  caller: Caller;
  email: string;
}

export const PASSWORD = 'a long enough password';

export const SHIP_TO = {
  name: 'Ada Byron',
  line1: '12 Analytical Row',
  city: 'Springfield',
  region: 'IL',
  postal_code: '62701',
  country: 'US',
  phone: '+12175550123',
  email: 'ada@buyers.example',
};

export const usd = (amount: string) => ({ amount, currency: 'USD' });

/** Builders of what most stories begin with; everything over HTTP. */
export class World {
  private constructor(
    readonly test: TestApp,
    readonly admin: Caller,
  ) {}

  static async open(test: TestApp): Promise<World> {
    const session = expectStatus<{ token: string }>(
      await new Caller(test, null).post('/v1/sessions', { email: ADMIN.email, password: ADMIN.password }),
      201,
    );
    return new World(test, new Caller(test, session.token));
  }

  /** A merchant with a key of every scope, and money where an amount is named. */
  async merchant(money?: string, currency = 'USD'): Promise<Merchant> {
    const email = `shop-${randomUUID()}@merchants.example`;
    const body = { name: 'A shop', email, password: PASSWORD, country: 'US', currency };
    const made = expectStatus<SignedUp>(await new Caller(this.test, null).post('/v1/merchants', body), 201);
    const merchant = { id: made.merchant.id, caller: new Caller(this.test, made.api_key.secret), email };
    if (money !== undefined) await this.topUp(merchant, money, currency);
    return merchant;
  }

  /** Proves the merchant's e-mail by the token that was mailed: payouts need it. */
  async verifyEmail({ email }: Merchant): Promise<void> {
    const path = `/v1/mails?kind=email_verification&to=${encodeURIComponent(email)}`;
    const mails = expectStatus<{ data: { id: string }[] }>(await this.admin.get(path), 200);
    const mail = expectStatus<{ text: string }>(await this.admin.get(`/v1/mails/${mails.data[0]?.id ?? ''}`), 200);
    const token = /email-verifications\/(\S+)/.exec(mail.text)?.[1] ?? 'none';
    expectStatus(await new Caller(this.test, null).post(`/v1/email-verifications/${token}`), 200);
  }

  /** Another person of finance, signed in. */
  async colleague(roles: readonly string[] = ['finance']): Promise<Caller> {
    const person = { email: `${randomUUID()}@operator.example`, password: PASSWORD, roles };
    expectStatus(await this.admin.post('/v1/users', person), 201);
    const signIn = { email: person.email, password: PASSWORD };
    const session = expectStatus<{ token: string }>(
      await new Caller(this.test, null).post('/v1/sessions', signIn),
      201,
    );
    return new Caller(this.test, session.token);
  }

  async topUp({ caller }: Merchant, amount: string, currency = 'USD'): Promise<void> {
    const asked = expectStatus<{ id: string }>(
      await caller.post('/v1/top-ups', { amount: { amount, currency }, method: 'bank_transfer' }),
      201,
    );
    const confirmation = { amount: { amount, currency }, bank_reference: `BANK-${randomUUID()}` };
    expectStatus(await this.admin.post(`/v1/top-ups/${asked.id}/confirmation`, confirmation), 200);
  }

  /** One warehouse, one courier, two lamps that share a package and a battery that does not. */
  async catalogue(): Promise<void> {
    expectStatus(await this.admin.put('/v1/warehouses/EWR', { name: 'Newark', country: 'US' }), 200);
    expectStatus(
      await this.admin.put('/v1/couriers/ups', {
        name: 'UPS',
        services: [
          {
            code: 'ground',
            class: 'standard',
            countries: ['*'],
            days: { min: 2, max: 5 },
            max_weight_g: 20_000,
            max_units: 50,
            prices: [{ up_to_g: 20_000, amount: usd('5.00') }],
          },
        ],
        tracking: [{ source: 'ups' }, { source: 'easypost', carrier: 'UPS' }],
      }),
      200,
    );
    await this.variant('LAMP', '20.00');
    await this.variant('SHADE', '10.00');
    await this.variant('POWERBANK', '30.00', ['battery']);
  }

  async variant(sku: string, price: string, handling: readonly string[] = [], stock = 1000): Promise<void> {
    const body = {
      ...{
        title: `The ${sku.toLowerCase()}`,
        prices: [usd(price)],
        weight_g: 500,
        length_mm: 100,
        width_mm: 100,
        height_mm: 100,
      },
      ...{ handling, hs_code: '9405.21', origin: 'CN', backorder: false },
    };
    expectStatus(await this.admin.put(`/v1/variants/${sku}`, body), 200);
    if (stock > 0) {
      expectStatus(
        await this.admin.post('/v1/stock-movements', { sku, warehouse: 'EWR', quantity: stock, reason: 'receipt' }),
        201,
      );
    }
  }

  order(
    reference: string,
    items: readonly { sku: string; quantity: number }[] = [{ sku: 'LAMP', quantity: 1 }],
  ): object {
    return { reference, currency: 'USD', ship_to: SHIP_TO, items };
  }

  /** Picks, packs, labels and hands a package over; answers it as it stands then. */
  async ship(...of: Parameters<World['label']>): Promise<Record<string, unknown>> {
    await this.label(...of);
    return expectStatus(await this.admin.post(`/v1/packages/${of[0]}/hand-over`), 200);
  }

  /** Picks, packs and labels a package. */
  async label(
    packageId: string,
    trackingNumber: string,
    courier = 'ups',
    service = 'ground',
  ): Promise<Record<string, unknown>> {
    const path = `/v1/packages/${packageId}`;
    const planned = expectStatus<{ items: { sku: string; quantity: number }[] }>(await this.admin.get(path), 200);
    expectStatus(await this.admin.post(`${path}/pick`), 200);
    const scans = planned.items.map(({ sku, quantity }) => ({ sku, quantity }));
    expectStatus(await this.admin.post(`${path}/pack`, { scans, weight_g: 900 }), 200);
    return expectStatus(
      await this.admin.post(`${path}/label`, { courier, service, tracking_number: trackingNumber }),
      200,
    );
  }
}
