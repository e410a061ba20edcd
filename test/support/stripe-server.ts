import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';

export const STRIPE_SECRET = 'whsec_of_the_tests';

export interface StripeCall {
  line: string;
  key: string | undefined;
  form: URLSearchParams;
}

interface Reply {
  status: number;
  body: object;
}

/**
 * Stripe's API as far as the wallet calls it, in the shapes of its published reference (API 2025: Checkout Session,
 * PaymentIntent). The same idempotency key gets the same answer.
 */
export class StripeServer {
  readonly seen: StripeCall[] = [];
  /** Of what is posted; used up first to last, before the usual answer. */
  failures: (Reply | 'reset')[] = [];
  /** What became of a charge of a saved card. */
  card: 'succeeded' | 'declined' | 'requires_action' = 'succeeded';
  fee = 59;
  /** What it settles in, where that is another currency than the payment's, and what a unit of the payment is there. */
  settles: { currency: string; rate: number } | null = null;
  private readonly server: Server;
  private readonly answered = new Map<string, Reply>();
  private readonly amounts = new Map<string, { amount: number; currency: string; saved: boolean }>();
  private made = 0;

  constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** A payment that the wallet may ask about. */
  knows(payment: string, amount: number, currency: string, saved = false): void {
    this.amounts.set(payment, { amount, currency, saved });
  }

  /** Every payment that it answers for. */
  known(): string[] {
    return [...this.amounts.keys()];
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { pathname } = new URL(request.url ?? '', 'http://stripe');
    const key = request.headers['idempotency-key'];
    const call = {
      line: `${request.method ?? ''} ${pathname}`,
      key: typeof key === 'string' ? key : undefined,
      form: new URLSearchParams(text),
    };
    this.seen.push(call);
    const failure = request.method === 'POST' ? this.failures.shift() : undefined; // the worker reads in between
    if (failure === 'reset') {
      request.socket.destroy();
      return;
    }
    const known = call.key === undefined ? undefined : this.answered.get(call.key);
    const reply = failure ?? known ?? this.answer(call);
    if (failure === undefined && call.key !== undefined) this.answered.set(call.key, reply);
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
  }

  private answer(call: StripeCall): Reply {
    if (call.line === 'POST /v1/checkout/sessions') return { status: 200, body: this.session(call.form) };
    if (call.line === 'POST /v1/payment_intents') return this.charge(call.form);
    const payment = /^GET \/v1\/payment_intents\/(\w+)$/.exec(call.line)?.[1];
    const known = payment === undefined ? undefined : this.amounts.get(payment);
    if (payment === undefined || known === undefined)
      return { status: 404, body: { error: { type: 'invalid_request_error', message: 'No such object.' } } };
    return { status: 200, body: this.intent(payment, known) };
  }

  private session(form: URLSearchParams): object {
    this.made += 1;
    const id = `cs_test_${this.made}`;
    return {
      ...{ id, object: 'checkout.session', mode: 'payment', status: 'open', payment_status: 'unpaid' },
      ...{ client_reference_id: form.get('client_reference_id'), payment_intent: null },
      url: `https://checkout.stripe.com/c/pay/${id}`,
    };
  }

  private charge(form: URLSearchParams): Reply {
    this.made += 1;
    const id = `pi_auto_${this.made}`;
    const amount = Number.parseInt(form.get('amount') ?? '0', 10);
    if (this.card === 'declined')
      return {
        status: 402,
        body: { error: { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' } },
      };
    this.knows(id, amount, form.get('currency') ?? 'usd');
    const received = this.card === 'succeeded' ? amount : 0;
    return {
      status: 200,
      body: {
        ...{ id, object: 'payment_intent', status: this.card, amount, amount_received: received },
        ...{ currency: form.get('currency'), metadata: { top_up: form.get('metadata[top_up]') } },
      },
    };
  }

  private intent(
    id: string,
    { amount, currency, saved }: { amount: number; currency: string; saved: boolean },
  ): object {
    const settled = this.settles ?? { currency, rate: 1 };
    const transaction = {
      ...{ id: `txn_${id}`, object: 'balance_transaction', amount: Math.round(amount * settled.rate) },
      ...{ currency: settled.currency, fee: this.fee },
    };
    const method = { id: 'pm_1', object: 'payment_method', type: 'card', card: { brand: 'visa', last4: '4242' } };
    return {
      ...{ id, object: 'payment_intent', status: 'succeeded', amount, amount_received: amount, currency },
      ...{ customer: saved ? 'cus_1' : null, setup_future_usage: saved ? 'off_session' : null },
      payment_method: method,
      latest_charge: { id: `ch_${id}`, object: 'charge', balance_transaction: transaction },
    };
  }
}

let events = 0;

/** An event of Stripe's as its webhook brings it: the bytes and their signature. */
export function stripeEvent(
  type: string,
  object: object,
  { id, secret = STRIPE_SECRET, livemode = false }: { id?: string; secret?: string; livemode?: boolean } = {},
): { body: string; signature: string } {
  events += 1;
  const event = {
    ...{ id: id ?? `evt_test_${events}`, object: 'event', api_version: '2025-03-31.basil', type },
    ...{ created: 1_764_000_000 + events, livemode, pending_webhooks: 1, data: { object } },
    request: { id: null, idempotency_key: null },
  };
  const payload = JSON.stringify(event, null, 2);
  const stripe = new Stripe('sk_test_unused');
  return { body: payload, signature: stripe.webhooks.generateTestHeaderString({ payload, secret }) };
}

/** A Checkout Session as its events hold it. */
export const stripeSession = (topUp: string, payment: string | null, amount: number, paid = true): object => ({
  ...{ id: `cs_${payment ?? 'none'}`, object: 'checkout.session', mode: 'payment', currency: 'usd' },
  ...{ amount_subtotal: amount, amount_total: amount, client_reference_id: topUp, payment_intent: payment },
  ...{ customer: null, customer_details: { email: 'payer@example.com', name: 'A Payer' }, livemode: false },
  ...{ metadata: { top_up: topUp }, payment_method_types: ['card'] },
  ...{ payment_status: paid ? 'paid' : 'unpaid', status: 'complete', url: null },
});

export const stripeCharge = (payment: string, amount: number, refunded: number): object => ({
  ...{ id: `ch_${payment}`, object: 'charge', amount, amount_captured: amount, amount_refunded: refunded },
  ...{ currency: 'usd', payment_intent: payment, refunded: refunded === amount, status: 'succeeded' },
});

export const stripeRefund = (id: string, payment: string, amount: number, status = 'succeeded'): object => ({
  ...{ id, object: 'refund', amount, currency: 'usd', charge: `ch_${payment}`, payment_intent: payment },
  ...{ reason: 'requested_by_customer', status },
});

export const stripeDispute = (id: string, payment: string, amount: number, status: string): object => ({
  ...{ id, object: 'dispute', amount, currency: 'usd', charge: `ch_${payment}`, payment_intent: payment },
  ...{ reason: 'fraudulent', status, is_charge_refundable: false },
  balance_transactions:
    status === 'won'
      ? []
      : [{ id: `txn_${id}`, object: 'balance_transaction', amount: -amount, currency: 'usd', fee: 1500 }],
});
