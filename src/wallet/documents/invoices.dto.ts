import {
  Choice,
  Id,
  InstantField,
  List,
  MoneyBody,
  MoneyField,
  Nested,
  QueryInstant,
  Text,
} from '../../http/fields.ts';
import { ListQuery } from '../../http/lists.ts';
import { CauseView, LineView } from '../wallet.dto.ts';
import { INVOICE_KINDS } from './invoice.store.ts';

export class InvoicesQuery extends ListQuery {
  @Choice(INVOICE_KINDS, { optional: true })
  kind?: string;

  @Id('ord', { optional: true, description: 'The order’s invoice, and the credit notes that correct it.' })
  order?: string;

  @Id('mer', { optional: true, description: 'Staff: this merchant’s.' })
  merchant?: string;

  @QueryInstant({ optional: true, description: 'Issued then or later.' })
  from?: string;

  @QueryInstant({ optional: true, description: 'Issued then or before.' })
  to?: string;
}

/** An invoice or a credit note. Its paper is at /v1/invoices/{id}.pdf. */
export class InvoiceView {
  @Id('inv')
  id: string;

  @Id('mer')
  merchant: string;

  @Choice(INVOICE_KINDS)
  kind: string;

  @Text({ example: '12', description: 'In the merchant’s series, without gaps; a decimal string.' })
  number: string;

  @Text({ example: 'ZV1S05G2-000012', description: 'As it is printed: the series and the number.' })
  name: string;

  @Id('inv', { nullable: true, description: 'Of a credit note: the invoice.' })
  corrects: string | null;

  @Nested(() => CauseView)
  cause: CauseView;

  @Id('jnl', { description: 'The transaction that it documents.' })
  journal: string;

  @MoneyField()
  total: MoneyBody;

  @List(() => LineView, { description: 'Adds up to the total.' })
  lines: LineView[];

  @InstantField()
  issued_at: string;
}
