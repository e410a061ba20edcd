import type { EntityManager } from 'typeorm';
import { one } from '../../database/sql.ts';
import { newId } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import { LedgerKeyReused } from '../wallet.errors.ts';
import type { TransactionType } from './chart.ts';

/** Why money moved: what it points to. `id` is a UUID, or a UUID, a colon and a period. */
export interface Cause {
  type: string;
  id: string;
}

/** A line of the explanation that a merchant reads. */
export interface ExplanationLine {
  text: string;
  amount: Money;
}

/** What every journal says of itself, whatever its verb. */
export interface JournalRequest {
  merchantId: string;
  /** Made here unless the caller needs to know it before. */
  journalId?: string;
  type: TransactionType | null;
  /** Up to 150 characters; moves money once, for ever. */
  key: string;
  cause: Cause;
  currency: string | null;
  /** JSON for the ledger: lines of the explanation; null where the verb writes its own. */
  lines: string | null;
  at: Date;
}

export interface Outcome {
  status:
    | 'done'
    | 'already'
    | 'short'
    | 'nothing_left'
    | 'no_charge'
    | 'no_hold'
    | 'no_journal'
    | 'exceeds'
    | 'not_reversible';
  /** Of the journal; null where a verb without one of its own wrote none. */
  currency: string | null;
  /** The key had done it before: what follows is of then. */
  replayed: boolean;
  /** What a hold's end moved, what a reversal would have undone. */
  movedMinor: bigint;
  journalId: string | null;
  /** Minor units: change of all that the merchant has; of `exceeds` what is left. */
  amountMinor: bigint;
  balanceAfterMinor: bigint | null;
  /** Cash that is not held; of a short charge what could have paid. Null where cash was not touched. */
  availableMinor: bigint | null;
  lapsedMinor: bigint;
  low: { limitMinor: bigint; daysLeft: number | null } | null;
  countsAt: Date;
}

/** As the ledger's functions answer it. */
export interface OutcomeRow {
  status: Outcome['status'] | 'key_reused';
  currency: string | null;
  moved_minor: string | null;
  replayed: boolean;
  id: string | null;
  amount_minor: string | null;
  balance_after_minor: string | null;
  available_minor: string | null;
  lapsed_minor: string | null;
  fell_low: boolean;
  low_balance_minor: string | null;
  days_left: number | null;
  counts_at: Date;
}

export type Verb =
  | 'fee'
  | 'clear'
  | 'take_back'
  | 'top_up'
  | 'grant'
  | 'lapse'
  | 'forfeit'
  | 'charge'
  | 'refund'
  | 'settle'
  | 'hold'
  | 'capture'
  | 'release'
  | 'adjust'
  | 'reverse';

const FIELDS = 9;

/**
 * One verb of the ledger, one round trip.
 * @param said the verb's own arguments, in the order of the database's function `wallet_<verb>`
 * @throws LedgerKeyReused the key was booked for another request
 */
export async function post(
  tx: EntityManager,
  verb: Verb,
  request: JournalRequest,
  said: readonly unknown[],
): Promise<Outcome> {
  const own = said.map((_, i) => `, $${FIELDS + 1 + i}`).join('');
  const { cause } = request;
  const row = await one<OutcomeRow>(
    tx,
    `SELECT * FROM wallet_${verb}(ROW($1, $2, NULL, $3, $4, NULL, $5, $6, NULL, $7, $8, NULL, $9)::ledger_request${own})`,
    [
      request.merchantId,
      request.journalId ?? newId(),
      request.type,
      request.key,
      cause.type,
      cause.id,
      request.currency,
      request.lines,
      request.at,
      ...said,
    ],
  );
  if (row === null) throw new Error(`The ledger's ${verb} answered nothing.`);
  return outcomeOf(row, request.key);
}

/** @throws LedgerKeyReused the key was booked for another request */
export function outcomeOf(row: OutcomeRow, key: string): Outcome {
  if (row.status === 'key_reused') throw new LedgerKeyReused(key);
  return {
    status: row.status,
    currency: row.currency,
    replayed: row.replayed,
    movedMinor: BigInt(row.moved_minor ?? 0),
    journalId: row.id,
    amountMinor: BigInt(row.amount_minor ?? 0),
    balanceAfterMinor: bigintOrNull(row.balance_after_minor),
    availableMinor: bigintOrNull(row.available_minor),
    lapsedMinor: BigInt(row.lapsed_minor ?? 0),
    low: row.fell_low ? { limitMinor: BigInt(row.low_balance_minor ?? 0), daysLeft: row.days_left } : null,
    countsAt: row.counts_at,
  };
}

function bigintOrNull(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}

/**
 * The explanation as the ledger keeps it.
 * @param total what the lines must add up to
 * @param sign -1n where the lines say what was taken
 */
export function linesJson(lines: readonly ExplanationLine[], total: Money, sign: 1n | -1n = 1n): string {
  const sum = Money.sum(
    lines.map((line) => line.amount),
    total.currency,
  );
  if (sum.compare(total) !== 0)
    throw new Error(`The explanation adds up to ${sum.toString()}, not to ${total.toString()}.`);
  return JSON.stringify(lines.map(({ text, amount }) => ({ text, minor: (amount.minor * sign).toString() })));
}

/** What the ledger keeps, read back. */
export function linesOf(details: string, currency: string): ExplanationLine[] {
  const { lines } = JSON.parse(details) as { lines: { text: string; minor: string }[] | null };
  return (lines ?? []).map(({ text, minor }) => ({ text, amount: Money.ofMinor(minor, currency) }));
}
