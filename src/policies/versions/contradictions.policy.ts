import { Money, NotMoney, type MoneyJson } from '../../kernel/money.ts';
import { CLAIM_TYPES, RECEIPT_TYPES, isDispatched, type ClaimType } from '../deciding/facts.policy.ts';
import type { ClaimTerms, ReturnSettlement, Terms } from '../deciding/terms.policy.ts';

/** Why terms whose parameters are sound one by one are no policy: where, and a sentence. */
export interface Contradiction {
  pointer: string;
  detail: string;
}

/** Everything in the terms that could never hold together. */
export function contradictions(terms: Terms): Contradiction[] {
  return [
    ...languageFaults(terms),
    ...deliveryFaults(terms),
    ...CLAIM_TYPES.flatMap((type) => claimFaults(terms, type)),
    ...returnFaults(terms),
    ...amountFaults(terms),
  ];
}

/** The page stands whole in each of its languages. */
function languageFaults({ languages, title, summary }: Terms): Contradiction[] {
  return languages.flatMap((language) =>
    Object.entries({ title, summary })
      .filter(([, texts]) => texts[language] === undefined)
      .map(([name]) => ({
        pointer: `/${name}/${language}`,
        detail: `The page is in ${language}: it needs its ${name}.`,
      })),
  );
}

function deliveryFaults({ tracking: { delivery_working_days: usual } }: Terms): Contradiction[] {
  if (usual === null || usual === undefined || usual.min <= usual.max) return [];
  return [
    { pointer: '/tracking/delivery_working_days/min', detail: 'A delivery takes at least more days than at most.' },
  ];
}

function claimFaults(terms: Terms, type: ClaimType): Contradiction[] {
  const claim = terms.claims[type];
  const at = (name: string, detail: string): Contradiction => ({ pointer: `/claims/${type}/${name}`, detail });
  if (claim.answer === 'deny') return []; // nothing else of it is ever read
  return [
    ...proofFaults(terms, claim, at),
    ...windowFaults(terms, claim, at),
    ...evidenceFaults(claim, at),
    ...remedyFaults(claim, type, at),
  ];
}

type At = (name: string, detail: string) => Contradiction;

function proofFaults({ tracking }: Terms, claim: ClaimTerms, at: At): Contradiction[] {
  if (claim.proof !== 'non_delivery') return [];
  const faults: Contradiction[] = [];
  const cannot = claim.proven_by.filter((status) => !isDispatched(status) || status === 'delivered');
  if (cannot.length > 0) faults.push(at('proven_by', `${cannot.join(', ')} does not prove that it was not delivered.`));
  if (tracking.late_after_days === null) {
    const never = 'Nothing is ever late: /tracking/late_after_days is null.';
    if (claim.proven_when_late) faults.push(at('proven_when_late', never));
    if (claim.late_delivery_counts) faults.push(at('late_delivery_counts', never));
  }
  if (claim.all_packages_delivered) {
    faults.push(at('all_packages_delivered', 'It would wait for the delivery of what was not delivered.'));
  }
  return faults;
}

function windowFaults({ settlement }: Terms, claim: ClaimTerms, at: At): Contradiction[] {
  const { window_days: own, review_until_days: reviewed } = claim;
  if (reviewed === null) return [];
  if (own === 'lifetime') return [at('review_until_days', 'A window without an end has nothing after it.')];
  if (reviewed === 'unlimited') return [];
  const days = own === 'claim_window' ? settlement.claim_window_days : own;
  return reviewed > days ? [] : [at('review_until_days', `It ends before the window does, which is ${days} days.`)];
}

function evidenceFaults(claim: ClaimTerms, at: At): Contradiction[] {
  const twice = claim.evidence_any.filter((kind) => claim.evidence.includes(kind));
  if (twice.length === 0) return [];
  return [at('evidence_any', `${twice.join(', ')} is asked for already, so that there is nothing to choose.`)];
}

function remedyFaults(claim: ClaimTerms, type: ClaimType, at: At): Contradiction[] {
  if (claim.answer !== 'remedy') return [];
  const faults: Contradiction[] = [];
  if (claim.remedies.length === 0) faults.push(at('remedies', 'It is answered with a remedy and names none.'));
  if (claim.amount === 'severity' && type !== 'damaged') {
    faults.push(at('amount', 'Only damage has a severity.'));
  }
  if (claim.amount === 'charge' && type !== 'customs_charge') {
    faults.push(at('amount', 'Only a customs charge has a receipt that shows it.'));
  }
  if (claim.amount === 'charge' && claim.remedies.includes('reship')) {
    faults.push(at('remedies', 'A charge is paid back; sending the goods again does not make it good.'));
  }
  return faults;
}

function returnFaults({ returns }: Terms): Contradiction[] {
  const settlements: [string, ReturnSettlement | null][] = [
    ...RECEIPT_TYPES.map((type): [string, ReturnSettlement] => [`settle/${type}`, returns.settle[type]]),
    ['buyer_at_fault', returns.buyer_at_fault],
  ];
  const faults = settlements.flatMap(([name, settle]) =>
    settle === null ? [] : settlementFaults(`/returns/${name}`, settle),
  );
  if (returns.authorisation === 'code' && (returns.code_valid_days ?? 0) < 1) {
    const detail = 'A return travels with a code: it is valid for a day at least.';
    faults.push({ pointer: '/returns/code_valid_days', detail });
  }
  return faults;
}

function settlementFaults(pointer: string, settle: ReturnSettlement): Contradiction[] {
  const faults: Contradiction[] = [];
  if (settle.way_back === 'operator' && settle.deduct_return_shipping) {
    faults.push({
      pointer: `${pointer}/deduct_return_shipping`,
      detail: 'The operator pays the way back: it cannot be taken off.',
    });
  }
  if (settle.deduct_return_shipping && settle.deduct_postage_if_free_shipping) {
    faults.push({
      pointer: `${pointer}/deduct_postage_if_free_shipping`,
      detail: 'Where shipping was free, deduct_return_shipping takes the postage off already.',
    });
  }
  return faults;
}

function amountFaults({ all_claims, returns }: Terms): Contradiction[] {
  const bounds = all_claims.review_above;
  const fee = returns.administration_fee;
  const amounts: [string, MoneyJson][] = bounds.map((bound, i) => [`/all_claims/review_above/${i}`, bound]);
  if (fee !== null && 'amount' in fee) amounts.push(['/returns/administration_fee', fee]);
  const again = bounds.flatMap(({ currency }, i) =>
    bounds.findIndex((bound) => bound.currency === currency) < i
      ? [{ pointer: `/all_claims/review_above/${i}`, detail: `${currency} has an amount already.` }]
      : [],
  );
  return [
    ...amounts.flatMap(([pointer, amount]) => {
      const detail = moneyFault(amount);
      return detail === null ? [] : [{ pointer, detail }];
    }),
    ...again,
  ];
}

function moneyFault(amount: MoneyJson): string | null {
  try {
    Money.fromJson(amount);
    return null;
  } catch (error) {
    if (error instanceof NotMoney) return error.message;
    throw error;
  }
}
