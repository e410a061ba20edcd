import fc from 'fast-check';
import { policy } from '../../../test/support/decided.ts';
import { anyFacts, anyRequest, factsOf } from '../../../test/support/facts.ts';
import { newId } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import { decide } from '../../policies/deciding/decide.policy.ts';
import type { Terms } from '../../policies/deciding/terms.policy.ts';
import { PRESETS } from '../../policies/presets/presets.ts';
import type { Decision, Facts } from '../../policies/policies.service.ts';
import { replayPackage, type Past, type ReplayedCase } from './replaying.ts';

const merchantId = newId();
const orderId = newId();
const packageId = newId();
const proof = policy('courier-proof');

function usd(amount: string): Money {
  return Money.parse(amount, 'USD');
}

/** A decision as it was stored: by courier-proof, unless a person's or another is given. */
function past(facts: Facts, over: Partial<Past> = {}): Past {
  const decision = over.decision ?? decide(proof, facts);
  const { outcome, refund } = decision;
  const credited = refund === null || outcome !== 'refund' ? usd('0.00') : Money.fromJson(refund);
  return {
    ...{ merchantId, orderId, packageId, id: newId(), cause: 'undelivered', credited, facts, decision },
    ...{ policy: { id: 'courier-proof', version: 1 }, decidedAt: new Date(facts.request.at) },
    ...over,
  };
}

function replay(decisions: readonly Past[], tried: Terms, own: Terms = proof): ReplayedCase[] {
  return replayPackage(decisions, { decide, tried, own: () => own });
}

function told(cases: readonly ReplayedCase[]): string[] {
  const words = ({ outcome, cost }: ReplayedCase['now']): string => `${outcome} ${cost.amount}`;
  return cases.map(({ cause, now, then }) => `${cause}: ${words(now)} -> ${words(then)}`);
}

const late30: Terms = { ...proof, tracking: { ...proof.tracking, late_after_days: 30 } };
const eager: Terms = {
  ...proof,
  tracking: { ...proof.tracking, refund_on: [...proof.tracking.refund_on, 'rto_initiated'] },
};
const noCancelling: Terms = { ...proof, cancellation: { ...proof.cancellation, until: 'planned', intercept: false } };
const strict: Terms = {
  ...proof,
  claims: { ...proof.claims, damaged: { ...proof.claims.damaged, evidence: ['photo', 'video'] } },
};
const resend: Terms = {
  ...proof,
  claims: { ...proof.claims, damaged: { ...proof.claims.damaged, remedies: ['reship'] } },
};

const late = factsOf({ kind: 'tracking', at: '2026-05-27T12:00:00Z' }, { status: 'in_transit' });
const rtoDone = factsOf({ kind: 'tracking' }, { status: 'rto_delivered' });
const cancels = factsOf({ kind: 'cancellation', at: '2026-05-01T12:00:00Z' }, { status: 'picking' });
const stopped = factsOf({ kind: 'cancellation', at: '2026-05-01T13:00:00Z' }, { status: 'cancelled' });
const damaged = factsOf({ kind: 'claim', type: 'damaged' }, {}, { evidence: ['photo'] });
const disputed = factsOf({ kind: 'tracking' }, { status: 'lost', disputed: true });
const deny: Decision = {
  ...{ outcome: 'deny', refund: null, deductions: [], missing_evidence: [], next_step: null, reconsider_at: null },
  clauses: [{ id: 'operator/person', text: 'No.', effect: 'deny' }],
};

