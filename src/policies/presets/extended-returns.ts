import { basedOn } from '../deciding/derive.policy.ts';
import type { ClaimTerms, ReturnSettlement, Terms } from '../deciding/terms.policy.ts';
import { courierProof, inFull } from './courier-proof.ts';

const notArrived: Partial<ClaimTerms> = {
  proven_by: ['lost'],
  proven_when_late: true,
  exclusions: ['fault_merchant', 'fault_buyer'],
  remedies: ['reship', 'refund'],
};
/** A photo helps where there is one; only the order's number is needed. */
const sentAgain: Partial<ClaimTerms> = { evidence: ['order_number'], remedies: ['reship', 'refund'] };
const onTheOperator: ReturnSettlement = { ...inFull, evidence: ['return_tracking'] };

/** A year to send goods back, and a lifetime warranty. Source: policies.md, extended-returns. */
export const extendedReturns: Terms = basedOn(courierProof, {
  id: 'extended-returns',
  languages: ['en', 'fr'],
  title: { en: 'Extended returns', fr: 'Retours prolongés' },
  summary: {
    en: 'A year to send goods back, and a lifetime warranty against defects.',
    fr: 'Un an pour renvoyer les articles, et une garantie à vie contre les défauts.',
  },
  cancellation: { until: 'handed_over', intercept: false, after_dispatch: 'return', advice: 'return_goods' },
  claims: {
    lost: notArrived,
    not_received: notArrived,
    wrong_item: sentAgain,
    damaged: sentAgain,
    defective: { window_days: 'lifetime', evidence: ['photo'], evidence_any: [], remedies: ['reship'] },
    customs_charge: { answer: 'remedy', exclusions: ['express'], evidence: ['receipt'], remedies: ['refund'] },
  },
  returns: {
    accepted: ['quality', 'wrong_item', 'change_of_mind'],
    refused_next_step: null,
    window_days: 365,
    authorisation: 'approval',
    exchange: true,
    lost_needs_shipping_receipt: true,
    settle: {
      quality: onTheOperator,
      wrong_item: onTheOperator,
      change_of_mind: {
        ...onTheOperator,
        way_back: 'buyer',
        refund_shipping: false,
        deduct_postage_if_free_shipping: true,
      },
      damaged: onTheOperator,
      defective: onTheOperator,
    },
    process_within_working_days: 3,
  },
});
