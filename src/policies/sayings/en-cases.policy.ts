import type { ClaimType, Evidence, NextStep, PackageStatus, ReceiptType, Remedy } from '../deciding/facts.policy.ts';
import { beside, listed, type ClaimAspect, type Saying } from './sayings.policy.ts';
import {
  isProvable,
  type ClaimTerms,
  type Exclusion,
  type ReturnSettlement,
  type Stage,
  type Terms,
} from '../deciding/terms.policy.ts';

export const STAGE: Record<Stage, string> = {
  planned: 'planned',
  picking: 'in picking',
  packed: 'packed',
  labelled: 'labelled',
  handed_over: 'handed over to the courier',
};

const CLAIM: Record<ClaimType, string> = {
  damaged: 'Damaged goods',
  defective: 'Defective goods',
  wrong_item: 'A wrong item, colour or size',
  short_quantity: 'Fewer units than ordered',
  missing_item: 'A missing item',
  not_received: 'A parcel that was not received',
  late: 'A late parcel',
  lost: 'A lost parcel',
  seized: 'A parcel seized by customs',
  customs_charge: 'A customs charge',
  change_of_mind: 'A change of mind or a dislike',
};

export const RETURN: Record<ReceiptType, string> = {
  quality: 'for quality',
  wrong_item: 'as the wrong item',
  change_of_mind: 'after a change of mind',
  damaged: 'because they were damaged',
  defective: 'because they were defective',
};

const EVIDENCE: Record<Evidence, string> = {
  photo: 'a photo',
  video: 'a video',
  description: 'a description',
  order_number: "the order's number",
  receipt: 'the receipt',
  shipping_receipt: 'the shipping receipt',
  return_tracking: 'the tracking number of the way back',
};

const REMEDY: Record<Remedy, string> = { refund: 'refund', reship: 'reship', store_credit: 'store credit' };

const STATUS: Partial<Record<PackageStatus, string>> = {
  rto_delivered: 'has been brought back to the sender',
  delivery_failed: 'could finally not be delivered',
  lost: 'is lost',
};

const EXCLUSION: Record<Exclusion, string> = {
  misuse: 'the goods were altered or misused',
  minor_variation: 'only the shade or the batch differs',
  fault_merchant: 'the merchant gave a wrong address',
  fault_buyer: 'the buyer gave a wrong address or changed it',
  order_label_found: "the order's label was found in the parcel",
  express: 'the order was sent by express service',
};

const NEXT: Record<NextStep, string> = {
  ask_buyer_to_refuse_delivery: 'Ask the buyer to refuse the delivery.',
  all_packages_must_be_delivered: 'Every package of the order is delivered first.',
  wait_for_rto_delivered: 'Wait until it has come back.',
  wait_for_courier: 'Wait for the courier.',
  return_goods: 'The goods can be sent back once they have arrived.',
  request_return_code: 'Ask for a return code.',
  own_store_policy: "The merchant's own store policy holds.",
  reship_at_merchants_cost: "It can be sent again at the merchant's cost.",
};

/** The sentence with what can be done next. */
export function advised(text: string, step: NextStep | null): string {
  return step === null ? text : `${text} ${NEXT[step]}`;
}

export function saying(text: string, effect: string): Saying {
  return { text, effect };
}

export function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}

export function shippingWords(included: boolean, whose: 'its' | 'their' = 'its'): string {
  return included ? `with ${whose} shipping` : 'without shipping';
}

function statusWords(status: PackageStatus): string {
  return STATUS[status] ?? `is ${status.replaceAll('_', ' ')}`;
}

/** A claim that may be made for ever says so where it says what comes of it. */
function named(type: ClaimType, { answer, window_days: own }: ClaimTerms): string {
  return own === 'lifetime' && answer !== 'deny' ? `${CLAIM[type]}, at any time after delivery` : CLAIM[type];
}

