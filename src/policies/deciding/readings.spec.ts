import { decided, goods, named, policy, usd, day25, type Others, type Row } from '../../../test/support/decided.ts';
import { factsOf } from '../../../test/support/facts.ts';
import { decide } from './decide.policy.ts';
import type { FactPackage } from './facts.policy.ts';
import { settlementDays, type Terms } from './terms.policy.ts';

const ROWS: Row[] = [
  // "Tracking of a delivered or cancelled package: deny; before hand-over: wait, no reconsider_at."
  ['courier-proof', 'tracking', 'delivered', {}, {}, { outcome: 'deny' }],
  ['courier-proof', 'tracking', 'cancelled', {}, {}, { outcome: 'deny' }],
  [
    'courier-proof',
    'tracking',
    'packed',
    { at: day25 },
    {},
    { outcome: 'wait', next_step: 'wait_for_courier', reconsider_at: null },
  ],
  [
    'courier-proof',
    'tracking',
    { status: 'in_transit', handed_over_at: null },
    { at: day25 },
    {},
    { outcome: 'wait', reconsider_at: null },
  ],
  [
    'courier-proof',
    'tracking',
    { status: 'rto_delivered', disputed: true },
    {},
    {},
    { outcome: 'review', refund: null },
  ],
  [
    'courier-proof',
    'claim:damaged',
    { status: 'delivered', disputed: true },
    {},
    { evidence: ['photo'] },
    { outcome: 'review' },
  ],
  [
    'courier-proof',
    'tracking',
    'exception',
    { at: '2026-05-22T10:00:01Z' },
    {},
    { outcome: 'refund', refund: usd('25.00') },
  ],
  ['guaranteed-delivery', 'tracking', 'in_transit', { at: day25 }, {}, { outcome: 'refund' }],
  ['extended-returns', 'tracking', 'lost', {}, {}, { outcome: 'refund', refund: usd('25.00') }],
  // Cancellations and addresses
  ['courier-proof', 'cancellation', 'picking', {}, {}, { outcome: 'intercept' }],
  [
    'courier-proof',
    'cancellation',
    'cancelled',
    {},
    { already_refunded: '25.00' },
    { outcome: 'refund', refund: usd('0.00') },
  ],
  ['courier-proof', 'address_change', 'packed', {}, {}, { outcome: 'accept' }],
  ['courier-proof', 'address_change', 'cancelled', {}, {}, { outcome: 'accept' }],
  ['courier-proof', 'address_change', 'delivered', {}, {}, { outcome: 'deny' }],
  ['retail-standard', 'address_change', 'planned', {}, {}, { outcome: 'intercept' }],
  ['extended-returns', 'cancellation', 'labelled', {}, {}, { outcome: 'refund' }],
  ['return-code', 'address_change', 'labelled', {}, {}, { outcome: 'intercept' }],
  // Returns are asked for: nothing is checked yet but delivery, type and window.
  ['courier-proof', 'return:quality', 'delivered', {}, {}, { outcome: 'deny', next_step: 'own_store_policy' }],
  ['guaranteed-delivery', 'return:quality', 'in_transit', {}, {}, { outcome: 'deny' }],
  ['guaranteed-delivery', 'return:quality', 'delivered', { at: '2026-06-11T10:00:01Z' }, {}, { outcome: 'deny' }],
  [
    'extended-returns',
    'return:quality',
    'delivered',
    {},
    {},
    { outcome: 'accept', next_step: 'return_goods', missing_evidence: [] },
  ],
  [
    'return-code',
    'return:change_of_mind',
    'delivered',
    {},
    {},
    { outcome: 'accept', next_step: 'request_return_code' },
  ],
  ['return-code', 'return:quality', 'delivered', { at: '2026-05-26T10:00:01Z' }, {}, { outcome: 'deny' }],
];

