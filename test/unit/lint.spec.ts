import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Lints texts as if each stood in its file; in a process of its own, for the compiler that it keeps would keep ours. */
const LINT_ALL = `
  import { ESLint } from 'eslint';
  const texts = JSON.parse(await new Response(process.stdin).text());
  const eslint = new ESLint();
  const results = [];
  for (const { file, code } of texts) results.push((await eslint.lintText(code, { filePath: file }))[0].messages);
  console.log(JSON.stringify(results));`;

interface Text {
  file: string;
  code: string;
}

interface Message {
  ruleId: string;
  message: string;
  severity: number;
}

function lintAll(texts: readonly Text[]): Message[][] {
  const options = { cwd: ROOT, input: JSON.stringify(texts), encoding: 'utf8' } as const;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', LINT_ALL], options);
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Message[][];
}

const inService = (code: string): Text => ({ file: 'src/service.ts', code });
const testing = (call: string): string =>
  `import { describe, it, test } from '@jest/globals';\nexport const all = [describe, it, test, ${call}];`;

/** What is refused, and a word of the message: what stands in its place. */
const REFUSED: readonly (readonly [Text, rule: string, says: string])[] = [
  [inService('export const at = new Date();'), 'no-restricted-syntax', 'Clock'],
  [inService('export const at = Date.now();'), 'no-restricted-syntax', 'realNow()'],
  [inService('export const sql = `SELECT 1 WHERE due_at < now()`;'), 'no-restricted-syntax', 'clock.now()'],
  [inService("export const port = process.env['PORT'];"), 'no-restricted-syntax', 'src/config.ts'],
  [inService("export const rate = parseFloat('1.5');"), 'no-restricted-syntax', 'Number.parseInt'],
  [inService("export const rate = Number.parseFloat('1.5');"), 'no-restricted-syntax', 'Number.parseInt'],
  [
    inService('export const n = (row: { paid_minor: string }): number => Number(row.paid_minor);'),
    'no-restricted-syntax',
    'Money',
  ],
  [
    inService('export const n = (amount: string): number => Number.parseInt(amount, 10);'),
    'no-restricted-syntax',
    'Money',
  ],
  [
    inService("import { forwardRef } from '@nestjs/common';\nexport const later = forwardRef;"),
    'no-restricted-syntax',
    'event',
  ],
  [
    inService("import { NotFoundException } from '@nestjs/common';\nexport const no = NotFoundException;"),
    'no-restricted-syntax',
    'DomainError',
  ],
  [inService("console.log('done');"), 'no-restricted-syntax', 'Logger'],
  [inService('// eslint-disable-next-line\nexport const at = new Date();'), 'no-restricted-syntax', 'Clock'],
  [
    inService('export function start(): void {\n  Promise.resolve(1);\n}'),
    '@typescript-eslint/no-floating-promises',
    'await',
  ],
  [
    inService('export const first = (list: string[]): unknown => JSON.parse(list[0] as any);'),
    '@typescript-eslint/no-explicit-any',
    'any',
  ],
  [{ file: 'test/support/app.ts', code: testing('it.skip') }, 'no-restricted-syntax', 'Every test runs'],
  [{ file: 'test/support/app.ts', code: testing('describe.only') }, 'no-restricted-syntax', 'Every test runs'],
  [{ file: 'src/kernel/money.spec.ts', code: testing('test.todo') }, 'no-restricted-syntax', 'Every test runs'],
];

const ALLOWED: readonly Text[] = [
  { file: 'src/config.ts', code: "export const port = process.env['PORT'];" },
  { file: 'src/kernel/clock.ts', code: 'export const at = new Date();' },
  { file: 'test/support/app.ts', code: "export const url = process.env['DATABASE_URL'];" },
  {
    file: 'src/http/problems.ts',
    code: "import { HttpException } from '@nestjs/common';\nexport const base = HttpException;",
  },
  inService('export const at = (ms: number): Date => new Date(ms);'),
];

describe('the lint rules', () => {
  let refused: Message[][] = [];
  let allowed: Message[][] = [];

  beforeAll(() => {
    const all = lintAll([...REFUSED.map(([text]) => text), ...ALLOWED]);
    refused = all.slice(0, REFUSED.length);
    allowed = all.slice(REFUSED.length);
  }, 60_000);

  it.each(REFUSED.map(([text, rule, says], i) => ({ ...text, rule, says, i })))(
    'refuse $code in $file and say "$says"',
    ({ rule, says, i }) => {
      const message: unknown = expect.stringContaining(says);
      expect(refused[i]).toContainEqual(expect.objectContaining({ ruleId: rule, message, severity: 2 }));
    },
  );

  it.each(ALLOWED.map((text, i) => ({ ...text, i })))('let $file write $code', ({ i }) => {
    expect(allowed[i]).toEqual([]);
  });
});
