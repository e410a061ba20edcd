import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { PROBLEMS } from './problems.ts';

const SOURCES = path.resolve(import.meta.dirname, '..');

/** Every code that an error class of the product has. */
const codesInSource = (): string[] =>
  readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(path.join(SOURCES, file), 'utf8'))
    .flatMap((text) => [...text.matchAll(/readonly code = '([a-z_]+)'/g)].map((match) => match[1] ?? ''));

it('has words for every error that the product can give: add them to problems.ts', () => {
  const codes = new Set(codesInSource());
  expect(codes.size).toBeGreaterThan(50);
  expect([...codes].filter((code) => !(code in PROBLEMS))).toEqual([]);
});