function claimAnswer(terms: Terms, type: ClaimType): Saying {
  const claim = terms.claims[type];
  const name = named(type, claim);
  if (claim.answer === 'deny') {
    return saying(advised(`${name} is not a case for the operator.`, claim.next_step), 'deny');
  }
  if (claim.answer === 'review') return saying(`${name}: a person looks at it.`, 'review');
  if (claim.answer === 'return_goods') {
    return saying(
      advised(
        `${name}: the goods are sent back first and paid when they arrive.`,
        beside('return_goods', claim.next_step),
      ),
      'accept; the goods come back first',
    );
  }
  const [first, ...others] = claim.remedies.map((remedy) => remedyWords(terms, claim, remedy));
  const choice = others.length === 0 ? '' : `, or ${listed(others, 'or')} if preferred`;
  const kept = claim.keep_goods ? ' The goods stay with the buyer.' : '';
  return saying(`${name}: ${first ?? ''}${choice}.${kept}`, `${first ?? ''}${choice}`);
}

function remedyWords(terms: Terms, claim: ClaimTerms, remedy: Remedy): string {
  if (remedy === 'reship') return 'reship of the goods';
  const what = {
    affected: '100% of the affected items',
    severity: 'the affected items by the severity of the damage, rounded half up (100% where it is not said)',
    package: '100% of the package',
    charge: 'the charge that the receipt shows, at most what was paid for the package',
  }[claim.amount];
  const shipping =
    claim.amount === 'charge'
      ? ''
      : ` ${shippingWords(terms.refund.shipping.claim, claim.amount === 'package' ? 'its' : 'their')}`;
  return `${REMEDY[remedy]} ${what}${shipping}`;
}

function claimTracking(terms: Terms, type: ClaimType): Saying {
  const claim = terms.claims[type];
  const name = CLAIM[type];
  const final = terms.tracking.delivered_is_final ? 'denied' : 'looked at by a person';
  if (claim.proof === 'delivered') {
    return saying(`${name}: judged only when the package is delivered.`, 'wait for delivery');
  }
  const delivered = `Once tracking says delivered, it is ${final}`;
  if (claim.proof === 'not_delivered') return saying(`${name}: ${delivered.toLowerCase()}.`, `delivered: ${final}`);
  const limit = terms.tracking.late_after_days;
  const late = claim.proven_when_late && limit !== null ? [`more than ${days(limit)} have passed since hand-over`] : [];
  const said = claim.proven_by.map(statusWords);
  const proofs = [...(said.length === 0 ? [] : [`tracking says that it ${listed(said, 'or')}`]), ...late];
  const counts =
    claim.late_delivery_counts && limit !== null ? `, unless it came more than ${days(limit)} after hand-over` : '';
  const rule =
    proofs.length === 0
      ? `${name} waits for the courier: ${usualTime(terms)}, and the courier has the last word`
      : `${name} is proven when ${listed(proofs, 'or')}; until then it waits`;
  const otherwise = isProvable(terms, claim) ? 'not proven: wait' : 'wait';
  return saying(`${rule}. ${delivered}${counts}.`, `${otherwise}; delivered: ${final}${counts}`);
}

function usualTime({ tracking: { delivery_working_days: usual } }: Terms): string {
  if (usual === null || usual === undefined) return 'delivery may take longer';
  return `delivery takes ${usual.min} to ${usual.max} working days and may take longer`;
}

function claimWindow(terms: Terms, type: ClaimType): Saying {
  const { window_days: own, review_until_days: reviewed } = terms.claims[type];
  const limit = typeof own === 'number' ? own : terms.settlement.claim_window_days;
  const after =
    reviewed === null
      ? 'later it is denied'
      : reviewed === 'unlimited'
        ? 'later a person looks at it'
        : `until ${days(reviewed)} a person looks at it, later it is denied`;
  return saying(
    `${CLAIM[type]}: to be reported within ${days(limit)} of delivery; ${after}.`,
    reviewed === null ? `deny after ${days(limit)}` : `review after ${days(limit)}`,
  );
}

