import {
  CLAIM_TYPES,
  RECEIPT_TYPES,
  RETURN_TYPES,
  type Clause,
  type ClaimType,
  type ReceiptType,
} from './facts.policy.ts';
import { ENGLISH } from '../sayings/en.policy.ts';
import { FRENCH } from '../sayings/fr.policy.ts';

import type { ClaimAspect, Saying, Sayings, SimpleKey } from '../sayings/sayings.policy.ts';
import { isProvable, takesGoodsBack, type ClaimTerms, type Language, type Terms } from './terms.policy.ts';

const SAYINGS: Readonly<Record<Language, Sayings>> = { en: ENGLISH, fr: FRENCH };

/**
 * A clause in words. The words are made of the same terms that decide, so what is read is what is done.
 * @param key the clause's id without the policy: `claims/damaged`
 * @throws RangeError no rule has such a clause
 */
export function clauseOf(terms: Terms, key: string, language: Language): Clause {
  const sayings = SAYINGS[terms.languages.includes(language) ? language : 'en'];
  return { id: clauseId(terms, key), ...say(sayings, terms, key) };
}

/** A person's word is no policy's: its clause has the same id on every page. */
export function clauseId({ id }: Terms, key: string): string {
  return key.startsWith('operator/') ? key : `${id}/${key}`;
}

function say(sayings: Sayings, terms: Terms, key: string): Saying {
  const [group, name = '', aspect] = key.split('/');
  const claimType = CLAIM_TYPES.find((t) => t === name);
  if (group === 'claims' && claimType !== undefined) {
    return sayings.claim(terms, claimType, (aspect ?? 'answer') as ClaimAspect);
  }
  const receiptType = RECEIPT_TYPES.find((t) => t === name);
  if (group === 'returns' && receiptType !== undefined) {
    return aspect === 'evidence' ? sayings.returnEvidence(terms, receiptType) : sayings.returned(terms, receiptType);
  }
  const status = terms.tracking.refund_on.find((s) => s === name);
  if (group === 'tracking' && status !== undefined) return sayings.refundOn(terms, status);
  if (!(key in sayings.simple)) throw new RangeError(`No rule has the clause ${key}.`);
  return sayings.simple[key as SimpleKey](terms);
}

/** A part of the policy's page: the clauses of one subject, in the order in which they are read. */
export interface Section {
  name:
    | 'cancellation'
    | 'address_change'
    | 'tracking'
    | 'receipts'
    | 'claims'
    | 'returns'
    | 'amount'
    | 'counting'
    | 'promises';
  keys: string[];
}

/** Every clause that the policy can ever apply: its page, and the proof that no decision has a clause outside of it. */
export function sectionsOf(terms: Terms): Section[] {
  const { cancellation: c, address_change: a, tracking: t, returns: r } = terms;
  const keep = (keys: [string, boolean][]): string[] => keys.filter(([, applies]) => applies).map(([key]) => key);
  const back = takesGoodsBack(terms);
  return [
    {
      name: 'cancellation',
      keys: keep([
        ['cancellation/at_once', c.until !== 'planned'],
        ['cancellation/intercept', c.until !== 'handed_over' && c.intercept],
        ['cancellation/too_late', c.until !== 'handed_over' && !c.intercept],
        ['cancellation/stopped', true],
        ['cancellation/after_dispatch', true],
      ]),
    },
    {
      name: 'address_change',
      keys: keep([
        ['address_change/at_once', a.until !== 'planned'],
        ['address_change/intercept', a.until !== 'handed_over' && a.intercept],
        ['address_change/too_late', a.until !== 'handed_over' && !a.intercept],
        ['address_change/after_hours', a.within_hours !== null],
        ['address_change/stopped', true],
        ['address_change/after_dispatch', true],
      ]),
    },
    {
      name: 'tracking',
      keys: [
        ...t.refund_on.map((status) => `tracking/${status}`),
        'tracking/before_hand_over',
        'tracking/under_way',
        ...(t.late_after_days === null ? [] : ['tracking/late']),
        ...['tracking/rto_under_way', 'tracking/delivered', 'tracking/cancelled', 'tracking/disputed'],
      ],
    },
    {
      name: 'receipts',
      keys: keep([
        ['receipts/rto', true],
        ['receipts/rto_by_tracking', true],
        ['receipts/rto_opened', true],
        ['receipts/unauthorised', true],
        ['receipts/return_code', back && r.authorisation === 'code'],
        ['receipts/lost_on_the_way_back', back && r.lost_needs_shipping_receipt],
        ['receipts/condition', back && r.condition === 'original'],
      ]),
    },
    { name: 'claims', keys: CLAIM_TYPES.flatMap((type) => claimKeys(terms, type)) },
    { name: 'returns', keys: returnKeys(terms, back) },
    {
      name: 'amount',
      keys: keep([
        ['amount/share', true],
        ['amount/cap', true],
        ['amount/cannot_send_again', sendsAgain(terms)],
        ['amount/units_settled', true],
        ['amount/review_above', terms.all_claims.review_above.length > 0],
      ]),
    },
    {
      name: 'counting',
      keys: keep([
        ...['counting/days', 'counting/tests', 'counting/shares', 'counting/shipping'].map((k): [string, boolean] => [
          k,
          true,
        ]),
        ['counting/rounding', true],
        ['counting/deductions', back && takesOff(terms)],
        ['counting/zero', back && takesOff(terms)],
        ['counting/way_back', true],
        ['counting/other_packages', true],
        ['operator/person', true],
      ]),
    },
    {
      name: 'promises',
      keys: keep([
        ['promises/wallet', true],
        ['promises/reply', true],
        ['promises/inactive', true],
        ['promises/evidence_size', true],
        ['promises/claim_window', true],
        ['promises/handled', r.process_within_working_days !== null],
        ['promises/first_scan', true],
        ['promises/rto_overdue', true],
        ['promises/delivered_after_refund', true],
      ]),
    },
  ];
}

