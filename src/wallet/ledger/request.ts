import type { TransactionType } from './chart.ts';
import type { Movement } from './movements.ts';
import type { JournalRequest } from './verbs.ts';

/** What every verb says of its movement. */
export function request(
  movement: Movement,
  currency: string | null,
  type: TransactionType | null,
  lines: string | null,
): JournalRequest {
  const { merchantId, key, cause, at } = movement;
  return { merchantId, key, cause, at, currency, type, lines };
}
