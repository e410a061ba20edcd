import {
  Choice,
  Currency,
  Flag,
  Id,
  InstantField,
  Int,
  List,
  MoneyBody,
  MoneyField,
  Nested,
  QueryInstant,
  Text,
} from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import { TRANSACTION_TYPES } from './ledger/chart.ts';

export const TOP_UP_METHODS = ['bank_transfer', 'card', 'paypal'] as const;
export const ADJUSTMENT_STATUSES = ['waiting', 'booked', 'rejected'] as const;
export const TOP_UP_STATUSES = ['pending', 'received', 'failed', 'expired'] as const;

export class BalanceView {
  @Currency() currency: string;
  @MoneyField({ description: 'Cash that can be spent: not held, promotional credit not counted.' })
  available: MoneyBody;
  @MoneyField({ description: 'Cash set aside for payouts and disputes.' }) held: MoneyBody;
  @MoneyField({ description: 'Credit that has not expired and pays for orders before cash does.' })
  promotional: MoneyBody;
}

/** The three are apart: together they are the balance that transactions and statements show. */
export class WalletView {
  @List(() => BalanceView, { description: 'The home currency first; one line per currency that ever held money.' })
  balances: BalanceView[];
}

export class CauseView {
  @Text({ example: 'order' }) type: string;
  @Text({ example: 'ord_01h2xcejqtf2nbrexx3vqjhp41' }) id: string;
}

export class LineView {
  @Text() text: string;
  @MoneyField({ signed: true }) amount: MoneyBody;
}

export class BucketChangeView {
  @Choice(['cash', 'held', 'promotional']) bucket: string;
  @MoneyField({ signed: true }) amount: MoneyBody;
}

export class TransactionView {
  @Id('jnl') id: string;
  @Choice(TRANSACTION_TYPES) type: string;
  @MoneyField({ signed: true, description: 'Below zero when it leaves the wallet; zero when it moves inside it.' })
  amount: MoneyBody;
  @MoneyField({ description: 'Available, held and promotional together, afterwards.' }) balance_after: MoneyBody;
  @List(() => BucketChangeView, { description: 'Adds up to the amount.' }) bucket_changes: BucketChangeView[];
  @Nested(() => CauseView) cause: CauseView;
  @List(() => LineView, { description: 'Adds up to the amount.' }) explanation: LineView[];
  @InstantField() created_at: string;
}

export class TransactionsQuery extends ListQuery {
  @Choice(TRANSACTION_TYPES, { optional: true }) type?: string;
  @Currency({ optional: true }) currency?: string;
  @QueryInstant({ optional: true, description: 'Inclusive.' }) from?: string;
  @QueryInstant({ optional: true, description: 'Inclusive.' }) to?: string;
}

export class StatementQuery {
  @Currency({ optional: true, description: 'May be left out where the wallet has one currency.' }) currency?: string;
  @QueryInstant({ optional: true, description: 'Inclusive; the first entry where nothing is said.' }) from?: string;
  @QueryInstant({ optional: true, description: 'Inclusive; everything so far where nothing is said.' }) to?: string;
}

export class StatementView {
  @Currency() currency: string;
  @InstantField({ nullable: true }) from: string | null;
  @InstantField() to: string;
  @MoneyField() opening: MoneyBody;
  @List(() => TransactionView, { description: 'Oldest first.' }) lines: TransactionView[];
  @MoneyField({ description: 'Opening and lines together.' }) closing: MoneyBody;
}

export class TopUpBody {
  @MoneyField({ positive: true }) amount: MoneyBody;
  @Choice(TOP_UP_METHODS) method: (typeof TOP_UP_METHODS)[number];
  @Flag({ optional: true, description: 'By card: keeps the card for automatic top-ups.' }) save_card?: boolean;
}

export class ConfirmTopUpBody {
  @MoneyField({ positive: true, description: 'What really came; this is credited.' }) amount: MoneyBody;
  @Text({ max: 140 }) bank_reference: string;
  @Flag({
    optional: true,
    description: 'The bank shows two payments of this merchant, amount and reference: this is the other one.',
  })
  another_payment?: boolean;
}

export class TopUpView {
  @Id('top') id: string;
  @Choice(TOP_UP_STATUSES) status: string;
  @MoneyField({ description: 'What was announced.' }) amount: MoneyBody;
  @MoneyField({ nullable: true, description: 'What came and was credited.' }) received: MoneyBody | null;
  @MoneyField({ description: 'Refunded or charged back, and taken out of the wallet again.' }) taken_back: MoneyBody;
  @Choice(TOP_UP_METHODS) method: string;
  @Text({ description: 'To be written on the transfer.' }) reference: string;
  @Text({ nullable: true, description: 'Where to pay by card or PayPal, while it is pending.' }) checkout_url:
    string | null;
  @InstantField() created_at: string;
  @InstantField({ nullable: true }) received_at: string | null;
}

