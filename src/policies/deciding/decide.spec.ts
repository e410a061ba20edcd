import fs from 'node:fs';
import path from 'node:path';
import { PRESETS } from '../presets/presets.ts';
import { decide } from './decide.policy.ts';
import type { Facts } from './facts.policy.ts';

interface Vector {
  id: string;
  given: Facts;
  then: Record<string, unknown>;
}

const DATA = path.resolve(import.meta.dirname, '../../../test/data/policy-vectors');

function vectors(policy: string): [string, Vector][] {
  const text = fs.readFileSync(path.join(DATA, `${policy}.json`), 'utf8');
  return (JSON.parse(text) as Vector[]).map((vector) => [vector.id, vector]);
}

describe.each(PRESETS.map((terms) => [terms.id, terms] as const))('%s decides every published case', (id, terms) => {
  it.each(vectors(id))('%s', (_name, { given, then }) => {
    const decision = decide(terms, given);
    expect(decision).toMatchObject(then);
  });
});
