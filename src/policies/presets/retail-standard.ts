import { basedOn } from '../deciding/derive.policy.ts';
import type { ReturnSettlement, Terms } from '../deciding/terms.policy.ts';
import { courierProof, inFull } from './courier-proof.ts';

/** The buyer's doing: the goods, less the shipping fee. */
const buyersDoing: ReturnSettlement = {
  way_back: 'buyer',
  evidence: [],
  refund_shipping: false,
  deduct_return_shipping: true,
  deduct_postage_if_free_shipping: false,
};

/** What a shop in the street would do. Source: policies.md, retail-standard. */
export const retailStandard: Terms = basedOn(courierProof, {
  id: 'retail-standard',
  title: { en: 'Retail standard' },
  summary: { en: 'Goods may be sent back; a change of mind pays its own shipping.' },
  cancellation: { until: 'planned', intercept: true, after_dispatch: 'deny', advice: 'return_goods' },
  address_change: { until: 'planned', intercept: true, after_dispatch: 'return_goods' },
  claims: {
    missing_item: { remedies: ['reship', 'refund'] },
    change_of_mind: { next_step: 'return_goods' },
  },
  returns: {
    accepted: ['quality', 'wrong_item', 'change_of_mind'],
    refused_next_step: null,
    window_days: 30,
    authorisation: 'approval',
    exchange: true,
    settle: { quality: inFull, wrong_item: inFull, change_of_mind: buyersDoing, damaged: inFull, defective: inFull },
    buyer_at_fault: buyersDoing,
  },
});
