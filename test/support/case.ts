import { randomUUID } from 'node:crypto';
import { expectStatus, type Merchant, type World } from './world.ts';

export interface Order {
  id: string;
  reference: string;
  status: string;
  total: { amount: string; currency: string };
  policy: { id: string; version: number };
  packages: { id: string; status: string }[];
}

export interface Parcel {
  order: Order;
  id: string;
  path: string;
  trackingNumber: string;
}

/** Orders of one merchant, brought to where a case begins. */
export class Cases {
  private numbers = 0;

  constructor(
    readonly world: World,
    readonly merchant: Merchant,
  ) {}

  async place(items?: readonly { sku: string; quantity: number }[]): Promise<Order> {
    const body = this.world.order(`CASE-${randomUUID().slice(0, 8)}`, items);
    return expectStatus<Order>(await this.merchant.caller.post('/v1/orders', body), 201);
  }

  /** An order of one package, handed over. */
  async shipped(items?: readonly { sku: string; quantity: number }[]): Promise<Parcel> {
    const order = await this.place(items);
    const [first] = order.packages;
    if (first === undefined) throw new Error('The order has no package.');
    const trackingNumber = this.number();
    await this.world.ship(first.id, trackingNumber);
    await this.world.test.settle();
    return { order, id: first.id, path: `/v1/packages/${first.id}`, trackingNumber };
  }

  number(): string {
    this.numbers += 1;
    return `1Z${randomUUID().replaceAll('-', '').slice(0, 14).toUpperCase()}${this.numbers}`;
  }

  /** The courier's word, in our own. @param id of the event; another id is another event */
  tell({ trackingNumber }: Parcel, status: string, more: { at?: Date; id?: string } = {}) {
    const occurred_at = (more.at ?? this.world.test.clock.now()).toISOString();
    const event = {
      courier: 'ups',
      tracking_number: trackingNumber,
      status,
      occurred_at,
      event_id: more.id ?? randomUUID(),
    };
    return this.world.admin.post('/v1/tracking/events', { events: [event] });
  }

  async told(parcel: Parcel, status: string): Promise<void> {
    expectStatus(await this.tell(parcel, status), 200);
    await this.world.test.settle();
  }

  async available(): Promise<string> {
    const { balances } = expectStatus<{ balances: { currency: string; available: string | { amount: string } }[] }>(
      await this.merchant.caller.get('/v1/wallet'),
      200,
    );
    const usd = balances.find(({ currency }) => currency === 'USD')?.available;
    return typeof usd === 'object' ? usd.amount : (usd ?? '0.00');
  }

  async refunds(): Promise<{ amount: { amount: string }; cause: { type: string; id: string } }[]> {
    const answer = await this.merchant.caller.get('/v1/wallet/transactions?type=refund&limit=100');
    return expectStatus<{ data: { amount: { amount: string }; cause: { type: string; id: string } }[] }>(answer, 200)
      .data;
  }

  async order(id: string): Promise<Order> {
    return expectStatus<Order>(await this.merchant.caller.get(`/v1/orders/${id}`), 200);
  }

  async package(id: string): Promise<Record<string, unknown>> {
    return expectStatus(await this.merchant.caller.get(`/v1/packages/${id}`), 200);
  }

  async decision(id: string): Promise<Record<string, unknown>> {
    return expectStatus(await this.merchant.caller.get(`/v1/packages/${id}/decision`), 200);
  }

  /** A clause as the page of the order's policy has it. */
  async pagesClause({ policy }: Order, id: string): Promise<object> {
    const page = await this.merchant.caller.get(`/v1/policies/${policy.id}/versions/${policy.version}`);
    const { sections } = expectStatus<{ sections: { clauses: { id: string }[] }[] }>(page, 200);
    const found = sections.flatMap(({ clauses }) => clauses).find((clause) => clause.id === id);
    if (found === undefined) throw new Error(`The page has no clause ${id}.`);
    return found;
  }

  /** Moves the sandbox clock over HTTP: what falls due on the way happens. */
  async pass(iso: string): Promise<void> {
    expectStatus(await this.world.admin.post('/v1/sandbox/clock', { advance: iso }), 200);
  }
}
