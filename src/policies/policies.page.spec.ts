import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { anyFacts } from '../../test/support/facts.ts';
import { changesOf } from '../../test/support/terms.ts';
import { decide } from './deciding/decide.policy.ts';
import type { Language, Terms } from './deciding/terms.policy.ts';
import { factsOf } from './facts.check.ts';
import type { FactsBody } from './policies.dto.ts';
import { policyPage } from './policies.page.ts';
import { PRESETS } from './presets/presets.ts';
import { faultsOf } from './versions/draft.check.ts';
import { merged } from './versions/merging.policy.ts';

const DATA = path.resolve(import.meta.dirname, '../../test/data/policy-vectors');
const ALL_FACTS = PRESETS.flatMap(({ id }) =>
  (JSON.parse(fs.readFileSync(path.join(DATA, `${id}.json`), 'utf8')) as { given: FactsBody }[]).map(({ given }) =>
    factsOf(given),
  ),
);

/** What decides money, without the words that are made of the same terms. */
function answers(terms: Terms): string {
  return JSON.stringify(
    ALL_FACTS.map((facts) => {
      const { clauses, ...rest } = decide(terms, facts);
      return { ...rest, by: clauses.map(({ id }) => id) };
    }),
  );
}

function unescaped(html: string): string {
  const signs = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return Object.entries(signs).reduce((text, [escaped, sign]) => text.replaceAll(escaped, sign), html);
}

const page = (terms: Terms, language: Language): string =>
  policyPage({ terms, version: 1, at: new Date('2026-05-01T00:00:00Z') }, language);

describe.each(PRESETS.map((terms) => [terms.id, terms] as const))('the page of %s', (_id, preset) => {
  const terms: Terms = {
    ...preset,
    languages: ['en', 'fr'],
    title: { fr: 'Politique', ...preset.title },
    summary: { fr: 'Tout.', ...preset.summary },
  };

  it('reads otherwise, in both languages, whatever parameter decides otherwise', () => {
    const [answered, read, lu] = [answers(terms), page(terms, 'en'), page(terms, 'fr')];
    const decisive = new Set<string>();
    const silent: string[] = [];
    for (const [name, change] of changesOf(terms)) {
      const other = merged(terms, change) as Terms;
      if (faultsOf(other).length > 0 || answers(other) === answered) continue;
      decisive.add(name);
      if (page(other, 'en') === read) silent.push(`en ${JSON.stringify(change)}`);
      if (page(other, 'fr') === lu) silent.push(`fr ${JSON.stringify(change)}`);
    }
    expect(silent).toEqual([]);
    expect(decisive.size).toBeGreaterThan(30);
  });

  it.each(['en', 'fr'] as const)('holds word for word what any decision cites (%s)', (language) => {
    const read = unescaped(page(terms, language));
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 0, max: 12_000 }), (facts, before) => {
        const already_refunded = (before / 100).toFixed(2);
        for (const { id, text, effect } of decide(terms, { ...facts, already_refunded }, language).clauses) {
          expect(read).toContain(`<dt id="${id}">${text}</dt>`);
          expect(read).toContain(`: ${effect}. <code>${id}</code>`);
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each(['en', 'fr'] as const)(
    'says how days, tests, shares and cents are counted, and what a person may do (%s)',
    (language) => {
      const read = unescaped(page(terms, language));
      const keys = ['days', 'tests', 'shares', 'shipping', 'rounding', 'way_back', 'other_packages'];
      for (const id of [...keys.map((key) => `${terms.id}/counting/${key}`), 'operator/person']) {
        expect(read).toContain(`<dt id="${id}">`);
      }
      expect(read).toContain(language === 'en' ? '<h2>How we count</h2>' : '<h2>Comment nous comptons</h2>');
      const takesOff = /less their share|moins leur part|administration fee of|frais de dossier de/.test(read);
      expect(read.includes(`${terms.id}/counting/deductions`)).toBe(takesOff);
    },
  );

  it('shows every promise that a parameter makes, though it decides nothing', () => {
    const kept: Record<string, unknown>[] = [
      { all_claims: { reply_within: { hours: 7 } } },
      { all_claims: { close_when_inactive_days: 77 } },
      { all_claims: { evidence_max_bytes: 777_000 } },
      { tracking: { first_scan_due_hours: 77 } },
      { tracking: { rto_overdue_days: 77 } },
      { returns: { process_within_working_days: 7 } },
      { settlement: { claim_window_days: 77 } },
      { settlement: { delivered_after_refund: 'take_back' } },
    ];
    for (const change of kept) {
      const other = merged(terms, change) as Terms;
      expect({ change, same: page(other, 'en') === page(terms, 'en') }).toEqual({ change, same: false });
      expect({ change, same: page(other, 'fr') === page(terms, 'fr') }).toEqual({ change, same: false });
    }
  });
});

/** Of a claim that nothing proves, the page promises no money; and how long a delivery takes is said. */
it('promises no refund that is never given', () => {
  const guaranteed = PRESETS.find(({ id }) => id === 'guaranteed-delivery') as Terms;
  const read = page(guaranteed, 'en');
  for (const type of ['late', 'not_received']) {
    expect(read).toContain(`id="guaranteed-delivery/claims/${type}/tracking"`);
    expect(read).not.toContain(`id="guaranteed-delivery/claims/${type}"`);
  }
  expect(read).toContain('delivery takes 7 to 15 working days and may take longer');
  const slower = merged(guaranteed, { tracking: { delivery_working_days: { min: 8, max: 20 } } }) as Terms;
  expect(page(slower, 'en')).toContain('delivery takes 8 to 20 working days');
});

it('escapes what staff write into a title', () => {
  const [preset] = PRESETS as [Terms];
  const html = page({ ...preset, title: { en: '<script>alert(1)</script>' } }, 'en');
  expect(html).not.toContain('<script>');
  expect(html).toContain('&lt;script&gt;');
});
