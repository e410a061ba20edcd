import { days, saying } from './en-cases.policy.ts';
import { sizeWords, type Promises } from './sayings.policy.ts';

/** What the operator promises beside its decisions, in English. */
export const PROMISES: Promises = {
  'promises/wallet': () => saying("Refunds go to the merchant's wallet.", 'credit the wallet'),
  'promises/reply': ({ all_claims: { reply_within: within } }) => {
    const time = 'hours' in within ? `${within.hours} hours, weekends too` : workingDays(within.working_days);
    return saying(`A claim is answered within ${time}.`, `answer within ${time}`);
  },
  'promises/inactive': ({ all_claims: { close_when_inactive_days: limit } }) =>
    saying(`A claim that nobody goes on with for ${days(limit)} is closed.`, 'close'),
  'promises/evidence_size': ({ all_claims: { evidence_max_bytes: bytes } }) =>
    saying(`A photo, video or paper has at most ${sizeWords(bytes)}.`, 'refuse what is larger'),
  'promises/claim_window': ({ settlement: { claim_window_days: limit } }) =>
    saying(
      `Where a claim names no time of its own ("at any time" is one), it is made within ${days(limit)} of delivery; later it is denied.`,
      `deny after ${days(limit)}`,
    ),
  'promises/handled': ({ returns: { process_within_working_days: limit } }) =>
    saying(
      `Goods that came back are handled within ${workingDays(limit ?? 0)} of their arrival.`,
      `decide within ${workingDays(limit ?? 0)}`,
    ),
  'promises/first_scan': ({ tracking: { first_scan_due_hours: limit } }) =>
    saying(`A package that the courier has not scanned ${limit} hours after hand-over is looked after.`, 'warn'),
  'promises/rto_overdue': ({ tracking: { rto_overdue_days: limit } }) =>
    saying(
      `A package on its way back that is not seen to arrive within ${days(limit)} is looked after.`,
      'alert staff and merchant',
    ),
  'promises/delivered_after_refund': ({ settlement: { delivered_after_refund: then } }) => {
    const what = {
      keep: saying('A package that is delivered after its refund: the refund stays.', 'keep the refund'),
      take_back: saying(
        'A package that is delivered after its refund: the refund is taken back, after notice.',
        'take the refund back',
      ),
      review: saying('A package that is delivered after its refund: a person looks.', 'review'),
    };
    return what[then];
  },
};

function workingDays(count: number): string {
  return count === 1 ? '1 working day' : `${count} working days`;
}
