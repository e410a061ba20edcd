import type { Terms } from '../deciding/terms.policy.ts';
import { PRESETS } from '../presets/presets.ts';
import { policy } from '../../../test/support/decided.ts';
import { faultsOf } from './draft.check.ts';
import { merged, type Change } from './merging.policy.ts';

it.each(PRESETS.map((terms) => [terms.id, terms] as const))('the preset %s has no fault', (_id, terms) => {
  expect(faultsOf(terms)).toEqual([]);
});

/** What is changed in courier-proof, where the fault is, its code, a part of the sentence. */
type Row = [string, Change, string, string, string];

describe('a draft is refused where it stands', () => {
  it.each<Row>([
    [
      'an unknown parameter',
      { tracking: { late_after_weeks: 3 } },
      '/tracking/late_after_weeks',
      'unknown_field',
      'no such',
    ],
    ['an unknown group', { gifts: {} }, '/gifts', 'unknown_field', 'no such'],
    ['a name that needs escaping', { 'a/b~c': 1 }, '/a~1b~0c', 'unknown_field', 'no such'],
    [
      'a number as text',
      { tracking: { late_after_days: '20' } },
      '/tracking/late_after_days',
      'not_allowed',
      'or null',
    ],
    [
      'a part of a day',
      { tracking: { rto_overdue_days: 1.5 } },
      '/tracking/rto_overdue_days',
      'wrong_type',
      'whole number',
    ],
    ['days below zero', { returns: { window_days: -1 } }, '/returns/window_days', 'too_small', 'from 0 to 3650'],
    [
      'a word that is none',
      { cancellation: { until: 'lunch' } },
      '/cancellation/until',
      'not_allowed',
      'one of planned',
    ],
    [
      'evidence that is none',
      { claims: { damaged: { evidence: ['oath'] } } },
      '/claims/damaged/evidence/0',
      'not_allowed',
      'photo',
    ],
    [
      'evidence twice',
      { claims: { damaged: { evidence: ['photo', 'photo'] } } },
      '/claims/damaged/evidence',
      'repeated',
      'duplicate',
    ],
    ['a claim type that is none', { claims: { stolen: {} } }, '/claims/stolen', 'unknown_field', 'no such'],
    [
      'both forms of a reply time',
      { all_claims: { reply_within: { hours: 1, working_days: 1 } } },
      '/all_claims/reply_within',
      'not_allowed',
      'an object of hours',
    ],
    [
      'a fee above all',
      { returns: { administration_fee: { percent: '120' } } },
      '/returns/administration_fee',
      'not_allowed',
      'percent',
    ],
    ['no English', { languages: ['fr'] }, '/languages', 'required', 'English'],
    ['no title', { title: { en: '' } }, '/title/en', 'length', 'fewer than 1'],
    ['a list for a group', { tracking: [] }, '/tracking', 'wrong_type', 'an object of refund_on'],
    [
      'a window within its review',
      { claims: { damaged: { window_days: 10, review_until_days: 10 } } },
      '/claims/damaged/review_until_days',
      'contradiction',
      '10 days',
    ],
    [
      'a review after the claim window',
      { claims: { damaged: { review_until_days: 29 } } },
      '/claims/damaged/review_until_days',
      'contradiction',
      '30 days',
    ],
    [
      'a review after a lifetime',
      { claims: { damaged: { window_days: 'lifetime', review_until_days: 'unlimited' } } },
      '/claims/damaged/review_until_days',
      'contradiction',
      'without an end',
    ],
    [
      'days after a lifetime',
      { claims: { damaged: { window_days: 'lifetime', review_until_days: 9 } } },
      '/claims/damaged/review_until_days',
      'contradiction',
      'without an end',
    ],
    [
      'lateness where nothing is late',
      { tracking: { late_after_days: null } },
      '/claims/not_received/proven_when_late',
      'contradiction',
      'late_after_days is null',
    ],
    [
      'a delivery that proves a loss',
      { claims: { lost: { proven_by: ['lost', 'delivered'] } } },
      '/claims/lost/proven_by',
      'contradiction',
      'delivered',
    ],
    [
      'a loss that waits for delivery',
      { claims: { lost: { all_packages_delivered: true } } },
      '/claims/lost/all_packages_delivered',
      'contradiction',
      'wait',
    ],
    [
      'a choice of what is asked anyway',
      { claims: { damaged: { evidence_any: ['photo', 'video'] } } },
      '/claims/damaged/evidence_any',
      'contradiction',
      'photo',
    ],
    ['no remedy', { claims: { damaged: { remedies: [] } } }, '/claims/damaged/remedies', 'contradiction', 'names none'],
    [
      'the severity of a loss',
      { claims: { lost: { amount: 'severity' } } },
      '/claims/lost/amount',
      'contradiction',
      'severity',
    ],
    [
      'the charge of a damage',
      { claims: { damaged: { amount: 'charge' } } },
      '/claims/damaged/amount',
      'contradiction',
      'receipt',
    ],
    [
      'a charge that is sent again',
      { claims: { customs_charge: { answer: 'remedy', remedies: ['reship'] } } },
      '/claims/customs_charge/remedies',
      'contradiction',
      'paid back',
    ],
    [
      'a way back that is paid twice',
      { returns: { settle: { quality: { deduct_return_shipping: true } } } },
      '/returns/settle/quality/deduct_return_shipping',
      'contradiction',
      'operator pays',
    ],
    [
      'a postage taken off twice',
      {
        returns: {
          settle: {
            quality: { way_back: 'buyer', deduct_return_shipping: true, deduct_postage_if_free_shipping: true },
          },
        },
      },
      '/returns/settle/quality/deduct_postage_if_free_shipping',
      'contradiction',
      'already',
    ],
    [
      'a code that is never valid',
      { returns: { authorisation: 'code' } },
      '/returns/code_valid_days',
      'contradiction',
      'a day at least',
    ],
    [
      'an amount with other decimals',
      { returns: { administration_fee: { amount: '5.000', currency: 'USD' } } },
      '/returns/administration_fee',
      'contradiction',
      '2 decimals',
    ],
    [
      'an unknown currency',
      { all_claims: { review_above: [{ amount: '5.00', currency: 'ABC' }] } },
      '/all_claims/review_above/0',
      'contradiction',
      'ISO 4217',
    ],
    [
      'two bounds of one currency',
      {
        all_claims: {
          review_above: [
            { amount: '5.00', currency: 'USD' },
            { amount: '6.00', currency: 'USD' },
          ],
        },
      },
      '/all_claims/review_above/1',
      'contradiction',
      'already',
    ],
    [
      'a language without its title',
      { languages: ['en', 'fr'], summary: { fr: 'Tout.' } },
      '/title/fr',
      'contradiction',
      'needs its title',
    ],
  ])('%s', (_name, change, pointer, code, words) => {
    const faults = faultsOf(merged(policy('courier-proof'), change));
    expect(faults[0]).toMatchObject({ pointer, code });
    expect(faults[0]?.detail).toContain(words);
  });

  it('and every fault of it at once', () => {
    const change = {
      tracking: { late_after_days: -1, rto_overdue_days: 'soon' },
      claims: { lost: { remedies: ['wine'] } },
    };
    expect(faultsOf(merged(policy('courier-proof'), change)).map(({ pointer }) => pointer)).toEqual([
      '/tracking/late_after_days',
      '/tracking/rto_overdue_days',
      '/claims/lost/remedies/0',
    ]);
  });
});

describe('a change', () => {
  it('names only what it changes, replaces lists and forms as a whole, and leaves its base as it was', () => {
    const base = policy('return-code');
    const before = structuredClone(base);
    const after = merged(base, {
      all_claims: { reply_within: { hours: 8 } },
      returns: { accepted: ['quality'], administration_fee: { amount: '2.00', currency: 'USD' } },
      claims: { lost: { keep_goods: true } },
    }) as Terms;
    expect(faultsOf(after)).toEqual([]);
    expect(after).toEqual({
      ...base,
      all_claims: { ...base.all_claims, reply_within: { hours: 8 } },
      returns: { ...base.returns, accepted: ['quality'], administration_fee: { amount: '2.00', currency: 'USD' } },
      claims: { ...base.claims, lost: { ...base.claims.lost, keep_goods: true } },
    });
    expect(base).toEqual(before);
  });

  it('of a name that JavaScript knows changes nothing but the terms', () => {
    const change = JSON.parse('{"__proto__":{"polluted":true},"tracking":{"__proto__":{"polluted":true}}}') as Change;
    const faults = faultsOf(merged(policy('courier-proof'), change));
    expect(faults.map(({ code }) => code)).toContain('unknown_field');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
