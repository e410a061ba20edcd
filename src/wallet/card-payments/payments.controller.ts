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
    const { id, type, data } = this.stripe.verify(body, signature ?? '');
    const isFresh = await this.facts.receive({ id, type, fact: readStripe(type, data.object) });
    return { received: true, duplicate: !isFresh };
  }
}
