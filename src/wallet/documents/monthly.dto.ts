import { Currency, InstantField, Int, MoneyBody, MoneyField, Text } from '../../http/fields.ts';

/** A month's statement in one currency; whole at /v1/wallet/statement with its `currency`, `from` and `to`. */
export class MonthlyStatementView {
  @Text({ example: '2026-05' })
  month: string;

  @Currency()
  currency: string;

  @InstantField()
  from: string;

  @InstantField()
  to: string;

  @MoneyField()
  opening: MoneyBody;

  @MoneyField()
  closing: MoneyBody;

  @Int()
  entries: number;

  @InstantField()
  made_at: string;
}
