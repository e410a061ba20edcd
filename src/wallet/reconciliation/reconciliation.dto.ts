import {
  Choice,
  Currency,
  DateField,
  Flag,
  Id,
  Int,
  List,
  MoneyBody,
  MoneyField,
  Nested,
  Text,
} from '../../http/fields.ts';
import { ImportQuery } from '../../imports/imports.dto.ts';
import { CauseView } from '../wallet.dto.ts';

export const CLEARING = ['bank_clearing', 'psp_clearing', 'payout_clearing'] as const;
export const ITEM_STATUSES = ['missing_here', 'missing_there', 'differs'] as const;

export class BankImportQuery extends ImportQuery {
  @Currency({ optional: true, description: 'Of rows that name none.' }) currency?: string;
}

export class ReconciliationQuery {
  @Currency({ optional: true }) currency?: string;
}

export class ClearingView {
  @Choice(CLEARING) account: string;
  @Currency() currency: string;
  @MoneyField({ signed: true, description: 'In the ledger: below zero is owed to us.' }) balance: MoneyBody;
  @Int({ description: 'Top-ups and payouts that a statement or report shows too.' }) matched: number;
  @Int({ description: 'On the statement, not in the books.' }) missing_here: number;
  @Int({ description: 'In the books, on no statement.' }) missing_there: number;
  @Int({ description: 'In both, with other amounts.' }) differs: number;
}

export class OpenItemView {
  @Choice(CLEARING) account: string;
  @Choice(ITEM_STATUSES) status: string;
  @Text({
    nullable: true,
    description:
      'Of missing_here: partial, over, double, late, reference_used (a top-up was confirmed by hand under the line’s reference and amount), currency, unknown_reference, no_reference, outgoing, provider_payout (its report has not come), unknown_payment, no_payment. Of missing_there: provider_payout, which no statement of the bank shows; reference_twice: another top-up was confirmed under its bank_reference.',
  })
  why: string | null;
  @Id('bnk', { nullable: true, description: 'The line, to be resolved by a person.' }) line: string | null;
  @Nested(() => CauseView, { nullable: true }) subject: CauseView | null;
  @MoneyField({ nullable: true, signed: true }) ours: MoneyBody | null;
  @MoneyField({ nullable: true, signed: true }) theirs: MoneyBody | null;
  @Text({ min: 0, max: 1000 }) text: string;
  @DateField() date: string;
  @Int() age_days: number;
}

export class ReconciliationView {
  @List(() => ClearingView) accounts: ClearingView[];
  @List(() => OpenItemView, { description: 'What is not matched, oldest first, up to 1,000.' }) items: OpenItemView[];
}

export class ResolutionBody {
  @Id('top', { optional: true, description: 'Credits this top-up with what came. Left out: only the line is closed.' })
  top_up?: string;
  @Text({ max: 500, description: 'What was done: sent back, booked by hand …' }) note: string;
  @Flag({ optional: true, description: 'The bank shows two payments that look alike: this is the other one.' })
  another_payment?: boolean;
}

export class BankLineView {
  @Id('bnk') id: string;
  @Choice(['matched', 'review', 'resolved']) status: string;
  @MoneyField({ signed: true }) amount: MoneyBody;
  @DateField() date: string;
  @Text({ min: 0, max: 1000 }) text: string;
  @Nested(() => CauseView, { nullable: true }) subject: CauseView | null;
  @Text({ nullable: true }) note: string | null;
}

export class RollUpQuery {
  @Currency() currency: string;
  @DateField({ optional: true, description: 'Inclusive; 30 days before `to` where nothing is said.' }) from?: string;
  @DateField({ optional: true, description: 'Inclusive; today where nothing is said. UTC.' }) to?: string;
}

export class RollUpLineView {
  @DateField() date: string;
  @Text({ example: 'psp_clearing' }) account: string;
  @MoneyField() debit: MoneyBody;
  @MoneyField() credit: MoneyBody;
}

export class RollUpView {
  @Currency() currency: string;
  @DateField() from: string;
  @DateField() to: string;
  @List(() => RollUpLineView) lines: RollUpLineView[];
}
