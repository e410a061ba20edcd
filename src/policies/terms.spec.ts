import { Ajv } from 'ajv';
import { clauseOf, sectionsOf } from './deciding/clauses.policy.ts';
import { LANGUAGES } from './deciding/terms.policy.ts';
import { PRESETS } from './presets/presets.ts';
import { TERMS_SCHEMA } from './terms.schema.ts';

const isSound = new Ajv({ allErrors: true }).compile(TERMS_SCHEMA);

describe.each(PRESETS.map((terms) => [terms.id, terms] as const))('the preset %s', (_id, terms) => {
  it('is what the schema describes, and plain JSON', () => {
    expect(isSound(terms) ? [] : isSound.errors).toEqual([]);
    expect(JSON.parse(JSON.stringify(terms))).toEqual(terms);
  });

  it('has words for every clause, in each of its languages', () => {
    for (const language of LANGUAGES) {
      const clauses = sectionsOf({ ...terms, languages: [...LANGUAGES] }).flatMap((s) => s.keys);
      expect(new Set(clauses).size).toBe(clauses.length);
      for (const key of clauses) {
        const { text, effect } = clauseOf({ ...terms, languages: [...LANGUAGES] }, key, language);
        expect(text).toMatch(/^[A-ZÀ-Ý].*\.$/);
        expect(text + effect).not.toMatch(/undefined|null|\[object|_/);
        expect(effect).not.toBe('');
      }
    }
  });

  it('has its title and summary in each of its languages', () => {
    for (const language of terms.languages) {
      expect(terms.title[language]).toBeDefined();
      expect(terms.summary[language]).toBeDefined();
    }
  });
});

it('the schema refuses what is not a parameter', () => {
  const [first] = PRESETS;
  expect(isSound({ ...first, tracking: { ...first?.tracking, late_after_weeks: 3 } })).toBe(false);
  expect(isSound({ ...first, returns: { ...first?.returns, administration_fee: { percent: '120' } } })).toBe(false);
});
