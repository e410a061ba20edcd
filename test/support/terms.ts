import fc from 'fast-check';
import type { Terms } from '../../src/policies/deciding/terms.policy.ts';
import { PRESETS } from '../../src/policies/presets/presets.ts';
import { TERMS_SCHEMA } from '../../src/policies/terms.schema.ts';
import { faultsOf } from '../../src/policies/versions/draft.check.ts';
import { merged } from '../../src/policies/versions/merging.policy.ts';

interface Schema {
  type?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  pattern?: string;
  properties?: Record<string, Schema>;
}

/** Other values that the schema lets a parameter have. */
function others(schema: Schema, now: unknown): unknown[] {
  if (schema.enum !== undefined) return schema.enum.filter((choice) => choice !== now);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((form) => others(form, now));
  if (schema.type === 'boolean') return [now !== true];
  if (schema.type === 'null') return now === null ? [] : [null];
  if (schema.type === 'integer') return typeof now === 'number' ? [now + 1, Math.floor(now / 2)] : [2];
  if (schema.type === 'array' && Array.isArray(now)) return otherLists(schema.items?.enum ?? [], now);
  if (schema.properties?.['percent'] !== undefined) return [{ percent: '7.5' }];
  return [];
}

function otherLists(choices: readonly unknown[], now: readonly unknown[]): unknown[] {
  const more = choices.filter((choice) => !now.includes(choice)).map((choice) => [...now, choice]);
  return [...(now.length > 0 ? [now.slice(1)] : []), ...more];
}

function changes(schema: Schema, now: unknown, name: readonly string[] = []): [string, Record<string, unknown>][] {
  if (schema.properties !== undefined && typeof now === 'object' && now !== null) {
    return Object.entries(schema.properties).flatMap(([part, form]) =>
      changes(form, (now as Record<string, unknown>)[part], [...name, part]),
    );
  }
  return others(schema, now).map((value) => [
    name.join('/'),
    name.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as Record<string, unknown>,
  ]);
}

/** Every parameter, with the change that gives it another value. */
export function changesOf(terms: Terms): [string, Record<string, unknown>][] {
  return changes(TERMS_SCHEMA, terms);
}

/** Any policy that could be published: a preset with some parameters changed, as far as it stays one. */
export const anyTerms: fc.Arbitrary<Terms> = fc
  .record({
    preset: fc.constantFrom(...PRESETS),
    picks: fc.array(fc.nat({ max: 10_000 }), { maxLength: 8 }),
  })
  .map(({ preset, picks }) =>
    picks.reduce<Terms>((terms, pick) => {
      const all = changesOf(terms).filter(([name]) => name !== 'id');
      const [, change] = all[pick % all.length] ?? ['', {}];
      const other = merged(terms, change);
      return faultsOf(other).length === 0 ? (other as Terms) : terms;
    }, preset),
  );