describe('a package’s decisions gone through again', () => {
  it.each<[string, Past[], Terms, string[]]>([
    ['under the same terms change nothing', [past(late)], proof, ['undelivered: refund 25.00 -> refund 25.00']],
    [
      'cost nothing where the terms would have waited',
      [past(late)],
      late30,
      ['undelivered: refund 25.00 -> wait 0.00'],
    ],
    [
      'cost what they would have cost, by cause',
      [past(damaged, { cause: 'claim:x' })],
      strict,
      ['claim/damaged: refund 25.00 -> needs_evidence 0.00'],
    ],
    [
      'count goods sent again at what was paid for them',
      [past(damaged, { cause: 'claim:x' })],
      resend,
      ['claim/damaged: refund 25.00 -> reship 25.00'],
    ],
    [
      'give once what the terms would have given earlier',
      [past(factsOf({ kind: 'tracking' }, { status: 'rto_initiated' })), past(rtoDone)],
      eager,
      ['undelivered: refund 25.00 -> refund 25.00'],
    ],
    [
      'end where the terms would not have begun',
      [past(cancels, { cause: 'cancellation' }), past(stopped, { cause: 'cancellation' })],
      noCancelling,
      ['cancellation: refund 25.00 -> deny 0.00'],
    ],
    [
      'keep a person’s word where a person would have been asked again',
      [past(disputed), past(disputed, { decision: deny })],
      late30,
      ['undelivered: deny 0.00 -> deny 0.00'],
    ],
    [
      'go without a person’s word where nobody would have been asked',
      [past(damaged, { cause: 'claim:x', decision: deny })],
      strict,
      ['claim/damaged: deny 0.00 -> needs_evidence 0.00'],
    ],
  ])('%s', (_name, decisions, tried, expected) => {
    expect(told(replay(decisions, tried))).toEqual(expected);
  });

  it('count a real reship, and what it leaves for later requests', () => {
    const own = policy('guaranteed-delivery');
    const wrong = factsOf({ kind: 'claim', type: 'wrong_item' }, {}, { evidence: ['photo', 'order_number'] });
    const [only] = replay([past(wrong, { cause: 'claim:x', decision: decide(own, wrong) })], proof, own);
    expect(only?.now).toMatchObject({ outcome: 'reship', cost: usd('25.00'), sentAgain: usd('25.00') });
    expect(only?.then).toMatchObject({ outcome: 'refund', cost: usd('25.00'), sentAgain: usd('0.00') });
  });

  it('tell the case by its last decision, and each cause apart', () => {
    const later = past(rtoDone, { decidedAt: new Date('2026-06-01T00:00:00Z') });
    const cases = replay([past(cancels, { cause: 'cancellation' }), later], proof);
    expect(cases.map(({ cause }) => cause)).toEqual(['cancellation', 'undelivered']);
    expect(cases[1]).toMatchObject({ decisionId: later.id, decidedAt: later.decidedAt });
  });
});

it.each(PRESETS.map((terms) => [terms.id, terms] as const))(
  'never gives more than was paid under %s, whatever was asked and given before',
  (_id, tried) => {
    fc.assert(
      fc.property(anyFacts, fc.array(anyRequest, { minLength: 1, maxLength: 6 }), (start, requests) => {
        const asked = { ...start, package: start.packages[0]?.id ?? null };
        let given = usd('0.00');
        const decisions = requests.map((request, i) => {
          const facts = { ...asked, request, already_refunded: given.amount };
          const made = past(facts, { cause: i % 2 === 0 ? `claim:${i}` : 'undelivered' });
          const [alone] = replay([made], proof); // goods that were sent again count as given, as the facts of a case do
          given = given.plus(alone?.now.cost ?? made.credited);
          return made;
        });
        const cases = replay(decisions, tried);
        const whole = { ...asked, request: { ...start.request, kind: 'cancellation' as const, type: null } };
        const ended = { ...whole, packages: whole.packages.map((p) => ({ ...p, status: 'cancelled' as const })) };
        const paid = decide(proof, ended).refund?.amount ?? '0.00';
        const cost = Money.sum(
          cases.map(({ then }) => then.cost),
          'USD',
        );
        expect(cost.compare(usd(paid))).toBeLessThanOrEqual(0);
        expect(replay(decisions, tried)).toEqual(cases);
        for (const { now, then } of replay(decisions, proof)) expect(then.cost).toEqual(now.cost);
      }),
      { numRuns: 200 },
    );
  },
);
