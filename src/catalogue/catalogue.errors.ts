import { DomainError } from '../kernel/errors.ts';

/** One SKU of which less is left than was asked for. */
export interface Shortage {
  sku: string;
  /** Units asked for, over all lines. */
  asked: number;
  /** Units that can still be reserved, over all warehouses. */
  left: number;
  /** Where it was asked for, `/items/0/quantity`; null where nobody's body names it. */
  pointer: string | null;
}

/** Less is left than was asked for, and the SKU allows no back-order. */
export class OutOfStock extends DomainError {
  readonly code = 'out_of_stock';
  readonly kind = 'refused';

  constructor(short: readonly [Shortage, ...Shortage[]]) {
    const [{ sku, asked, left }] = short;
    super(
      short
        .map((s) => `Of ${s.sku} ${s.left} ${s.left === 1 ? 'unit is' : 'units are'} left, ${s.asked} were asked for.`)
        .join(' '),
      {
        sku,
        requested: asked,
        available: left,
        out_of_stock: short.map((s) => ({ sku: s.sku, requested: s.asked, available: s.left })),
        errors: short.flatMap(({ pointer, ...s }) =>
          pointer === null ? [] : [{ pointer, code: 'out_of_stock', detail: `${s.left} of ${s.sku} are left.` }],
        ),
      },
    );
  }
}

/** A movement would take units that are promised to orders, or more than there are. */
export class StockTooLow extends DomainError {
  readonly code = 'stock_too_low';
  readonly kind = 'refused';

  constructor(level: { sku: string; warehouse: string; onHand: number; reserved: number }) {
    const { sku, warehouse, onHand, reserved } = level;
    super(
      `Of ${sku} in ${warehouse} ${onHand} are on hand and ${reserved} of them reserved: ${onHand - reserved} can be taken.`,
      {
        ...{ sku, warehouse, on_hand: onHand, reserved },
        available: onHand - reserved,
      },
    );
  }
}
