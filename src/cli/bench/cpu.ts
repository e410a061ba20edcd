import fs from 'node:fs';

const TICK_MS = 10; // USER_HZ is 100 on every Linux that Node.js runs on

/** Fields of /proc/<pid>/stat after the name, which may hold blanks. */
function statOf(pid: number | string): string[] | null {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null; // it has ended
  }
}

const ticks = (stat: string[] | null, ...fields: number[]): number =>
  fields.reduce((sum, field) => sum + Number.parseInt(stat?.[field] ?? '0', 10), 0);

/** Fields counted from the state: 1 parent, 11 user, 12 system, 13 and 14 those of children that have ended. */
const [PARENT, USER, SYSTEM, ENDED_USER, ENDED_SYSTEM] = [1, 11, 12, 13, 14] as const;

/** CPU of one process so far, in ms. */
export function cpuOf(pid: number): number {
  return ticks(statOf(pid), USER, SYSTEM) * TICK_MS;
}

/** CPU of a process and its children so far, those that have ended included, in ms. */
export function cpuOfFamily(pid: number): number {
  const own = statOf(pid);
  let sum = ticks(own, USER, SYSTEM, ENDED_USER, ENDED_SYSTEM);
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (stat?.[PARENT] === String(pid)) sum += ticks(stat, USER, SYSTEM);
  }
  return sum * TICK_MS;
}

/** CPU of the whole machine so far that was not idle, in ms. */
export function cpuOfMachine(): number {
  const [line = ''] = fs.readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0] = line
    .split(/\s+/)
    .slice(1)
    .map((field) => Number.parseInt(field, 10));
  return (user + nice + system + irq + soft) * TICK_MS;
}
