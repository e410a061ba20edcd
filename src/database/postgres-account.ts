import { spawnSync, type SpawnOptions } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Whom PostgreSQL runs as: it refuses uid 0. */
export interface Account {
  uid?: number;
  gid?: number;
  wrap(program: string, args: string[]): { program: string; args: string[]; options: SpawnOptions };
}

const plain: Account = { wrap: (program, args) => ({ program, args, options: {} }) };

/** May any account enter every folder on the way? */
function reachable(place: string): boolean {
  for (let dir = path.resolve(place); ; dir = path.dirname(dir)) {
    if (fs.existsSync(dir) && (fs.statSync(dir).mode & 0o001) === 0) return false;
    if (dir === path.dirname(dir)) return true;
  }
}

/** Another account of the machine: `postgres` where there is one, else `nobody`; the folder's owner where it exists. */
function otherUser(dataDir: string, bin: string): Account | null {
  const owner = fs.existsSync(path.join(dataDir, 'PG_VERSION')) ? fs.statSync(dataDir).uid : undefined;
  if (owner === 0 || !reachable(path.dirname(dataDir)) || !reachable(bin)) return null;
  const users = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const named = (name: string) => users.find((fields) => fields[0] === name);
  const user = owner === undefined ? (named('postgres') ?? named('nobody')) : users.find((f) => Number(f[2]) === owner);
  if (user === undefined) return null;
  const [uid, gid] = [Number(user[2]), Number(user[3])];
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  fs.chownSync(dataDir, uid, gid);
  return { uid, gid, wrap: (program, args) => ({ program, args, options: { uid, gid } }) };
}

/** A user namespace, where the folder is not reachable by others (/root). */
function namespace(): Account | null {
  const enter = ['--user', '--map-user=1000', '--map-group=1000'];
  if (spawnSync('unshare', [...enter, 'true']).status !== 0) return null;
  return { wrap: (program, args) => ({ program: 'unshare', args: [...enter, program, ...args], options: {} }) };
}

/** @throws Error root, and no way around it; says what to do */
export function chooseAccount(dataDir: string, bin: string): Account {
  if (process.getuid?.() !== 0) return plain;
  const found = otherUser(dataDir, bin) ?? namespace();
  if (found !== null) return found;
  throw new Error(
    `PostgreSQL does not run as root, and ${dataDir} is not reachable by another account. ` +
      'Set DATABASE_URL, or run as another user, or set DATA_DIR to a folder such as /var/lib/waybill.',
  );
}
