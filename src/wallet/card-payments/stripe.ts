import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { Config } from '../../config.ts';
import { Breaker } from '../../kernel/breaker.ts';
import { later } from '../../kernel/later.ts';
import type { Money } from '../../kernel/money.ts';
import { NoPaymentProvider, PaymentRefused, PaymentSignatureInvalid, ProviderUnavailable } from '../wallet.errors.ts';
import { stripeLine } from './stripe-line.ts';
import { fromStripe, toStripe } from './stripe.translate.ts';

const sdk = later((from) => from('stripe') as typeof Stripe);

/** Of one try, with all of its answer. */
const TIMEOUT_MS = 8_000;
const RETRIES = 2;
/** At most so many calls at once. Source: reliability.md, Outside calls. */
const IN_FLIGHT = 4;

export interface CheckoutWish {
  /** Our top-up as the API names it. */
  topUp: string;
  /** As the merchant reads it on the provider's page. */
  title: string;
  amount: Money;
  method: 'card' | 'paypal';
  saveCard: boolean;
}

export interface SavedCard {
  customer: string;
  paymentMethod: string;
  /** visa 4242 */
  label: string;
}

/** What is known of a payment that was made. */
export interface PaymentDetails {
  /** What the provider made of it in its own currency, and keeps of that; null: not known yet. */
  settled: { gross: Money; fee: Money } | null;
  /** To be charged again without the person. */
  card: SavedCard | null;
}

export type ChargeOutcome = { status: 'paid' | 'processing'; payment: string; amount: Money } | { status: 'declined' };

/** Stripe, by its own SDK (product.md, Top-ups). Nothing here is called inside a transaction. */
@Injectable()
export class StripePayments {
  private readonly stripe: Stripe | null;
  private readonly breaker = new Breaker(() => new ProviderUnavailable());

  constructor(private readonly config: Config) {
    const { stripeSecretKey: key, stripeBaseUrl } = config;
    const base = new URL(stripeBaseUrl);
    const plain = base.protocol === 'http:';
    this.stripe =
      key === null
        ? null
        : new (sdk())(key, {
            ...{ host: base.hostname, port: base.port === '' ? (plain ? 80 : 443) : base.port },
            ...{ protocol: plain ? 'http' : 'https', httpClient: stripeLine(IN_FLIGHT) },
            ...{ timeout: TIMEOUT_MS, maxNetworkRetries: RETRIES, telemetry: false },
          });
  }

  get isConfigured(): boolean {
    return this.stripe !== null;
  }

  /**
   * A page on which the merchant pays. Asked again for the same top-up it is the same page.
   * @throws NoPaymentProvider, PaymentRefused, ProviderUnavailable
   */
  async checkout(wish: CheckoutWish): Promise<{ session: string; url: string }> {
    const back = `${this.config.publicUrl}/console/top-ups/${wish.topUp}`;
    const metadata = { top_up: wish.topUp };
    const price = {
      ...{ currency: wish.amount.currency.toLowerCase(), unit_amount: toStripe(wish.amount) ?? 0 },
      product_data: { name: wish.title },
    };
    const session = await this.call((stripe) =>
      stripe.checkout.sessions.create(
        {
          ...{ mode: 'payment', client_reference_id: wish.topUp, metadata, payment_method_types: [wish.method] },
          line_items: [{ quantity: 1, price_data: price }],
          ...{ success_url: back, cancel_url: back },
          ...(wish.saveCard ? { customer_creation: 'always' } : {}),
          payment_intent_data: { metadata, ...(wish.saveCard ? { setup_future_usage: 'off_session' } : {}) },
        },
        { idempotencyKey: `checkout:${wish.topUp}` },
      ),
    );
    if (session.url === null) throw new ProviderUnavailable();
    return { session: session.id, url: session.url };
  }

