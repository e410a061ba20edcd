import { OutOfStock } from './catalogue.errors.ts';

/** A SKU in one warehouse. On hand, reserved and back-ordered are counted apart (product.md, Stock counting). */
export interface StockLevel {
  sku: string;
  warehouse: string;
  onHand: number;
  /** Of those on hand, promised to orders. */
  reserved: number;
  /** Promised to orders and on no shelf yet; zero while anything is free. */
  backordered: number;
}

/** Units of one SKU in one warehouse. */
export interface StockUnits {
  sku: string;
  warehouse: string;
  quantity: number;
}

/** Units that an order was promised. */
export interface Promised extends StockUnits {
  merchantId: string;
  orderId: string;
  /** They were on no shelf when they were promised: a receipt brings them, to the oldest order first. */
  backorder: boolean;
}

/** Units of one SKU in one warehouse that orders took: of the shelf, and promised though they are not there. */
export interface Taken {
  sku: string;
  warehouse: string;
  firm: number;
  owed: number;
}

/** Locked stock, from which orders take one after the other; what they took is written once, at the end. */
export class Shelf {
  private readonly levels = new Map<string, StockLevel[]>();
  private readonly sums = new Map<StockLevel, Taken>();
  private readonly promised: Promised[] = [];

  /** @param levels every row of their SKUs */
  constructor(levels: readonly StockLevel[]) {
    for (const level of levels) {
      const known = this.levels.get(level.sku);
      if (known === undefined) this.levels.set(level.sku, [{ ...level }]);
      else known.push({ ...level });
    }
  }

  /** What is left by now. */
  of(skus: Iterable<string>): StockLevel[] {
    return [...new Set(skus)].flatMap((sku) => this.levels.get(sku) ?? []);
  }

  /**
   * Are all of them there, together?
   * @throws OutOfStock
   */
  check(units: readonly Promised[]): void {
    const asked = new Map<StockLevel, number>();
    for (const unit of units) {
      const level = this.levelOf(unit);
      if (unit.backorder) continue;
      const sum = (asked.get(level) ?? 0) + unit.quantity;
      if (sum > level.onHand - level.reserved) throw this.outOf(unit.sku, sum);
      asked.set(level, sum);
    }
  }

  /** @throws OutOfStock they are not there: nothing is taken */
  take(units: readonly Promised[]): void {
    this.check(units);
    for (const unit of units) {
      const level = this.levelOf(unit);
      const sum = this.sums.get(level) ?? { sku: unit.sku, warehouse: unit.warehouse, firm: 0, owed: 0 };
      this.sums.set(level, sum);
      if (unit.backorder) {
        level.backordered += unit.quantity;
        sum.owed += unit.quantity;
        this.promised.push(unit);
      } else {
        level.reserved += unit.quantity;
        sum.firm += unit.quantity;
      }
    }
  }

  taken(): Taken[] {
    return [...this.sums.values()];
  }

  /** One entry an order, SKU and warehouse. */
  owed(): Promised[] {
    const sums = new Map<string, Promised>();
    for (const unit of this.promised) {
      const key = JSON.stringify([unit.orderId, unit.sku, unit.warehouse]);
      const sum = sums.get(key);
      if (sum === undefined) sums.set(key, { ...unit });
      else sum.quantity += unit.quantity;
    }
    return [...sums.values()];
  }

  /** SKUs of which the last one in any warehouse was taken. */
  soldOut(): string[] {
    const skus = new Set(this.taken().flatMap(({ sku, firm }) => (firm > 0 ? [sku] : [])));
    return [...skus].filter((sku) => this.of([sku]).every(({ onHand, reserved }) => onHand === reserved));
  }

  private levelOf({ sku, warehouse, quantity }: Promised): StockLevel {
    const level = this.of([sku]).find((l) => l.warehouse === warehouse);
    if (level === undefined) throw this.outOf(sku, quantity);
    return level;
  }

  private outOf(sku: string, asked: number): OutOfStock {
    const left = this.of([sku]).reduce((sum, l) => sum + l.onHand - l.reserved, 0);
    return new OutOfStock([{ sku, asked, left, pointer: null }]);
  }
}
