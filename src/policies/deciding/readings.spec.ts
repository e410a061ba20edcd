import { factsOf } from '../../../test/support/facts.ts';
import { PRESETS } from '../presets/presets.ts';
import { decide } from './decide.policy.ts';
import type { CaseType, Decision, FactPackage, FactRequest, Facts } from './facts.policy.ts';
import { settlementDays, type Terms } from './terms.policy.ts';

function policy(id: string): Terms {
  const found = PRESETS.find((terms) => terms.id === id);
  if (found === undefined) throw new Error(`no preset ${id}`);
  return found;
}

type Others = Parameters<typeof factsOf>[2];
/** preset, kind[:type], status or package, what else is asked, what else is known, the part of the decision that counts */
type Row = [
  string,
  string,
  FactPackage['status'] | Partial<FactPackage>,
  Partial<FactRequest>,
  Others,
  Partial<Decision>,
];

function decided([preset, asked, parcel, request, others]: Row): Decision {
  const [kind = 'tracking', type = null] = asked.split(':');
  const facts: Facts = factsOf(
    { kind: kind as FactRequest['kind'], type: type as CaseType | null, ...request },
    typeof parcel === 'string' ? { status: parcel } : parcel,
    others,
  );
  return decide(policy(preset), facts);
}

const usd = (amount: string): Decision['refund'] => ({ amount, currency: 'USD' });
const goods = { unopened: false, original_label: true, condition: 'original', return_code: null } as const;
const used = { ...goods, condition: 'used' } as const;
const gone = { ...goods, condition: 'missing' } as const;
const second = (status: FactPackage['status']): FactPackage => ({
  ...factsOf({ kind: 'tracking' }, { status }).packages[0]!,
  id: 'p2',
});
const day25 = '2026-05-27T12:00:00Z';
const before = { preferred_remedy: 'refund' } as const;

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
  // "RTO under way past the late limit: the sweep waits; a claim late, lost or not_received refunds."
  ['courier-proof', 'claim:late', 'rto_in_transit', { at: day25 }, {}, { outcome: 'refund', refund: usd('25.00') }],
  ['courier-proof', 'claim:lost', 'rto_initiated', { at: day25 }, {}, { outcome: 'refund' }],
  [
    'courier-proof',
    'claim:not_received',
    'rto_initiated',
    {},
    {},
    { outcome: 'wait', reconsider_at: '2026-05-22T10:00:00Z' },
  ],
  ['courier-proof', 'claim:lost', 'lost', {}, {}, { outcome: 'refund', refund: usd('25.00') }],
  ['courier-proof', 'claim:lost', 'planned', { at: day25 }, {}, { outcome: 'wait', reconsider_at: null }],
  ['courier-proof', 'claim:lost', 'delivered', {}, {}, { outcome: 'deny' }],
  // "A claim type without a window is denied later than claim_window_days (30) after delivery."
  [
    'courier-proof',
    'claim:damaged',
    'delivered',
    { at: '2026-06-11T10:00:00Z' },
    { evidence: ['photo'] },
    { outcome: 'refund' },
  ],
  [
    'courier-proof',
    'claim:damaged',
    'delivered',
    { at: '2026-06-11T10:00:01Z' },
    { evidence: ['photo'] },
    { outcome: 'deny' },
  ],
  [
    'extended-returns',
    'claim:defective',
    'delivered',
    { at: '2029-01-01T00:00:00Z' },
    { evidence: ['photo'] },
    { outcome: 'reship' },
  ],
  [
    'return-code',
    'claim:defective',
    'delivered',
    { at: '2026-08-01T00:00:00Z' },
    {},
    { outcome: 'review', missing_evidence: [] },
  ],
  [
    'return-code',
    'claim:defective',
    'delivered',
    { at: '2026-08-01T00:00:00Z', misuse: true },
    {},
    { outcome: 'deny' },
  ],
  // "Claims about contents on a package that is not delivered wait."
  [
    'courier-proof',
    'claim:wrong_item',
    'in_transit',
    { at: day25 },
    { evidence: ['photo'] },
    { outcome: 'wait', next_step: 'wait_for_courier', reconsider_at: null },
  ],
  ['return-code', 'claim:defective', 'in_transit', { misuse: true }, {}, { outcome: 'wait' }],
  // "Every package delivered" is not held up by cancelled, lost, failed or returned ones.
  [
    'courier-proof',
    'claim:short_quantity',
    'delivered',
    {},
    { evidence: ['photo'], packages: [second('lost')] },
    { outcome: 'refund' },
  ],
  [
    'courier-proof',
    'claim:short_quantity',
    'delivered',
    {},
    { evidence: ['photo'], packages: [second('rto_in_transit')] },
    { outcome: 'wait', next_step: 'all_packages_must_be_delivered' },
  ],
  [
    'courier-proof',
    'claim:short_quantity',
    'delivered',
    {},
    { packages: [second('in_transit')] },
    { outcome: 'wait', missing_evidence: [] },
  ],
  [
    'guaranteed-delivery',
    'claim:missing_item',
    'delivered',
    {},
    { evidence: ['photo', 'order_number'], packages: [second('in_transit')] },
    { outcome: 'wait' },
  ],
  // Exclusions hold only where a preset names them.
  ['courier-proof', 'claim:defective', 'delivered', { misuse: true }, { evidence: ['video'] }, { outcome: 'refund' }],
  [
    'courier-proof',
    'claim:wrong_item',
    'delivered',
    { minor_variation: true },
    { evidence: ['photo'] },
    { outcome: 'refund' },
  ],
  ['courier-proof', 'claim:lost', 'in_transit', { at: day25, fault: 'buyer' }, {}, { outcome: 'refund' }],
  ['guaranteed-delivery', 'claim:lost', 'lost', { fault: 'buyer' }, {}, { outcome: 'deny' }],
  [
    'guaranteed-delivery',
    'claim:lost',
    'in_transit',
    { fault: 'buyer', at: day25 },
    {},
    { outcome: 'wait', reconsider_at: null },
  ],
  [
    'guaranteed-delivery',
    'claim:lost',
    'lost',
    { preferred_remedy: 'store_credit' },
    {},
    { outcome: 'store_credit', refund: usd('25.00') },
  ],
  ['extended-returns', 'claim:not_received', 'in_transit', { fault: 'merchant', at: day25 }, {}, { outcome: 'deny' }],
  [
    'extended-returns',
    'claim:not_received',
    'in_transit',
    { fault: 'merchant' },
    {},
    { outcome: 'wait', reconsider_at: '2026-05-22T10:00:00Z' },
  ],
  ['extended-returns', 'claim:not_received', 'in_transit', { fault: 'courier', at: day25 }, {}, { outcome: 'reship' }],
  // Whole packages whatever is named as affected; and the line of another package is no units.
  [
    'courier-proof',
    'claim:late',
    'in_transit',
    { at: day25 },
    { affected: [{ line: 2, quantity: 1, severity: null }] },
    { outcome: 'refund', refund: usd('25.00') },
  ],
  [
    'courier-proof',
    'claim:damaged',
    'delivered',
    {},
    { evidence: ['photo'], affected: [{ line: 2, quantity: 9, severity: null }] },
    { outcome: 'refund', refund: usd('0.00') },
  ],
  // Remedies and seizures
  ['courier-proof', 'claim:seized', 'exception', {}, {}, { outcome: 'review' }],
  [
    'guaranteed-delivery',
    'claim:wrong_item',
    'delivered',
    before,
    { evidence: ['photo', 'order_number'] },
    { outcome: 'reship' },
  ],
  ['guaranteed-delivery', 'claim:late', 'delivered', { at: day25 }, {}, { outcome: 'deny' }],
  [
    'guaranteed-delivery',
    'claim:defective',
    'delivered',
    {},
    { evidence: ['video'] },
    { outcome: 'needs_evidence', missing_evidence: ['photo'] },
  ],
  [
    'guaranteed-delivery',
    'claim:customs_charge',
    'delivered',
    { charge: '7.20' },
    { evidence: ['receipt'] },
    { outcome: 'deny' },
  ],
  ['retail-standard', 'claim:missing_item', 'delivered', {}, { evidence: ['photo'] }, { outcome: 'reship' }],
  ['retail-standard', 'claim:missing_item', 'delivered', before, { evidence: ['photo'] }, { outcome: 'refund' }],
  ['retail-standard', 'claim:change_of_mind', 'delivered', {}, {}, { outcome: 'deny', next_step: 'return_goods' }],
  [
    'extended-returns',
    'claim:damaged',
    'delivered',
    {},
    { evidence: ['order_number'] },
    { outcome: 'reship', refund: null },
  ],
  ['extended-returns', 'claim:damaged', 'delivered', before, { evidence: ['order_number'] }, { outcome: 'refund' }],
  // A reship counts as its paid value: where nothing is left, nothing is sent again.
  [
    'extended-returns',
    'claim:damaged',
    'delivered',
    {},
    { evidence: ['order_number'], already_refunded: '25.00' },
    { outcome: 'refund', refund: usd('0.00') },
  ],
  // Customs charges
  [
    'extended-returns',
    'claim:customs_charge',
    'delivered',
    { charge: '99.00' },
    { evidence: ['receipt'] },
    { outcome: 'refund', refund: usd('25.00') },
  ],
  [
    'extended-returns',
    'claim:customs_charge',
    'delivered',
    {},
    { evidence: ['receipt'] },
    { outcome: 'review', refund: null },
  ],
  [
    'extended-returns',
    'claim:customs_charge',
    'delivered',
    { charge: '7.20' },
    {},
    { outcome: 'needs_evidence', missing_evidence: ['receipt'] },
  ],
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
  // Receipts
  [
    'courier-proof',
    'receipt',
    'rto_delivered',
    {},
    { inspection: { ...used, unopened: false } },
    { outcome: 'refund' },
  ],
  [
    'courier-proof',
    'receipt',
    'rto_in_transit',
    {},
    { inspection: { ...goods, unopened: true, original_label: false } },
    { outcome: 'review' },
  ],
  [
    'courier-proof',
    'receipt',
    'attempt_failed',
    {},
    { inspection: { ...goods, unopened: true } },
    { outcome: 'refund' },
  ],
  [
    'courier-proof',
    'receipt',
    'delivered',
    {},
    { inspection: goods },
    { outcome: 'deny', next_step: 'own_store_policy' },
  ],
  ['courier-proof', 'receipt:quality', 'delivered', {}, { inspection: goods }, { outcome: 'deny' }],
  ['guaranteed-delivery', 'receipt', 'delivered', {}, { inspection: goods }, { outcome: 'deny' }],
  [
    'guaranteed-delivery',
    'receipt:quality',
    'delivered',
    {},
    { inspection: goods },
    { outcome: 'needs_evidence', missing_evidence: ['receipt'] },
  ],
  [
    'guaranteed-delivery',
    'receipt:quality',
    'delivered',
    {},
    { inspection: goods, evidence: ['receipt'] },
    { outcome: 'refund', refund: usd('25.00') },
  ],
  [
    'guaranteed-delivery',
    'receipt:change_of_mind',
    'delivered',
    {},
    { inspection: goods },
    { outcome: 'refund', refund: usd('25.00') },
  ],
  ['guaranteed-delivery', 'receipt:change_of_mind', 'delivered', {}, { inspection: used }, { outcome: 'review' }],
  [
    'guaranteed-delivery',
    'receipt:damaged',
    'delivered',
    {},
    { inspection: { ...goods, condition: 'damaged' } },
    { outcome: 'refund', refund: usd('25.00') },
  ],
  ['retail-standard', 'receipt:quality', 'delivered', {}, { inspection: used }, { outcome: 'review' }],
  [
    'retail-standard',
    'receipt:quality',
    'delivered',
    { fault: 'buyer' },
    { inspection: goods },
    { outcome: 'refund', refund: usd('15.00') },
  ],
  [
    'retail-standard',
    'receipt:change_of_mind',
    'delivered',
    { preferred_remedy: 'reship' },
    { inspection: goods },
    { outcome: 'reship', refund: null, deductions: [] },
  ],
  [
    'guaranteed-delivery',
    'receipt:quality',
    'delivered',
    { preferred_remedy: 'reship' },
    { inspection: goods, evidence: ['receipt'] },
    { outcome: 'refund' },
  ],
  [
    'extended-returns',
    'receipt:quality',
    'delivered',
    {},
    { inspection: goods },
    { outcome: 'needs_evidence', missing_evidence: ['return_tracking'] },
  ],
  [
    'extended-returns',
    'receipt:quality',
    'delivered',
    {},
    { inspection: gone, evidence: ['return_tracking', 'shipping_receipt'] },
    { outcome: 'review' },
  ],
  [
    'return-code',
    'receipt:quality',
    'delivered',
    {},
    { inspection: { ...goods, return_code: 'unknown' } },
    { outcome: 'deny' },
  ],
  [
    'return-code',
    'receipt:quality',
    'delivered',
    {},
    { inspection: { ...used, return_code: 'valid' } },
    { outcome: 'review' },
  ],
];

describe('the readings of policies.md', () => {
  it.each(
    ROWS.map((row): [string, Row] => [
      `${row[0]}, ${row[1]}, ${JSON.stringify(row[2])}, ${JSON.stringify(row[3])}`,
      row,
    ]),
  )('%s', (_name, row) => {
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
    const others: Others = { package: null, packages: [second('in_transit')] };
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
  });

  it('speaks French where the policy does', () => {
    const facts = factsOf({ kind: 'tracking' }, { status: 'lost' });
    expect(decide(policy('extended-returns'), facts, 'fr').clauses[0]?.text).toContain('Le suivi du transporteur');
    expect(decide(base, facts, 'fr').clauses[0]?.text).toContain("The courier's tracking");
  });
});
