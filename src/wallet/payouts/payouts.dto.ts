import { Choice, Id, InstantField, Int, MoneyBody, MoneyField, Text } from '../../http/fields.ts';
import { DestinationField, type Destination } from '../../http/destination.ts';
import { ListQuery } from '../../http/lists.ts';

export const PAYOUT_STATUSES = ['requested', 'approved', 'paid', 'rejected'] as const;

export class PayoutBody {
  @MoneyField({ positive: true }) amount: MoneyBody;
  @DestinationField() destination: Destination;
}

export class PayoutPaidBody {
  @Text({ optional: true, max: 140, description: 'Of the transfer, on the bank’s statement.' }) bank_reference?: string;
}

export class PayoutRejectionBody {
  @Text({ optional: true, max: 500, description: 'The merchant reads it.' }) reason?: string;
}

export class PayoutsQuery extends ListQuery {
  @Choice(PAYOUT_STATUSES, { optional: true }) status?: string;
}

export class PayoutView {
  @Id('pay') id: string;
  @Id('mer') merchant: string;
  @Choice(PAYOUT_STATUSES) status: string;
  @MoneyField() amount: MoneyBody;
  @DestinationField() destination: Destination;
  @Int({ description: 'People of finance who have approved it.' }) approvals: number;
  @Int({ description: 'How many have to.' }) approvals_needed: number;
  @Text({ nullable: true }) bank_reference: string | null;
  @Text({ nullable: true, description: 'Why it was rejected.' }) reason: string | null;
  @InstantField() created_at: string;
  @InstantField({ nullable: true }) approved_at: string | null;
  @InstantField({ nullable: true }) paid_at: string | null;
  @InstantField({ nullable: true }) rejected_at: string | null;
}
