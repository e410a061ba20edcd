import { Controller, Headers, Post } from '@nestjs/common';
import { Access } from '../../http/access.ts';
import { TakesTime } from '../../http/deadline.ts';
import { KeepRaw, RawBody } from '../../http/raw.ts';
import { Returns } from '../../http/returns.ts';
import { PaymentMessageView } from '../wallet.dto.ts';
import { PaymentFacts } from './payment-facts.ts';
import { StripePayments } from './stripe.ts';
import { readStripe } from './stripe.translate.ts';

const MAX_MESSAGE = 1024 * 1024;

@Controller('v1/payments')
export class PaymentsController {
  constructor(
    private readonly stripe: StripePayments,
    private readonly facts: PaymentFacts,
  ) {}

  /** Stripe's signed webhook: top-ups paid, failed, refunded, disputed. In any order, as often as it likes. */
  @TakesTime()
  @Post('stripe')
  @Access({ public: true })
  @KeepRaw(MAX_MESSAGE)
  @Returns(200, PaymentMessageView)
  async receive(
    @Headers('stripe-signature') signature: string | undefined,
    @RawBody() body: Buffer,
  ): Promise<PaymentMessageView> {
    const event = this.stripe.verify(body, signature ?? '');
    const { id, type, data } = event;
    const fact = this.stripe.isOfThisMode(event) ? readStripe(type, data.object) : null;
    const isFresh = await this.facts.receive({ id, type, fact });
    return { received: true, duplicate: !isFresh };
  }
}
