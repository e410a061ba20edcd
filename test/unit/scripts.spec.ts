import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TREE = path.join(ROOT, '.cache/scripts');

function write(file: string, content: string | object): void {
  const to = path.join(TREE, file);
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.writeFileSync(to, typeof content === 'string' ? content : JSON.stringify(content));
}

/** Runs a script of a tree of its own. `npm` there writes down how it was called, in place of the registry's client. */
function run(script: string): { code: number | null; said: string; npm: string | null } {
  fs.rmSync(path.join(TREE, 'called'), { force: true });
  const env = { ...process.env, npm_execpath: path.join(TREE, 'npm.mjs') };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(TREE, 'src/cli', script)], {
    env,
    encoding: 'utf8',
  });
  const called = path.join(TREE, 'called');
  return { code: status, said: stdout + stderr, npm: fs.existsSync(called) ? fs.readFileSync(called, 'utf8') : null };
}

beforeEach(() => {
  fs.rmSync(TREE, { recursive: true, force: true });
  for (const script of ['ensure-installed.mjs', 'ensure-built.mjs']) {
    write(`src/cli/${script}`, fs.readFileSync(path.join(ROOT, 'src/cli', script), 'utf8'));
  }
  write(
    'npm.mjs',
    `import fs from 'node:fs'; fs.writeFileSync(new URL('called', import.meta.url), process.argv.slice(2).join(' '));`,
  );
});
afterAll(() => {
  fs.rmSync(TREE, { recursive: true, force: true });
});

describe('ensure-installed', () => {
  const wanted = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', dev: true },
    'node_modules/other-platform': { version: '3.0.0', optional: true },
  };
  const installed = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } };

  it('is silent where everything is there, though another platform has packages of its own', () => {
    write('package-lock.json', { packages: wanted });
    write('node_modules/.package-lock.json', { packages: installed });
    expect(run('ensure-installed.mjs')).toEqual({ code: 0, said: '', npm: null });
  });

  it.each([
    ['nothing is installed', null, 2],
    ['a package has another version', { ...installed, 'node_modules/a': { version: '0.9.0' } }, 1],
    ['a package is missing', { 'node_modules/a': { version: '1.0.0' } }, 1],
  ])('says so and installs what the lock lists when %s', (_, packages, count) => {
    write('package-lock.json', { packages: wanted });
    if (packages !== null) write('node_modules/.package-lock.json', { packages });
    const { code, said, npm } = run('ensure-installed.mjs');
    expect([code, npm]).toEqual([0, 'ci --no-audit --no-fund --loglevel=error']);
    expect(said).toMatch(new RegExp(`^Installing ${count} packages? from the npm registry`));
  });

  it('ends with 1 and a sentence when the install fails', () => {
    write('package-lock.json', { packages: wanted });
    write('npm.mjs', 'process.exit(7);');
    const { code, said } = run('ensure-installed.mjs');
    expect(code).toBe(1);
    expect(said).toContain('The packages could not be installed');
  });
});

describe('ensure-built', () => {
  const past = new Date('2026-01-01T00:00:00Z');

  beforeEach(() => {
    for (const file of [
      'src/main.ts',
      'migrations/index.ts',
      'tsconfig.json',
      'tsconfig.build.json',
      'package-lock.json',
    ])
      write(file, '{}');
    write(
      'node_modules/typescript7/bin/tsc',
      `require('node:fs').mkdirSync('dist', { recursive: true }); console.log('compiled');`,
    );
    for (const place of fs.readdirSync(TREE, { recursive: true, encoding: 'utf8' }))
      fs.utimesSync(path.join(TREE, place), past, past);
  });

  it('compiles the first time, and not again while nothing changes', () => {
    expect(run('ensure-built.mjs')).toMatchObject({ code: 0, said: 'Building ...\ncompiled\n' });
    expect(run('ensure-built.mjs')).toMatchObject({ code: 0, said: '' });
  });

  it.each(['src/main.ts', 'migrations/index.ts', 'src/new.ts', 'tsconfig.json'])(
    'compiles again when %s changes',
    (file) => {
      run('ensure-built.mjs');
      write(file, '{ }');
      expect(run('ensure-built.mjs').said).toContain('compiled');
    },
  );

  it('ends with 1 when the compiler does, and tries again the next time', () => {
    write(
      'node_modules/typescript7/bin/tsc',
      `require('node:fs').mkdirSync('dist', { recursive: true }); process.exit(2);`,
    );
    expect(run('ensure-built.mjs').code).toBe(1);
    expect(run('ensure-built.mjs').code).toBe(1);
  });
});
