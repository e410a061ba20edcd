import { describe, expect, it } from '@jest/globals';
import { OutOfStock } from './catalogue.errors.ts';
import { Shelf, type Promised } from './shelf.ts';

const level = { sku: 'LAMP', warehouse: 'EWR', onHand: 5, reserved: 2, backordered: 0 };
const unit = (quantity: number, of: Partial<Promised> = {}): Promised => ({
  ...{ sku: 'LAMP', warehouse: 'EWR', quantity, merchantId: 'm', orderId: 'o', backorder: false },
  ...of,
});

describe('a shelf', () => {
  it('refuses units that are not there together, though each is by itself, and takes none', () => {
    const shelf = new Shelf([level]);
    expect(() => {
      shelf.take([unit(2), unit(2)]);
    }).toThrow(OutOfStock);
    expect(shelf.of(['LAMP'])).toEqual([level]);
    expect(shelf.taken()).toEqual([]);
  });

  it('gives what is left to one order after the other, and owes what may come later', () => {
    const shelf = new Shelf([level]);
    shelf.take([unit(2), unit(1)]);
    expect(() => {
      shelf.check([unit(1)]);
    }).toThrow(OutOfStock);
    shelf.take([unit(4, { backorder: true }), unit(1, { backorder: true })]);
    expect(shelf.of(['LAMP'])).toEqual([{ ...level, reserved: 5, backordered: 5 }]);
    expect(shelf.taken()).toEqual([{ sku: 'LAMP', warehouse: 'EWR', firm: 3, owed: 5 }]);
    expect(shelf.owed()).toEqual([unit(5, { backorder: true })]);
    expect(shelf.soldOut()).toEqual(['LAMP']);
  });

  it('knows no other warehouse', () => {
    expect(() => {
      new Shelf([level]).take([unit(1, { warehouse: 'LEJ' })]);
    }).toThrow(OutOfStock);
  });
});
