import type { EntityManager } from 'typeorm';
import { one } from '../database/sql.ts';
import { instant, instantOrNull } from '../kernel/clock.ts';
import { idOut } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import type { TopUpStatus } from './top-up.machine.ts';
import type { TOP_UP_METHODS, TopUpView } from './wallet.dto.ts';

export type Method = (typeof TOP_UP_METHODS)[number];

export interface TopUpRow {
  merchant_id: string;
  id: string;
  status: TopUpStatus;
  method: Method;
  amount_minor: string;
  currency: string;
  reference: string;
  received_minor: string | null;
  bank_reference: string | null;
  journal_id: string | null;
  automatic: boolean;
  checkout_url: string | null;
  payment: string | null;
  tries: number;
  bonus_minor: string;
  /** What the provider kept of the payment itself; null: not known. */
  fee_minor: string | null;
  settled_currency: string | null;
  fees_minor: string;
  refunded_minor: string;
  taken_minor: string;
  charged_back_minor: string;
  bank_line_id: string | null;
  created_at: Date;
  received_at: Date | null;
}

export interface NewTopUp {
  merchantId: string;
  id: string;
  method: Method;
  amount: Money;
  reference: string;
  at: Date;
  expiresAt: Date;
  /** The merchant's idempotency key, where the provider is called before the answer. */
  clientKey: string | null;
  /** By the saved card: asked of the provider at this instant, real time. */
  askAt: Date | null;
}

/** @returns null where the key has one already */
export async function insertTopUp(tx: EntityManager, made: NewTopUp): Promise<TopUpRow | null> {
  const { merchantId, id, method, amount, reference, at, expiresAt, clientKey, askAt } = made;
  return one<TopUpRow>(
    tx,
    `INSERT INTO top_up (merchant_id, id, status, method, amount_minor, currency, reference, created_at, expires_at,
       client_key, ask_at, automatic)
     VALUES ($1, $2, 'pending', $3, $4, $5, $6, $7, $8, $9, $10::timestamptz, $10::timestamptz IS NOT NULL)
     ON CONFLICT ON CONSTRAINT one_top_up_a_key DO NOTHING RETURNING *`,
    [merchantId, id, method, amount.minor, amount.currency, reference, at, expiresAt, clientKey, askAt],
  );
}

export async function topUpByKey(tx: EntityManager, merchantId: string, clientKey: string): Promise<TopUpRow | null> {
  return one<TopUpRow>(tx, 'SELECT * FROM top_up WHERE merchant_id = $1 AND client_key = $2', [merchantId, clientKey]);
}

/** Locked until the transaction ends. Whose it is is read from it: staff and providers name no merchant. */
export async function lockTopUp(tx: EntityManager, id: string): Promise<TopUpRow | null> {
  return one<TopUpRow>(tx, 'SELECT * FROM top_up WHERE id = $1 FOR UPDATE', [id]);
}

export function amountOf(row: TopUpRow): Money {
  return Money.ofMinor(row.amount_minor, row.currency);
}

export function topUpView(row: TopUpRow): TopUpView {
  return {
    id: idOut('top', row.id),
    status: row.status,
    amount: amountOf(row).toJSON(),
    received: row.received_minor === null ? null : Money.ofMinor(row.received_minor, row.currency).toJSON(),
    taken_back: Money.ofMinor(BigInt(row.taken_minor) + BigInt(row.charged_back_minor), row.currency).toJSON(),
    method: row.method,
    reference: row.reference,
    checkout_url: row.status === 'pending' ? row.checkout_url : null,
    created_at: instant(row.created_at),
    received_at: instantOrNull(row.received_at),
  };
}
