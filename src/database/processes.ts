import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

export const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** The program's name, where such a process runs; null where it is gone or only waits to be buried (a zombie). */
function programOf(pid: number): string | null {
  if (fs.existsSync('/proc/self/stat')) {
    const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(readOrEmpty(`/proc/${pid}/stat`)) ?? [];
    return name === undefined || state === 'Z' || state === 'X' ? null : name;
  }
  const asked = spawnSync('ps', ['-o', 'state=,comm=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state = 'Z', name = ''] = /^(\S+)\s+(.*)$/m.exec(asked.stdout.trim()) ?? [];
  return state.startsWith('Z') ? null : name;
}

function readOrEmpty(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return ''; // no such process, or it ended while we looked
  }
}

export function isAlive(pid: number): boolean {
  return programOf(pid) !== null;
}

/** Is the process there, and PostgreSQL, not another program that was given the same number? */
export function isPostgres(pid: number): boolean {
  return programOf(pid)?.includes('postgres') === true;
}
