// Compiles what dist/ lacks: when a source is newer than the last build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const BUILT = path.join(ROOT, 'dist/.built');
const SOURCES = ['src', 'migrations'];
const SETTINGS = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

function newest() {
  const files = SOURCES.flatMap((dir) =>
    readdirSync(path.join(ROOT, dir), { recursive: true }).map((file) => path.join(dir, file)),
  );
  return Math.max(...[...SETTINGS, ...files].map((file) => statSync(path.join(ROOT, file)).mtimeMs));
}

const began = new Date();
if (!existsSync(BUILT) || statSync(BUILT).mtimeMs < newest()) {
  console.log('Building ...');
  const compiler = path.join(ROOT, 'node_modules/typescript7/bin/tsc');
  const built = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
  if (built.status !== 0) process.exit(1);
  writeFileSync(BUILT, '');
  utimesSync(BUILT, began, began); // what changed while it ran is newer
}
