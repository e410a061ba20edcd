import { basedOn } from '../deciding/derive.policy.ts';
import type { Terms } from '../deciding/terms.policy.ts';
import { courierProof, inFull } from './courier-proof.ts';

const sentAgain = { evidence: ['photo', 'order_number'], remedies: ['reship'] } as const;
const goodsFirst = { answer: 'return_goods', next_step: 'return_goods', keep_goods: false } as const;
const withReceipt = { ...inFull, evidence: ['receipt' as const] };

/** Lost, wrong or short goods are sent again. Source: policies.md, guaranteed-delivery. */
export const guaranteedDelivery: Terms = basedOn(courierProof, {
  id: 'guaranteed-delivery',
  title: { en: 'Guaranteed delivery' },
  summary: { en: 'Lost, wrong or short goods are sent again.' },
  cancellation: { until: 'handed_over', intercept: false, after_dispatch: 'return', advice: 'return_goods' },
  address_change: {
    within_hours: 24,
    until: 'handed_over',
    intercept: false,
    after_dispatch: 'reship_at_merchants_cost',
  },
  tracking: { delivery_working_days: { min: 7, max: 15 } },
  claims: {
    missing_item: { ...sentAgain, evidence: [...sentAgain.evidence], remedies: [...sentAgain.remedies] },
    short_quantity: { ...sentAgain, evidence: [...sentAgain.evidence], remedies: [...sentAgain.remedies] },
    wrong_item: { ...sentAgain, evidence: [...sentAgain.evidence], remedies: [...sentAgain.remedies] },
    damaged: { ...goodsFirst },
    defective: { ...goodsFirst, evidence: ['photo'], evidence_any: [] },
    lost: {
      proven_by: ['lost'],
      proven_when_late: false,
      exclusions: ['fault_buyer'],
      remedies: ['reship', 'refund', 'store_credit'],
    },
    // Delivery takes 7 to 15 working days and may take longer: neither is proven by the days that have passed.
    late: { proven_by: [], proven_when_late: false, late_delivery_counts: false },
    not_received: { proven_by: [], proven_when_late: false },
    seized: { proof: 'not_delivered', answer: 'remedy', remedies: ['reship'] },
  },
  all_claims: { reply_within: { hours: 24 }, evidence_max_bytes: 1_048_576 },
  returns: {
    accepted: ['quality', 'wrong_item'],
    refused_next_step: null,
    window_days: 30,
    authorisation: 'approval',
    settle: {
      quality: withReceipt,
      wrong_item: withReceipt,
      change_of_mind: inFull, // what comes back after a cancellation
      damaged: inFull,
      defective: inFull,
    },
    process_within_working_days: 2,
  },
});
