import { day25, decided, named, usd, type Row } from '../../../test/support/decided.ts';
import { factsOf } from '../../../test/support/facts.ts';
import type { FactPackage } from './facts.policy.ts';

/** Another package of the order. */
function second(status: FactPackage['status']): FactPackage {
  const { packages } = factsOf({ kind: 'tracking' }, { status, id: 'p2' });
  return packages[0] as FactPackage;
}

const before = { preferred_remedy: 'refund' } as const;

const ROWS: Row[] = [
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
];

describe('the readings of policies.md about claims', () => {
  it.each(named(ROWS))('%s', (_name, row) => {
    expect(decided(row)).toMatchObject(row[5]);
  });
});
