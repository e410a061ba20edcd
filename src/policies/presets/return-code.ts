import { basedOn } from '../deciding/derive.policy.ts';
import type { ClaimTerms, ReturnSettlement, Terms } from '../deciding/terms.policy.ts';
import { courierProof } from './courier-proof.ts';

const reported: Partial<ClaimTerms> = {
  window_days: 14,
  evidence: ['description', 'order_number'],
  evidence_any: ['photo', 'video'],
  remedies: ['refund', 'reship'],
};
/** The items alone; the fee comes off them. */
const itemsOnly: ReturnSettlement = {
  way_back: 'buyer',
  evidence: [],
  refund_shipping: false,
  deduct_return_shipping: false,
  deduct_postage_if_free_shipping: false,
};

/** Claims by severity; goods come back with a code and for a fee. Source: policies.md, return-code. */
export const returnCode: Terms = basedOn(courierProof, {
  id: 'return-code',
  title: { en: 'Return code' },
  summary: { en: 'Damage is refunded by its severity; goods come back with a return code, for a fee.' },
  claims: {
    wrong_item: { ...reported, exclusions: ['minor_variation'] },
    short_quantity: { ...reported, exclusions: ['minor_variation'] },
    damaged: { ...reported, remedies: ['refund'], amount: 'severity' },
    missing_item: { ...reported, exclusions: ['order_label_found'] },
    defective: {
      ...reported,
      window_days: 15,
      review_until_days: 'unlimited',
      exclusions: ['misuse'],
      remedies: ['refund'],
    },
  },
  all_claims: { reply_within: { working_days: 5 }, close_when_inactive_days: 30 },
  returns: {
    accepted: ['quality', 'wrong_item', 'change_of_mind'],
    refused_next_step: null,
    window_days: 14,
    authorisation: 'code',
    code_valid_days: 14,
    settle: {
      quality: itemsOnly,
      wrong_item: itemsOnly,
      change_of_mind: itemsOnly,
      damaged: itemsOnly,
      defective: itemsOnly,
    },
    administration_fee: { percent: '5' },
  },
});
