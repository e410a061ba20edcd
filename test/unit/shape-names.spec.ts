import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

const SRC = path.resolve(import.meta.dirname, '../../src');

it('gives every shape of the API a name of its own: the document knows them by nothing else', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.dto.ts'));
  const names = files.flatMap((file) =>
    [...readFileSync(path.join(SRC, file), 'utf8').matchAll(/^export class (\w+)/gm)].map(([, name = '']) => name),
  );
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
});
