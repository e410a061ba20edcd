import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../database/sql.ts';
import { Money } from '../kernel/money.ts';
import type { PackageRecord } from './package.records.ts';
import { UnitPrices, type PaidLine, type PlannedItem } from './unit-prices.policy.ts';

type Item = PackageRecord['items'][number];

/**
 * Keeps what customs is told of a free order's goods: what was paid for those that they stand for. Source: product.md,
 * Customs; policies.md, "The customs form of a package always carries the paid values".
 * @param lines of the free order, `paid` being what was paid for the goods before
 * @param packages in the order in which they take the lines' units
 */
export async function declare(
  tx: EntityManager,
  merchantId: string,
  {
    currency,
    lines,
    packages,
  }: {
    currency: string;
    lines: readonly PaidLine[];
    packages: readonly { id: string; items: readonly PlannedItem[] }[];
  },
): Promise<void> {
  const units = new UnitPrices(lines, currency);
  for (const { id, items } of packages) {
    const sums = new Map<number, bigint>();
    for (const { line, paid } of items.map((item) => units.take(item)))
      sums.set(line, (sums.get(line) ?? 0n) + paid.minor);
    const declared = Object.fromEntries([...sums].map(([line, minor]) => [line, minor.toString()]));
    await rows(tx, 'UPDATE package SET declared = $3 WHERE merchant_id = $1 AND id = $2', [
      ...[merchantId, id, JSON.stringify(declared)],
    ]);
  }
}

/** A package's items with what was paid for them; of goods that were sent again, for those that they stand for. */
export async function declaredItems(db: Db, record: PackageRecord): Promise<Item[]> {
  const { merchantId, id, items, currency } = record;
  if (record.worth.isZero()) return items;
  const row = await one<{ declared: Record<string, string> | null }>(
    db,
    'SELECT declared FROM package WHERE merchant_id = $1 AND id = $2',
    [merchantId, id],
  );
  const declared = row?.declared ?? null;
  if (declared === null) return items;
  const lines = Object.entries(declared).map(([name, minor]) => {
    const line = Number.parseInt(name, 10);
    const quantity = items.filter((item) => item.line === line).reduce((sum, item) => sum + item.quantity, 0);
    return { line, title: '', quantity, paid: Money.ofMinor(minor, currency) };
  });
  const units = new UnitPrices(lines, currency);
  return items.map((item) => ({ ...item, paid: units.take(item).paid }));
}
