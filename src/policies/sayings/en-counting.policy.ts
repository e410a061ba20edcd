import { CLAIM_TYPES } from '../deciding/facts.policy.ts';
import { provenByDays } from '../deciding/terms.policy.ts';
import { saying } from './en-cases.policy.ts';
import { listed, type Counting } from './sayings.policy.ts';

/** How we count, in English: what a reader needs to come to the same answer and the same cent. */
export const COUNTING: Counting = {
  'counting/days': () =>
    saying(
      'A day is 24 hours, counted from the instant of the hand-over, the delivery or the request; a limit of days has passed when any longer time has. Working days leave out Saturdays, Sundays and holidays.',
      'days are counted from the instant',
    ),
  'counting/tests': () =>
    saying(
      "The tests are made in this order, and the first that is not passed decides: the courier's tracking, the time, what is excluded, whether every package is there, the evidence; then the remedy, then the amount. An exclusion goes before a time after which a person looks.",
      'the first test that is not passed decides',
    ),
  'counting/shares': () =>
    saying(
      "A line's paid amount is shared over its units evenly. Cents that are left over go to the largest remainders, of equal ones to the earliest line, then to the earliest unit. Packages take the units in their order, affected items are the earliest units of their package; so all shares add up to what was paid.",
      'share to the last cent',
    ),
  'counting/shipping': () =>
    saying(
      'Shipping is shared over the lines by what was paid for them (by their quantity where every line was free), then over their units evenly.',
      'share by what the lines cost',
    ),
  'counting/rounding': () =>
    saying(
      'A percentage and a severity are rounded half up to the cent, each item that is named by itself, goods and shipping together.',
      'round half up',
    ),
  'counting/deductions': () =>
    saying(
      'Where a part of an order comes back it bears its share of a deduction, shared as the shipping is.',
      'a part bears its share',
    ),
  'counting/zero': () =>
    saying(
      'A refund is never below zero: a deduction that is larger than the goods is listed in full, and the refund is 0.',
      'refund 0 at the least',
    ),
  'counting/way_back': (t) => {
    const claims = CLAIM_TYPES.filter((type) => provenByDays(t, type)).map((type) => type.replaceAll('_', ' '));
    const but = claims.length === 0 ? '' : `, though a claim that it is ${listed(claims, 'or')} is decided by the days`;
    return saying(`A package on its way back waits by itself, past any limit of days${but}.`, 'wait for its return');
  },
  'counting/other_packages': () =>
    saying(
      'Each package of an order is decided by itself. One that is cancelled, lost, failed or returned holds nothing up.',
      'decide each package by itself',
    ),
  'operator/person': () =>
    saying(
      'A person may decide where the policy leaves it to one, and in place of the policy: never more than was paid for the package, less what was credited before, and with a note that says why.',
      "a person's decision",
    ),
};