/** Are goods ever sent again, or exchanged? */
function sendsAgain({ claims, returns }: Terms): boolean {
  return returns.exchange || Object.values(claims).some((t) => t.answer === 'remedy' && t.remedies.includes('reship'));
}

/** Is anything ever taken off what comes back? */
function takesOff({ returns: { administration_fee: fee, settle, buyer_at_fault: buyers } }: Terms): boolean {
  const all = [...Object.values(settle), ...(buyers === null ? [] : [buyers])];
  return fee !== null || all.some((s) => s.deduct_return_shipping || s.deduct_postage_if_free_shipping);
}

function claimKeys(terms: Terms, type: ClaimType): string[] {
  const t: ClaimTerms = terms.claims[type];
  // What nothing can prove promises nothing: it waits, or is denied.
  if (t.answer !== 'deny' && !isProvable(terms, t)) return [`claims/${type}/tracking`];
  const asked = t.answer !== 'deny';
  const labelAsked = t.exclusions.includes('order_label_found');
  // A claim that tracking ends at delivery never comes to a window, which is counted from delivery.
  const endsAtDelivery = t.proof === 'not_delivered' || (t.proof === 'non_delivery' && !t.late_delivery_counts);
  const aspects: [ClaimAspect, boolean][] = [
    ['tracking', asked && t.proof !== 'none'],
    ['window', asked && t.window_days !== 'lifetime' && !endsAtDelivery],
    ['exclusions', asked && t.exclusions.length > 0],
    ['all_packages', asked && t.all_packages_delivered],
    ['evidence', asked && (t.evidence.length > 0 || t.evidence_any.length > 0 || labelAsked)],
    ['charge', asked && t.amount === 'charge'],
  ];
  return [`claims/${type}`, ...aspects.filter(([, applies]) => applies).map(([aspect]) => `claims/${type}/${aspect}`)];
}

function returnKeys(terms: Terms, back: boolean): string[] {
  const { returns: r } = terms;
  const taken = r.accepted.length > 0;
  const evidenced = RECEIPT_TYPES.filter((type) => needsEvidence(terms, type));
  return [
    ...(taken ? ['returns/accepted', 'returns/window', 'returns/before_delivery'] : []),
    ...(r.accepted.length < RETURN_TYPES.length ? ['returns/refused'] : []),
    ...(back ? RECEIPT_TYPES.map((type) => `returns/${type}`) : []),
    ...(back ? evidenced.map((type) => `returns/${type}/evidence`) : []),
    ...(back && r.buyer_at_fault !== null ? ['returns/buyer_at_fault'] : []),
    ...(back && r.administration_fee !== null ? ['returns/administration_fee'] : []),
    ...(back && r.exchange ? ['returns/exchange'] : []),
  ];
}

function needsEvidence({ returns }: Terms, type: ReceiptType): boolean {
  return returns.settle[type].evidence.length > 0 || (returns.buyer_at_fault?.evidence.length ?? 0) > 0;
}
