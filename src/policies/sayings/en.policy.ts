import {
  RETURN,
  STAGE,
  advised,
  claim,
  days,
  feeWords,
  refundOn,
  returnEvidence,
  returned,
  rtoMarks,
  saying,
  settled,
  shippingWords,
  undelivered,
} from './en-cases.policy.ts';
import { COUNTING } from './en-counting.policy.ts';
import { PROMISES } from './en-promises.policy.ts';
import { CLAIM_TYPES } from '../deciding/facts.policy.ts';
import { cancelledByReturnRules, provenByDays, takesGoodsBack, type Terms } from '../deciding/terms.policy.ts';
import { listed, type Sayings } from './sayings.policy.ts';

const simple: Sayings['simple'] = {
  ...PROMISES,
  ...COUNTING,
  'cancellation/at_once': (t) =>
    saying(
      `A package is cancelled at once until it is ${STAGE[t.cancellation.until]}.`,
      `refund 100% of the package ${shippingWords(t.refund.shipping.cancellation)}`,
    ),
  'cancellation/intercept': (t) =>
    saying(
      `${t.cancellation.until === 'planned' ? 'Until' : 'Later, until'} hand-over the warehouse tries to stop it: stopped, it is refunded; left, it is denied.`,
      'intercept',
    ),
  'cancellation/too_late': (t) =>
    saying(`Once it is ${STAGE[t.cancellation.until]}, a package is not cancelled.`, 'deny'),
  'cancellation/stopped': (t) =>
    saying(
      'A package that was stopped is refunded, less what was credited before.',
      `refund 100% of the package ${shippingWords(t.refund.shipping.cancellation)}`,
    ),
  'cancellation/after_dispatch': (t) =>
    t.cancellation.after_dispatch === 'return'
      ? saying(
          advised(
            `After hand-over the goods have to come back${cancelledByReturnRules(t) ? ' by the rules for returns' : ''}; the refund comes when the warehouse has them.`,
            t.cancellation.advice,
          ),
          'accept; the goods come back first',
        )
      : saying(
          advised(
            `After hand-over a package is not cancelled.${takesGoodsBack(t) ? '' : ' The warehouse is no return address.'}`,
            t.cancellation.advice,
          ),
          'deny',
        ),
  'address_change/at_once': (t) => {
    const { until, within_hours: hours } = t.address_change;
    const within = hours === null ? '' : ` within ${hours} hours of the order and`;
    return saying(`The address is changed at once${within} until the package is ${STAGE[until]}.`, 'accept');
  },
  'address_change/intercept': (t) =>
    saying(
      `${t.address_change.until === 'planned' ? 'Until' : 'Later, until'} hand-over the warehouse tries to stop the package to change its address.`,
      'intercept',
    ),
  'address_change/too_late': (t) =>
    saying(`Once the package is ${STAGE[t.address_change.until]}, its address is not changed.`, 'deny'),
  'address_change/after_hours': (t) =>
    saying(
      `More than ${t.address_change.within_hours ?? 0} hours after the order, before hand-over, a person looks.`,
      'review',
    ),
  'address_change/stopped': () => saying('The address of a package that was stopped can be changed.', 'accept'),
  'address_change/after_dispatch': (t) =>
    saying(advised('After hand-over the address is not changed.', t.address_change.after_dispatch), 'deny'),
  'tracking/before_hand_over': () => saying('Before hand-over there is no tracking to judge by.', 'wait'),
  'tracking/under_way': (t) => {
    const limit = t.tracking.late_after_days;
    const until = limit === null ? '' : ` until more than ${days(limit)} have passed since hand-over`;
    return saying(`A package under way, also after a failed attempt, is waited for${until}.`, 'wait for the courier');
  },
  'tracking/late': (t) =>
    saying(
      `More than ${days(t.tracking.late_after_days ?? 0)} after hand-over a package that is neither delivered nor on its way back is refunded.`,
      undelivered(t),
    ),
  'tracking/rto_under_way': (t) =>
    saying(`A package on its way back is waited for, however long: ${whenBack(t)}.`, 'wait for its return'),
  'tracking/delivered': () => saying("The courier's tracking says delivered: nothing is owed by itself.", 'deny'),
  'tracking/cancelled': () => saying('A cancelled package never went out: tracking owes nothing for it.', 'deny'),
  'tracking/disputed': () => saying("The courier's reports contradict each other: a person looks.", 'review'),
  'receipts/rto': (t) =>
    saying(`An undelivered parcel that comes back ${rtoMarks(t)} is refunded, once.`, undelivered(t)),
  'receipts/rto_by_tracking': (t) =>
    saying('In whatever state it comes back: tracking says that the courier returned it.', undelivered(t)),
  'receipts/rto_opened': (t) => saying(`A parcel that does not come back ${rtoMarks(t)}: a person looks.`, 'review'),
  'receipts/unauthorised': (t) =>
    saying(
      advised('Delivered goods that come back without approval are not refunded.', t.returns.refused_next_step),
      'deny',
    ),
  'receipts/return_code': () =>
    saying('Without a valid return code the parcel is kept for the merchant and nothing is credited.', 'deny'),
  'receipts/lost_on_the_way_back': (t) =>
    saying(
      `Goods lost on the way back are not refunded without the shipping receipt; with it a person looks${excepted(t)}.`,
      'without the shipping receipt: deny; with it: review',
    ),
  'receipts/condition': (t) =>
    saying(`Goods that are not there or not in original condition${excepted(t)}: a person looks.`, 'review'),
  'returns/accepted': (t) => {
    const r = t.returns;
    const how = {
      none: '',
      approval: ' A person approves first.',
      code: ` They travel with a return code, valid for ${days(r.code_valid_days ?? 0)}.`,
    };
    return saying(
      `Goods may come back (${listed(
        r.accepted.map((type) => RETURN[type]),
        'or',
      )}) within ${days(r.window_days)} of delivery.${how[r.authorisation]}`,
      'accept',
    );
  },
  'returns/window': (t) =>
    saying(`More than ${days(t.returns.window_days)} after delivery nothing is taken back.`, 'deny'),
  'returns/before_delivery': () => saying('What is not delivered cannot be returned.', 'deny'),
  'returns/refused': (t) =>
    saying(
      advised(
        t.returns.accepted.length === 0 ? 'Goods are not taken back.' : 'Other returns are not accepted.',
        t.returns.refused_next_step,
      ),
      'deny',
    ),
  'returns/buyer_at_fault': (t) => {
    const paid = settled(t.returns.buyer_at_fault ?? t.returns.settle.change_of_mind);
    return saying(`Where the buyer is at fault: refund ${paid}.`, `refund ${paid}`);
  },
  'returns/administration_fee': (t) =>
    saying(`From returned goods ${feeWords(t)} is taken off.`, `take off ${feeWords(t)}`),
  'returns/exchange': () =>
    saying('An exchange: the goods are sent again when the returned ones have arrived.', 'reship'),
  'amount/share': () =>
    saying(
      'What was really paid, never the list price: the units\' share of their lines and of the shipping, to the last cent, shared as "How we count" says.',
      'the paid amount',
    ),
  'amount/cap': () =>
    saying(
      'Never more than was paid for the package, less what was credited or sent again before.',
      'at most what is left',
    ),
  'amount/cannot_send_again': () =>
    saying(
      'Goods that cannot be sent again, because none are left or no courier goes there: what the rule names next holds, else a refund.',
      'the next remedy, else refund',
    ),
  'amount/units_settled': () =>
    saying('Units that an earlier claim or return has settled are not paid again.', 'nothing for these units'),
  'amount/review_above': (t) =>
    saying(
      `From ${listed(
        t.all_claims.review_above.map((m) => `${m.amount} ${m.currency}`),
        'or',
      )} on a person looks.`,
      'review',
    ),
};

/** What tracking does not decide may be claimed, where the days since hand-over prove it. */
function whenBack(terms: Terms): string {
  const claims = CLAIM_TYPES.filter((type) => provenByDays(terms, type)).map((type) => type.replaceAll('_', ' '));
  const pays = terms.tracking.refund_on.includes('rto_delivered');
  const back = pays ? 'it is refunded when it has arrived' : 'what is decided is decided when it has arrived';
  return claims.length === 0 ? back : `${back}; a claim that it is ${listed(claims, 'or')} does not wait for that`;
}

function excepted({ returns }: Terms): string {
  const free = returns.condition_free.map((type) => type.replaceAll('_', ' '));
  return free.length === 0 ? '' : ` (${listed(free, 'and')} goods excepted)`;
}

/** The clauses in English. */
export const ENGLISH: Sayings = { simple, refundOn, claim, returned, returnEvidence };