describe('the readings of policies.md', () => {
  it.each(named(ROWS))('%s', (_name, row) => {
    expect(decided(row)).toMatchObject(row[5]);
  });

  it('takes the deduction of a part of an order as the returned units share of it', () => {
    const order = { items: [{ line: 1, quantity: 4, paid: '40.00' }], shipping_paid: '5.00' };
    const parcel: Partial<FactPackage> = { status: 'delivered', items: [{ line: 1, quantity: 4 }] };
    const row: Row = [
      'retail-standard',
      'receipt:change_of_mind',
      parcel,
      {},
      { order, inspection: goods, affected: [{ line: 1, quantity: 1, severity: null }] },
      {},
    ];
    expect(decided(row)).toMatchObject({
      refund: usd('8.75'),
      deductions: [{ kind: 'return_shipping', amount: '1.25' }],
    });
  });

  it('rounds the severity of each entry by itself, over successive units', () => {
    const order = { items: [{ line: 1, quantity: 3, paid: '10.00' }], shipping_paid: '0.00' };
    const parcel: Partial<FactPackage> = { status: 'delivered', items: [{ line: 1, quantity: 3 }] };
    const affected = [1, 2, 3].map(() => ({ line: 1, quantity: 1, severity: '0.50' }));
    const row: Row = [
      'return-code',
      'claim:damaged',
      parcel,
      {},
      { order, affected, evidence: ['video', 'description', 'order_number'] },
      {},
    ];
    expect(decided(row).refund).toEqual(usd('5.01')); // 1.67 + 1.67 + 1.67, of 3.34 + 3.33 + 3.33
  });

  it('asks the whole order through the package that has got furthest', () => {
    const others: Others = {
      package: null,
      packages: [factsOf({ kind: 'tracking' }, { status: 'in_transit', id: 'p2' }).packages[0] as FactPackage],
    };
    expect(decided(['courier-proof', 'cancellation', 'planned', {}, others, {}])).toMatchObject({ outcome: 'deny' });
  });

  it.each([
    ['courier-proof', 30],
    ['guaranteed-delivery', 30],
    ['retail-standard', 30],
    ['extended-returns', 365],
    ['return-code', 30],
  ])('%s settles %d days after delivery', (id, days) => {
    expect(settlementDays(policy(id))).toBe(days);
  });
});

describe('a changed parameter changes the decision and its words', () => {
  const base = policy('courier-proof');
  const late = factsOf({ kind: 'tracking', at: '2026-05-20T12:00:00Z' }, { status: 'in_transit' });

  it('late_after_days', () => {
    const sooner: Terms = { ...base, tracking: { ...base.tracking, late_after_days: 15 } };
    expect(decide(base, late).outcome).toBe('wait');
    const decision = decide(sooner, late);
    expect(decision.outcome).toBe('refund');
    expect(decision.clauses[0]?.text).toContain('15 days');
  });

  it('review_above', () => {
    const careful: Terms = {
      ...base,
      all_claims: { ...base.all_claims, review_above: [{ amount: '25.00', currency: 'USD' }] },
    };
    const lost = factsOf({ kind: 'tracking' }, { status: 'lost' });
    expect(decide(careful, lost)).toMatchObject({ outcome: 'review', refund: null });
    expect(decide(careful, { ...lost, already_refunded: '0.01' }).outcome).toBe('refund');
  });

  it('delivered_is_final, rto_inspection, refund.shipping and the fee', () => {
    const open: Terms = {
      ...base,
      tracking: {
        ...base.tracking,
        delivered_is_final: false,
        rto_inspection: { unopened: false, original_label: true },
      },
    };
    expect(decide(open, factsOf({ kind: 'claim', type: 'not_received' })).outcome).toBe('review');
    expect(
      decide(open, factsOf({ kind: 'receipt' }, { status: 'rto_in_transit' }, { inspection: goods })).outcome,
    ).toBe('refund');
    const goodsOnly: Terms = {
      ...base,
      refund: { ...base.refund, shipping: { ...base.refund.shipping, undelivered: false } },
    };
    expect(decide(goodsOnly, factsOf({ kind: 'tracking' }, { status: 'lost' })).refund).toEqual(usd('20.00'));
    const code = policy('return-code');
    const flat: Terms = {
      ...code,
      returns: { ...code.returns, administration_fee: { amount: '3.00', currency: 'USD' } },
    };
    const receipt = factsOf(
      { kind: 'receipt', type: 'quality' },
      {},
      { inspection: { ...goods, return_code: 'valid' } },
    );
    expect(decide(flat, receipt)).toMatchObject({
      refund: usd('17.00'),
      deductions: [{ kind: 'administration_fee', amount: '3.00' }],
    });
    const inYen = { ...receipt.order, currency: 'JPY', shipping_paid: '0', shipping_cost: '0' };
    const yen = {
      ...receipt,
      already_refunded: '0',
      order: { ...inYen, items: [{ line: 1, quantity: 1, paid: '2000' }] },
    };
    expect(decide(flat, yen)).toMatchObject({ refund: { amount: '2000', currency: 'JPY' }, deductions: [] });
    const percent = { ...code, returns: { ...code.returns, administration_fee: { percent: '2.5' } } };
    expect(decide(percent, yen)).toMatchObject({ deductions: [{ kind: 'administration_fee', amount: '50' }] });
  });

  it('speaks French where the policy does', () => {
    const facts = factsOf({ kind: 'tracking' }, { status: 'lost' });
    expect(decide(policy('extended-returns'), facts, 'fr').clauses[0]?.text).toContain('Le suivi du transporteur');
    expect(decide(base, facts, 'fr').clauses[0]?.text).toContain("The courier's tracking");
  });
});
