// Runs before anything is installed, so with Node alone: installs what package-lock.json lists, where it is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const OLDEST = [20, 19];

function packagesOf(file) {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).packages ?? {}) : {};
}

/** npm writes down what it has installed; other platforms' packages are not in there. */
function missing() {
  const wanted = packagesOf(path.join(ROOT, 'package-lock.json'));
  const installed = packagesOf(path.join(ROOT, 'node_modules/.package-lock.json'));
  return Object.entries(wanted).filter(
    ([place, { version, optional }]) => place !== '' && optional !== true && installed[place]?.version !== version,
  ).length;
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(`Waybill needs Node.js ${OLDEST.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

const count = missing();
if (count > 0) {
  console.log(
    `Installing ${count} packages from the npm registry, as package-lock.json lists them; this happens once ...`,
  );
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const done =
    npm === undefined
      ? spawnSync('npm', args, { cwd: ROOT, stdio: 'inherit' })
      : spawnSync(process.execPath, [npm, ...args], { cwd: ROOT, stdio: 'inherit' });
  if (done.status !== 0) {
    console.error('The packages could not be installed: see above. Is the npm registry within reach?');
    process.exit(1);
  }
}