  /** Charges a saved card without the person, once however often it is asked. @throws ProviderUnavailable */
  async charge(topUp: string, amount: Money, card: SavedCard): Promise<ChargeOutcome> {
    try {
      const intent = await this.call((stripe) =>
        stripe.paymentIntents.create(
          {
            ...{ amount: toStripe(amount) ?? 0, currency: amount.currency.toLowerCase(), metadata: { top_up: topUp } },
            ...{ customer: card.customer, payment_method: card.paymentMethod, off_session: true, confirm: true },
          },
          { idempotencyKey: `charge:${topUp}` },
        ),
      );
      if (intent.status === 'succeeded') {
        const came = fromStripe(intent.amount_received, intent.currency) ?? amount;
        return { status: 'paid', payment: intent.id, amount: came };
      }
      return intent.status === 'processing'
        ? { status: 'processing', payment: intent.id, amount }
        : { status: 'declined' };
    } catch (error) {
      if (error instanceof PaymentRefused) return { status: 'declined' };
      throw error;
    }
  }

  /** @throws PaymentRefused there is no such payment; @throws ProviderUnavailable */
  async details(payment: string): Promise<PaymentDetails> {
    const intent = await this.call((stripe) =>
      stripe.paymentIntents.retrieve(payment, { expand: ['latest_charge.balance_transaction', 'payment_method'] }),
    );
    return { settled: settledOf(intent), card: cardOf(intent) };
  }

  /**
   * Stripe's proof that the message is its own, over the bytes as they came.
   * @throws NoPaymentProvider no secret is set; @throws PaymentSignatureInvalid
   */
  verify(body: Buffer, signature: string): Stripe.Event {
    const { stripe } = this;
    const secrets = this.config.stripeWebhookSecrets;
    if (stripe === null || secrets.length === 0) throw new NoPaymentProvider('webhooks');
    for (const secret of secrets) {
      try {
        return stripe.webhooks.constructEvent(body, signature, secret);
      } catch (error) {
        if (!(error instanceof sdk().errors.StripeSignatureVerificationError) && !(error instanceof SyntaxError))
          throw error;
      }
    }
    throw new PaymentSignatureInvalid();
  }

  /** False: it speaks of test payments where real ones are taken, or the other way round; a secret of each may be set. */
  isOfThisMode({ livemode }: Pick<Stripe.Event, 'livemode'>): boolean {
    const [, mode] = /^[a-z]+_(live|test)_/.exec(this.config.stripeSecretKey ?? '') ?? [];
    return mode === undefined || livemode !== (mode === 'test');
  }

  private async call<T>(work: (stripe: Stripe) => Promise<T>): Promise<T> {
    const { stripe } = this;
    if (stripe === null) throw new NoPaymentProvider('card and paypal');
    this.breaker.check();
    try {
      const answer = await work(stripe);
      this.breaker.saw(true);
      return answer;
    } catch (error) {
      const { errors } = sdk();
      const refused = error instanceof errors.StripeInvalidRequestError || error instanceof errors.StripeCardError;
      this.breaker.saw(refused);
      if (refused) throw new PaymentRefused(error.message);
      if (error instanceof errors.StripeError) throw new ProviderUnavailable();
      throw error;
    }
  }
}

function settledOf({ latest_charge: charge }: Stripe.PaymentIntent): PaymentDetails['settled'] {
  const transaction = typeof charge === 'object' ? charge?.balance_transaction : null;
  if (typeof transaction !== 'object' || transaction === null) return null;
  const gross = fromStripe(transaction.amount, transaction.currency);
  const fee = fromStripe(transaction.fee, transaction.currency);
  return gross === null || fee === null ? null : { gross, fee };
}

function cardOf(intent: Stripe.PaymentIntent): SavedCard | null {
  const { customer, payment_method: method } = intent;
  if (intent.setup_future_usage !== 'off_session' || customer === null || method === null) return null;
  if (typeof method === 'string' || method.card === undefined) return null;
  const label = `${method.card.brand} ${method.card.last4}`;
  return { customer: typeof customer === 'string' ? customer : customer.id, paymentMethod: method.id, label };
}
