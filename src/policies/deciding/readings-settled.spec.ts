import { decided, named, usd, type Others, type Row } from '../../../test/support/decided.ts';

/** Three units of one line at 30.00, shipped free. */
const three = { status: 'delivered' as const, items: [{ line: 1, quantity: 3 }] };
const paid = { shipping_paid: '0.00', items: [{ line: 1, quantity: 3, paid: '30.00' }] };

const units = (affected: number, settled: number, more: Others = {}): Others => ({
  ...{ order: paid, evidence: ['photo', 'order_number'] },
  affected: affected === 0 ? [] : [{ line: 1, quantity: affected, severity: null }],
  settled: settled === 0 ? [] : [{ line: 1, quantity: settled }],
  ...more,
});

const refund = (amount: string): Row[5] => ({ outcome: 'refund', refund: usd(amount) });
const none = { can_send_again: false };
const prefers = { preferred_remedy: 'store_credit' } as const;
const exchange = { preferred_remedy: 'reship' } as const;
const inspection = { unopened: true, original_label: true, condition: 'original', return_code: null } as const;

const ROWS: Row[] = [
  // Units that earlier cases have settled are worth nothing; what is left of those that are named is.
  ['courier-proof', 'claim:damaged', three, {}, units(2, 0), refund('20.00')],
  ['courier-proof', 'claim:damaged', three, {}, units(2, 1), refund('20.00')],
  ['courier-proof', 'claim:damaged', three, {}, units(2, 2), refund('10.00')],
  ['courier-proof', 'claim:damaged', three, {}, units(2, 3), refund('0.00')],
  ['courier-proof', 'claim:damaged', three, {}, units(0, 2), refund('10.00')],
  ['courier-proof', 'claim:damaged', three, {}, units(0, 3), refund('0.00')],
  ['courier-proof', 'claim:damaged', three, {}, units(2, 2, { already_refunded: '25.00' }), refund('5.00')],
  // A package that did not come is worth what is left of it, whatever was settled of its units.
  ['courier-proof', 'claim:lost', { ...three, status: 'lost' }, {}, units(0, 2), refund('30.00')],
  // Goods are sent again as far as units are left, and not where none is.
  ['guaranteed-delivery', 'claim:wrong_item', three, {}, units(2, 2), { outcome: 'reship', refund: null }],
  ['guaranteed-delivery', 'claim:wrong_item', three, {}, units(2, 3), refund('0.00')],
  // Goods that cannot be sent again are paid: as preferred where the policy has it, else refunded.
  ['guaranteed-delivery', 'claim:wrong_item', three, {}, units(1, 0, none), refund('10.00')],
  ['guaranteed-delivery', 'claim:seized', { ...three, status: 'in_transit' }, {}, units(0, 0, none), refund('30.00')],
  [
    'guaranteed-delivery',
    'claim:lost',
    { ...three, status: 'lost' },
    prefers,
    units(0, 0, none),
    { outcome: 'store_credit', refund: usd('30.00') },
  ],
  [
    'guaranteed-delivery',
    'claim:wrong_item',
    three,
    {},
    units(1, 0, { can_send_again: true }),
    { outcome: 'reship', refund: null },
  ],
  ['retail-standard', 'receipt:quality', three, exchange, units(1, 0, { inspection }), { outcome: 'reship' }],
  ['retail-standard', 'receipt:quality', three, exchange, units(1, 0, { inspection, ...none }), refund('10.00')],
];

const CITED: [Row, string][] = [
  [['courier-proof', 'claim:damaged', three, {}, units(2, 2), {}], 'courier-proof/claims/damaged'],
  [['courier-proof', 'claim:damaged', three, {}, units(2, 3), {}], 'courier-proof/amount/units_settled'],
  [
    ['guaranteed-delivery', 'claim:wrong_item', three, {}, units(1, 0, none), {}],
    'guaranteed-delivery/amount/cannot_send_again',
  ],
];

describe('units that are settled and goods that are gone', () => {
  it.each(named(ROWS).map(([name, row], n) => [`${n} ${name}`, row] as const))('%s', (_name, row) => {
    expect(decided(row)).toMatchObject(row[5]);
  });

  it.each(CITED)('%j is decided by %s', (row, clause) => {
    const { clauses } = decided(row);
    expect(clauses[0]?.id).toBe(clause);
    expect(new Set(clauses.map(({ id }) => id)).size).toBe(clauses.length);
  });

  it('says that units were settled where it pays for the others', () => {
    const { clauses } = decided(['courier-proof', 'claim:damaged', three, {}, units(2, 2), {}]);
    expect(clauses.map(({ id }) => id)).toContain('courier-proof/amount/units_settled');
  });
});
