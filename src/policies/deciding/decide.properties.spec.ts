import fc from 'fast-check';
import { anyFacts, anyRequest } from '../../../test/support/facts.ts';
import { anyTerms } from '../../../test/support/terms.ts';
import { Money } from '../../kernel/money.ts';
import { PRESETS } from '../presets/presets.ts';
import { sectionsOf } from './clauses.policy.ts';
import { decide } from './decide.policy.ts';
import { EVIDENCE, type Decision, type Facts } from './facts.policy.ts';
import { shares } from './shares.policy.ts';

const RUNS = { numRuns: 250 };

function usd(amount: string): Money {
  return Money.parse(amount, 'USD');
}

/** What was paid for the package, or for the order. */
function paid(facts: Facts): Money {
  const { order, packages } = facts;
  const items = order.items.map((i) => ({ ...i, paid: usd(i.paid) }));
  const shipping = usd(order.shipping_paid);
  if (facts.package === null) return Money.sum([shipping, ...items.map((i) => i.paid)], 'USD');
  const share = shares({ currency: 'USD', shippingPaid: shipping, items }, packages).get(facts.package);
  return share === undefined ? Money.zero('USD') : share.goods.plus(share.shipping);
}

/** How good it is for the merchant. */
function rank({ outcome }: Decision): number {
  return outcome === 'deny' ? 0 : outcome === 'needs_evidence' ? 1 : 2;
}

describe.each(PRESETS.map((terms) => [terms.id, terms] as const))('%s, whatever the facts', (_id, terms) => {
  const onPage = new Set(sectionsOf(terms).flatMap((s) => s.keys.map((key) => `${terms.id}/${key}`)));

  it('decides the same facts the same way', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(decide(terms, structuredClone(facts))).toEqual(decide(terms, facts));
      }),
      RUNS,
    );
  });

  it('never decides without a clause, and only by clauses that stand on its page', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { clauses } = decide(terms, facts);
        expect(clauses.length).toBeGreaterThan(0);
        for (const clause of clauses) {
          expect(onPage).toContain(clause.id);
          expect(clause.text).toMatch(/^[A-Z].*\.$/);
          expect(clause.text + clause.effect).not.toMatch(/undefined|null|\{|\}/);
        }
      }),
      RUNS,
    );
  });

  it('carries money exactly with refund and store_credit, at most what was paid', () => {
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 0, max: 12_000 }), (facts, before) => {
        const already = Money.ofMinor(BigInt(before), 'USD');
        const { outcome, refund } = decide(terms, { ...facts, already_refunded: already.amount });
        expect(refund !== null).toBe(outcome === 'refund' || outcome === 'store_credit');
        if (refund === null) return;
        const amount = usd(refund.amount);
        expect(amount.isNegative()).toBe(false);
        expect(amount.compare(paid(facts).minus(already).atLeastZero())).toBeLessThanOrEqual(0);
      }),
      RUNS,
    );
  });

  it('is never worse with more evidence', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(...EVIDENCE), (facts, more) => {
        const before = decide(terms, facts);
        const after = decide(terms, { ...facts, evidence: [...new Set([...facts.evidence, more])] });
        expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
        if (before.refund !== null && after.refund !== null) expect(after.refund).toEqual(before.refund);
      }),
      RUNS,
    );
  });

  it('never gives back more than was paid over any sequence of requests, in money or in goods', () => {
    fc.assert(
      fc.property(anyFacts, fc.array(anyRequest, { minLength: 2, maxLength: 8 }), (start, requests) => {
        let given = Money.zero('USD');
        for (const request of requests) {
          const facts = { ...start, request, already_refunded: given.amount };
          const { outcome, refund } = decide(terms, facts);
          if (refund !== null) given = given.plus(usd(refund.amount));
          if (outcome === 'reship') {
            const left = paid(start).minus(given);
            // Goods are sent again as long as anything is left, and count as no more than that.
            expect(left.isPositive() || worthOfGoods(facts).isZero()).toBe(true);
            given = given.plus(worthOfGoods(facts).atMost(left));
          }
          expect(given.compare(paid(start))).toBeLessThanOrEqual(0);
        }
      }),
      RUNS,
    );
  });

  /** What a reship is worth: the same request's refund where nothing was credited before and money is all there is. */
  function worthOfGoods(facts: Facts): Money {
    const { kind, type } = facts.request;
    const whole = kind === 'claim' && ['lost', 'not_received', 'late', 'seized'].includes(type ?? '');
    const claims = {
      ...terms.claims,
      damaged: { ...terms.claims.damaged, remedies: ['refund' as const], amount: 'affected' as const },
    };
    const plain = decide(
      {
        ...terms,
        claims: {
          ...claims,
          damaged: {
            ...claims.damaged,
            proof: 'none',
            answer: 'remedy',
            evidence: [],
            evidence_any: [],
            window_days: 'lifetime',
          },
        },
      },
      {
        ...facts,
        request: { ...facts.request, kind: 'claim', type: 'damaged' },
        affected: whole ? [] : facts.affected,
        already_refunded: '0.00',
      },
    );
    return usd(plain.refund?.amount ?? '0.00');
  }

  it('waits either for an instant that is not past or for an event', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { outcome, reconsider_at, next_step } = decide(terms, facts);
        if (outcome !== 'wait') expect(reconsider_at).toBeNull();
        else expect(next_step).not.toBeNull();
        if (reconsider_at !== null) {
          expect(Date.parse(reconsider_at)).toBeGreaterThanOrEqual(Date.parse(facts.request.at));
        }
      }),
      RUNS,
    );
  });
});

describe('any policy that staff could publish, whatever the facts', () => {
  it('decides by clauses that stand on its page, with words in each of its languages', () => {
    fc.assert(
      fc.property(anyTerms, anyFacts, (terms, facts) => {
        const onPage = new Set(sectionsOf(terms).flatMap((s) => s.keys.map((key) => `${terms.id}/${key}`)));
        for (const language of terms.languages) {
          const { clauses } = decide(terms, facts, language);
          expect(clauses.length).toBeGreaterThan(0);
          for (const { id, text, effect } of clauses) {
            expect(onPage).toContain(id);
            expect(text + effect).not.toMatch(/undefined|null|NaN|\{|\}/);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never gives back more than was paid, over any sequence of requests', () => {
    fc.assert(
      fc.property(
        anyTerms,
        anyFacts,
        fc.array(anyRequest, { minLength: 2, maxLength: 8 }),
        (terms, start, requests) => {
          let given = Money.zero('USD');
          for (const request of requests) {
            const facts = { ...start, request, already_refunded: given.amount };
            const made = decide(terms, facts);
            const again = decide(terms, structuredClone(facts));
            expect(again).toEqual(made);
            if (made.refund !== null) given = given.plus(usd(made.refund.amount));
            expect(given.compare(paid(start))).toBeLessThanOrEqual(0);
          }
        },
      ),
      { numRuns: 250 },
    );
  });

  it('is never worse with more evidence', () => {
    fc.assert(
      fc.property(anyTerms, anyFacts, fc.constantFrom(...EVIDENCE), (terms, facts, more) => {
        const before = decide(terms, facts);
        const after = decide(terms, { ...facts, evidence: [...new Set([...facts.evidence, more])] });
        expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
        if (before.refund !== null && after.refund !== null) expect(after.refund).toEqual(before.refund);
      }),
      { numRuns: 250 },
    );
  });
});
