import { Money, largestRemainder } from '../../kernel/money.ts';

/** What was paid for an order, as the shares need it. Source: policies.md, "The amount". */
export interface PaidOrder {
  currency: string;
  shippingPaid: Money;
  /** In the order of their lines; `paid` is for the whole line, after every discount. */
  items: readonly { line: number; quantity: number; paid: Money }[];
}

export interface Parcel {
  id: string;
  items: readonly { line: number; quantity: number }[];
}

export interface Share {
  goods: Money;
  shipping: Money;
}

/** Units `from` (included) to `to` (excluded) of a line, counted from 0. */
export interface UnitRange {
  line: number;
  from: number;
  to: number;
}

/**
 * What each package takes of what was paid: its units' share of their lines' `paid`, and their share of the shipping.
 * The shares of packages that hold the whole order add up to what was paid, to the last minor unit.
 * Source: policies.md, "The amount".
 * @param parcels in the order in which they take the units of a line
 */
export function shares(order: PaidOrder, parcels: readonly Parcel[]): Map<string, Share> {
  const paid = new PaidShares(order);
  return new Map([...unitsOf(parcels)].map(([id, ranges]) => [id, paid.of(ranges)]));
}

/** Which units of each line a package holds: packages take them in their order. */
export function unitsOf(parcels: readonly Parcel[]): Map<string, UnitRange[]> {
  const taken = new Map<number, number>();
  return new Map(
    parcels.map(({ id, items }) => [
      id,
      items.map(({ line, quantity }) => {
        const from = taken.get(line) ?? 0;
        taken.set(line, from + quantity);
        return { line, from, to: from + quantity };
      }),
    ]),
  );
}

/** An order's money over the units of its lines, by largest remainder. */
export class PaidShares {
  private readonly lines: Map<number, { quantity: number; paid: bigint; shipping: bigint }>;

  constructor(private readonly order: PaidOrder) {
    const shipping = this.overLines(order.shippingPaid);
    this.lines = new Map(
      order.items.map((item, i) => [
        item.line,
        { quantity: item.quantity, paid: item.paid.minor, shipping: shipping[i] ?? 0n },
      ]),
    );
  }

  /** What was paid for these units. Units of a line that the order does not have are no units. */
  of(ranges: readonly UnitRange[]): Share {
    let goods = 0n;
    let shipping = 0n;
    for (const range of ranges) {
      const line = this.lines.get(range.line);
      if (line === undefined) continue;
      goods += partOf(line.paid, line.quantity, range);
      shipping += partOf(line.shipping, line.quantity, range);
    }
    return { goods: this.money(goods), shipping: this.money(shipping) };
  }

  /** The units' share of another amount that belongs to the whole order, spread as its shipping is. */
  shareOf(amount: Money, ranges: readonly UnitRange[]): Money {
    const byLine = this.overLines(amount);
    const parts = this.order.items.flatMap((item, i) =>
      ranges.filter((r) => r.line === item.line).map((r) => partOf(byLine[i] ?? 0n, item.quantity, r)),
    );
    return this.money(parts.reduce((a, b) => a + b, 0n));
  }

  /** Every unit of the order. */
  allUnits(): UnitRange[] {
    return this.order.items.map(({ line, quantity }) => ({ line, from: 0, to: quantity }));
  }

  /** Over the lines by what was paid for them; by quantity if every line is free. */
  private overLines(amount: Money): bigint[] {
    const { items } = this.order;
    const free = items.every((item) => item.paid.isZero());
    return largestRemainder(
      amount.minor,
      items.map((item) => (free ? BigInt(item.quantity) : item.paid.minor)),
    );
  }

  private money(minor: bigint): Money {
    return Money.ofMinor(minor, this.order.currency);
  }
}

/** The part of an even split over `count` units that falls on a range: the earliest units take what is left over. */
function partOf(total: bigint, count: number, { from, to }: UnitRange): bigint {
  const units = BigInt(count);
  const [each, extra] = [total / units, total % units];
  const upTo = (n: number): bigint => each * BigInt(n) + (BigInt(n) < extra ? BigInt(n) : extra);
  return upTo(Math.min(to, count)) - upTo(Math.min(from, count));
}
