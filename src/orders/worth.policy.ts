import { Money, type MoneyJson } from '../kernel/money.ts';

interface Worthy {
  currency: string;
  lines: readonly { line: number; quantity: number; listPrice: Money; paid: Money }[];
  replaces: { worth: MoneyJson } | null;
}

/**
 * What each line stands for: what was paid for it; in a free order its part of what was paid for the units that are sent
 * again, by list price, by quantity where nothing has one.
 */
export function worthByLine({ currency, lines, replaces }: Worthy): Map<number, Money> {
  if (replaces === null) return new Map(lines.map(({ line, paid }) => [line, paid]));
  const listed = lines.map(({ listPrice, quantity }) => listPrice.times(quantity).minor);
  const weights = listed.some((minor) => minor > 0n) ? listed : lines.map(({ quantity }) => BigInt(quantity));
  const parts = Money.fromJson(replaces.worth).split(weights);
  return new Map(lines.map(({ line }, i) => [line, parts[i] ?? Money.zero(currency)]));
}