function claimEvidence(terms: Terms, type: ClaimType): Saying {
  const { evidence, evidence_any: any, exclusions } = terms.claims[type];
  const needed = [
    ...(any.length > 0
      ? [
          listed(
            any.map((e) => EVIDENCE[e]),
            'or',
          ),
        ]
      : []),
    ...evidence.map((e) => EVIDENCE[e]),
    ...(exclusions.includes('order_label_found') ? ["word of whether the order's label is in the parcel"] : []),
  ];
  return saying(
    `${CLAIM[type]}: needed is ${listed(needed, 'and')}, for a claim that was made in time. What is sent later is in time when the claim was.`,
    `ask for ${listed(needed, 'and')}`,
  );
}

export function claim(terms: Terms, type: ClaimType, aspect: ClaimAspect): Saying {
  const { exclusions, review_until_days: reviewed } = terms.claims[type];
  switch (aspect) {
    case 'answer':
      return claimAnswer(terms, type);
    case 'tracking':
      return claimTracking(terms, type);
    case 'window':
      return claimWindow(terms, type);
    case 'exclusions':
      return saying(
        `${CLAIM[type]}: denied${reviewed === null ? '' : ' at any time'} when ${listed(
          exclusions.map((e) => EXCLUSION[e]),
          'or',
        )}.`,
        'deny',
      );
    case 'all_packages':
      return saying(
        `${CLAIM[type]}: it may be in another package; every package of the order is delivered first. Cancelled, lost, failed or returned ones do not hold it up.`,
        'wait for every package',
      );
    case 'evidence':
      return claimEvidence(terms, type);
    case 'charge':
      return saying(`${CLAIM[type]} whose amount is not said is read from the receipt by a person.`, 'review');
  }
}

export function settled(settle: ReturnSettlement): string {
  const off = [
    ...(settle.deduct_return_shipping
      ? ['their share of the shipping fee (of the postage where shipping was free)']
      : []),
    ...(settle.deduct_postage_if_free_shipping ? ['their share of the postage where shipping was free'] : []),
  ];
  const less = off.length === 0 ? '' : `, less ${listed(off, 'and')}`;
  return `100% of the items ${shippingWords(settle.refund_shipping, 'their')}${less}`;
}

export function returned(terms: Terms, type: ReceiptType): Saying {
  const settle = terms.returns.settle[type];
  const payer = settle.way_back === 'operator' ? 'The operator' : 'The buyer';
  const buyers = terms.returns.buyer_at_fault;
  const unless = buyers === null || same(buyers, settle) ? '' : ', unless the buyer is at fault';
  return saying(
    `Goods that came back ${RETURN[type]}: refund ${settled(settle)}. ${payer} pays the way back${unless}.`,
    `refund ${settled(settle)}`,
  );
}

function same(a: ReturnSettlement, b: ReturnSettlement): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function returnEvidence(terms: Terms, type: ReceiptType): Saying {
  const kinds = terms.returns.settle[type].evidence.map((e) => EVIDENCE[e]);
  return saying(
    `Goods that came back ${RETURN[type]} need ${listed(kinds, 'and')}.`,
    `ask for ${listed(kinds, 'and')}`,
  );
}

export function refundOn(terms: Terms, status: PackageStatus): Saying {
  const effect = `refund 100% of the package ${shippingWords(terms.refund.shipping.undelivered)}`;
  return saying(`The courier's tracking says that the package ${statusWords(status)}: ${effect}.`, effect);
}

export function feeWords({ returns: { administration_fee: fee } }: Terms): string {
  if (fee === null) return 'no administration fee';
  return 'percent' in fee
    ? `an administration fee of ${fee.percent}% of the items`
    : `an administration fee of ${fee.amount} ${fee.currency} an order in ${fee.currency}`;
}

export function rtoMarks({ tracking: { rto_inspection: marks } }: Terms): string {
  const seen = [...(marks.unopened ? ['unopened'] : []), ...(marks.original_label ? ['with its original label'] : [])];
  return seen.length === 0 ? 'in any state' : listed(seen, 'and');
}

export function undelivered(terms: Terms): string {
  return `refund 100% of the package ${shippingWords(terms.refund.shipping.undelivered)}`;
}
