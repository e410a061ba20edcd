import { Money } from '../kernel/money.ts';

/** Units of one line of the order that go into a package. */
export interface PlannedItem {
  line: number;
  sku: string;
  quantity: number;
  /** They were on no shelf when they were ordered. */
  backorder: boolean;
}

/** A line of the order as it was paid. */
export interface PaidLine {
  line: number;
  title: string;
  quantity: number;
  /** For the whole line, after every discount. */
  paid: Money;
}

export interface PaidItem extends PlannedItem {
  title: string;
  /** For these units. */
  paid: Money;
}

/**
 * What was paid for each unit of the lines: evenly, by largest remainder; packages take them in their order. Source:
 * policies.md, The amount.
 */
export class UnitPrices {
  private readonly left: ReadonlyMap<number, { title: string; units: Money[] }>;

  constructor(
    lines: readonly PaidLine[],
    private readonly currency: string,
  ) {
    this.left = new Map(
      lines.map(({ line, title, quantity, paid }) => [line, { title, units: paid.splitEvenly(quantity) }]),
    );
  }

  /** The next units of a line. More than the line has is a mistake of the caller's. */
  take(item: PlannedItem): PaidItem {
    const found = this.left.get(item.line);
    const taken = found?.units.splice(0, item.quantity) ?? [];
    if (found === undefined || taken.length !== item.quantity) {
      throw new RangeError(`Line ${item.line} has no ${item.quantity} units left to pack.`);
    }
    return { ...item, title: found.title, paid: Money.sum(taken, this.currency) };
  }
}

/** One row a line and kind of reservation, in that order. */
export function merged(items: readonly PaidItem[]): PaidItem[] {
  const rows = new Map<string, PaidItem>();
  for (const item of items) {
    const key = `${item.line}:${item.backorder}`;
    const before = rows.get(key);
    const sum = before && { quantity: before.quantity + item.quantity, paid: before.paid.plus(item.paid) };
    rows.set(key, { ...item, ...sum });
  }
  return [...rows.values()].sort((a, b) => a.line - b.line || Number(a.backorder) - Number(b.backorder));
}
