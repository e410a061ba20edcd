import { instant } from '../../kernel/clock.ts';
import { idOut } from '../../kernel/ids.ts';
import { causeOut } from '../ledger/causes.ts';
import type { InvoiceRecord } from './invoice.store.ts';
import type { InvoiceView } from './invoices.dto.ts';

type Plain<View> = { [Field in keyof View]: View[Field] };

const SERIES_LENGTH = 8;

/** What is printed as its number: the merchant's series, by the end of its id, and the number in it. `ZV1S05G2-000012` */
export function invoiceName({ merchantId }: Pick<InvoiceRecord, 'merchantId'>, number: bigint): string {
  return `${idOut('mer', merchantId).slice(-SERIES_LENGTH).toUpperCase()}-${number.toString().padStart(6, '0')}`;
}

export function invoiceView(it: InvoiceRecord): Plain<InvoiceView> {
  const { corrects } = it;
  return {
    ...{ id: idOut('inv', it.id), merchant: idOut('mer', it.merchantId), kind: it.kind },
    ...{ number: it.number.toString(), name: invoiceName(it, it.number) },
    corrects: corrects === null ? null : idOut('inv', corrects.id),
    ...{ cause: causeOut(it.cause), journal: idOut('jnl', it.journalId), total: it.total.toJSON() },
    lines: it.lines.map(({ text, amount }) => ({ text, amount: amount.toJSON() })),
    issued_at: instant(it.issuedAt),
  };
}
