import { describe, expect, it } from '@jest/globals';
import { step } from '../../kernel/transitions.ts';
import { CLAIM, CLAIM_STATUSES, isOpen, signalOf, type ClaimSignal, type ClaimStatus } from './claim.machine.ts';

describe('a claim', () => {
  it.each<[ClaimStatus, ClaimSignal, ClaimStatus]>([
    ['waiting', 'ask', 'needs_evidence'],
    ['waiting', 'review', 'in_review'],
    ['needs_evidence', 'wait', 'waiting'],
    ['needs_evidence', 'approve', 'approved'],
    ['in_review', 'approve', 'approved'],
    ['in_review', 'deny', 'denied'],
    ['denied', 'appeal', 'in_review'],
    ['denied', 'close', 'closed'],
    ['approved', 'close', 'closed'],
    ['waiting', 'withdraw', 'withdrawn'],
    ['needs_evidence', 'close', 'closed'],
  ])('that is %s and takes the step "%s" is %s', (from, signal, to) => {
    expect(step(CLAIM, 'claim', from, signal)).toBe(to);
  });

  it.each<[ClaimStatus, ClaimSignal]>([
    ['approved', 'deny'],
    ['approved', 'withdraw'],
    ['denied', 'approve'],
    ['denied', 'withdraw'],
    ['waiting', 'appeal'],
    ['closed', 'appeal'],
    ['withdrawn', 'review'],
  ])('that is %s cannot take the step "%s"', (from, signal) => {
    expect(() => step(CLAIM, 'claim', from, signal)).toThrow(`cannot take the step "${signal}"`);
  });

  it('is open until it is decided or taken back', () => {
    expect(CLAIM_STATUSES.filter(isOpen)).toEqual(['needs_evidence', 'waiting', 'in_review']);
  });

  it.each([
    ['refund', 'approve'],
    ['reship', 'approve'],
    ['store_credit', 'approve'],
    ['accept', 'approve'],
    ['deny', 'deny'],
    ['wait', 'wait'],
    ['needs_evidence', 'ask'],
    ['review', 'review'],
  ])('decided "%s" takes the step "%s"', (outcome, signal) => {
    expect(signalOf(outcome)).toBe(signal);
  });
});
