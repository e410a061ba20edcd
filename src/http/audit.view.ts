import { instant } from '../kernel/clock.ts';
import { HOUSE_ID, idOut, idOutOrNull, type IdPrefix } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import type { AuditEntryView } from './audit.dto.ts';

type Json = Readonly<Record<string, unknown>>;

export interface AuditRow {
  number: string;
  merchant_id: string;
  id: string;
  at: Date;
  actor_kind: string;
  user_id: string | null;
  key_id: string | null;
  call: string;
  request_id: string;
  subject: string;
  subject_id: string | null;
  before: Json | null;
  after: Json | null;
}

/** Tables whose id is one of the API's. */
export const SUBJECT_IDS: Readonly<Record<string, IdPrefix>> = {
  merchant: 'mer',
  account_user: 'usr',
  api_key: 'key',
  membership: 'mbr',
  adjustment: 'jnl',
  top_up: 'top',
  payout: 'pay',
  payout_approval: 'pay',
  claim: 'clm',
  goods_return: 'ret',
  erasure_request: 'ord',
  webhook_endpoint: 'whe',
  store: 'sto',
  notification_preference: 'usr',
};

/** Columns that hold ids of the API's. */
const COLUMN_IDS: Readonly<Record<string, IdPrefix>> = {
  merchant_id: 'mer',
  family: 'key', // the first of those that followed each other
  user_id: 'usr',
  asked_by: 'usr',
  decided_by: 'usr',
  ended_by: 'usr',
  updated_by: 'usr',
  by_user: 'usr',
  payout_id: 'pay',
  opened_by: 'usr',
  approved_by: 'usr',
  order_id: 'ord',
  package_id: 'pkg',
  store_id: 'sto',
  decision_id: 'dec',
  journal_id: 'jnl',
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?[+-]\d{2}:\d{2}$/;

/** A row in the API's words: ids with their prefix, money as money, instants with Z. @param currency of its amounts */
function shown(subject: string, row: Json | null, currency: unknown): object | null {
  if (row === null) return null;
  const fields = Object.entries(row).flatMap(([column, value]): [string, unknown][] => {
    const prefix = column === 'id' ? SUBJECT_IDS[subject] : COLUMN_IDS[column];
    if (prefix !== undefined && typeof value === 'string' && UUID.test(value)) {
      return [[column.replace(/_id$/, ''), value === HOUSE_ID ? null : idOut(prefix, value)]];
    }
    if (column === 'id' && typeof value === 'string' && UUID.test(value)) return []; // of no use to anybody
    if (column.endsWith('_minor') && typeof value === 'string' && typeof currency === 'string') {
      return [[column.replace(/_minor$/, ''), Money.ofMinor(value, currency).toJSON()]];
    }
    if (typeof value === 'string' && INSTANT.test(value)) return [[column, instant(new Date(value))]];
    return [[column, value]];
  });
  return Object.fromEntries(fields);
}

const currencyOf = (row: Json | null): unknown =>
  row?.['currency'] ?? row?.['amount_currency'] ?? row?.['low_balance_currency'];

/** @param forStaff a merchant is not told which of the operator's people it was */
export function auditView(row: AuditRow, forStaff: boolean): AuditEntryView {
  const { subject, before, after, actor_kind } = row;
  const currency = currencyOf(after) ?? currencyOf(before);
  const isTold = forStaff || actor_kind !== 'staff';
  return {
    id: idOut('aud', row.id),
    at: instant(row.at),
    merchant: row.merchant_id === HOUSE_ID ? null : idOut('mer', row.merchant_id),
    by: {
      type: actor_kind,
      user: isTold ? idOutOrNull('usr', row.user_id) : null,
      key: isTold ? idOutOrNull('key', row.key_id) : null,
    },
    call: row.call,
    request_id: row.request_id,
    subject: { type: subject, id: subjectIdOf(row) },
    before: shown(subject, before, currency),
    after: shown(subject, after, currency),
  };
}

/** As the API names the row; of one that it has no id for, the goods that it is about. */
function subjectIdOf({ subject, subject_id: id, before, after }: AuditRow): string | null {
  if (id === null || !UUID.test(id)) return id;
  const prefix = SUBJECT_IDS[subject];
  if (prefix !== undefined) return idOut(prefix, id);
  const { sku } = after ?? before ?? {};
  return typeof sku === 'string' ? sku : null;
}