export class TopUpsQuery extends ListQuery {
  @Choice(TOP_UP_STATUSES, { optional: true }) status?: string;
}

export class PaymentMessageView {
  @Flag() received: boolean;
  @Flag({ description: 'It came before; nothing was done again.' }) duplicate: boolean;
}

/** Tops up by a saved card when the balance falls low. */
export class AutoTopUpBody {
  @MoneyField({ positive: true }) amount: MoneyBody;
  @MoneyField({ positive: true, optional: true, description: 'A day, UTC. Left out: one top-up a day.' })
  daily_cap?: MoneyBody;
}

export class AutoTopUpView {
  @MoneyField() amount: MoneyBody;
  @MoneyField() daily_cap: MoneyBody;
  @Text({ description: 'What is charged.', example: 'visa 4242' }) card: string;
}

export class AlertsBody {
  @MoneyField({ positive: true, nullable: true, description: 'Null switches the alert off.' })
  low_balance: MoneyBody | null;
  @Nested(() => AutoTopUpBody, { optional: true, description: 'Needs a saved card; null switches it off.' })
  auto_top_up?: AutoTopUpBody | null;
}

export class AlertsView {
  @MoneyField({ nullable: true }) low_balance: MoneyBody | null;
  @Nested(() => AutoTopUpView, { nullable: true }) auto_top_up: AutoTopUpView | null;
}

export class AdjustmentBody {
  @Id('mer') merchant: string;
  @MoneyField({ signed: true, description: 'Above zero gives, below takes.' }) amount: MoneyBody;
  @Text({ max: 500 }) reason: string;
}

export class AdjustmentView {
  @Id('jnl', { description: 'Of its journal, once it is booked.' }) id: string;
  @Id('mer') merchant: string;
  @Choice(ADJUSTMENT_STATUSES) status: string;
  @MoneyField({ signed: true }) amount: MoneyBody;
  @Text() reason: string;
  @Id('usr') asked_by: string;
  @Id('usr', { nullable: true, description: 'The second person, where one was needed.' }) decided_by: string | null;
  @InstantField() created_at: string;
  @InstantField({ nullable: true }) decided_at: string | null;
}

export class AdjustmentsQuery extends ListQuery {
  @Choice(ADJUSTMENT_STATUSES, { optional: true, description: 'waiting: for a second person.' }) status?: string;
  @Id('mer', { optional: true }) merchant?: string;
}

export class ApprovalBody {
  @Flag() approved: boolean;
}

export class TrialBalanceQuery {
  @Currency() currency: string;
}

export class TrialBalanceLineView {
  @Text({ example: 'orders_in_progress' }) account: string;
  @MoneyField() debit: MoneyBody;
  @MoneyField() credit: MoneyBody;
}

export class TrialBalanceView {
  @Currency() currency: string;
  @List(() => TrialBalanceLineView) accounts: TrialBalanceLineView[];
  @MoneyField() debit: MoneyBody;
  @MoneyField() credit: MoneyBody;
  @Flag({ description: 'Debit and credit are equal.' }) balanced: boolean;
}

export class FaultView {
  @Id('mer') book: string;
  @Int({ nullable: true }) journal: number | null;
  @Text() rule: string;
  @Text() detail: string;
}

export class VerificationView {
  @Int({ description: 'Journals that were recomputed.' }) checked: number;
  @Int() books: number;
  @List(() => FaultView) faults: FaultView[];
}

export class PostingView {
  @Choice(['direct', 'hold', 'capture', 'release']) phase: string;
  @Text({ example: 'cash' }) debit: string;
  @Text({ example: 'orders_in_progress' }) credit: string;
  @MoneyField() amount: MoneyBody;
}

export class JournalView {
  @Id('jnl') id: string;
  @Id('mer') merchant: string;
  @Text({ description: 'Gapless in the merchant’s book; a decimal string.' }) number: string;
  @Text() verb: string;
  @Text({ nullable: true }) type: string | null;
  @Text() key: string;
  @Nested(() => CauseView) cause: CauseView;
  @MoneyField({ signed: true }) amount: MoneyBody;
  @MoneyField() balance_after: MoneyBody;
  @List(() => LineView) explanation: LineView[];
  @List(() => PostingView) postings: PostingView[];
  @InstantField() created_at: string;
  @InstantField() written_at: string;
  @Text() hash: string;
}
