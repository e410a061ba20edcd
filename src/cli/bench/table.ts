import type { Run } from './measure.ts';

/** One work, ours beside its limit. */
export interface Row {
  work: string;
  ours: Run;
  limit: Run | null;
  /** The floor and the target of the ratio, where there is one. */
  floor?: number;
  target?: number;
  /** What performance.md asks of it in other words than a ratio. */
  goal?: string;
}

/** A work with so many orders of the past. */
export interface GrowthRow {
  orders: number;
  work: string;
  ours: Run;
  /** With the fewest. */
  first: Run;
}

/** Source: performance.md, Goals: growth. */
export const GROWTH = { floor: 0.85, target: 0.95 };

const COLUMNS = [
  ...['work', 'ours /s', 'limit /s', 'ratio', 'floor', 'target', 'p50 ms', 'p99 ms', 'service ms', 'db ms'],
  ...['statements', 'buffers', 'WAL B', 'others %', 'goal'],
];
const GROWTH_COLUMNS = [
  ...['work', 'orders', 'ours /s', 'of the first', 'floor', 'target', 'p50 ms', 'p99 ms', 'service ms', 'db ms'],
  ...['buffers', 'more', 'WAL B', 'others %'],
];

export const whole = (n: number): string => (Number.isFinite(n) ? Math.round(n).toLocaleString('en') : '-');
export const fine = (n: number): string => (Number.isFinite(n) ? n.toFixed(2) : '-');

export const ratioOf = ({ ours, limit }: Row): number | null => (limit === null ? null : ours.rate / limit.rate);

const times = ({ p50, p99, serviceMs, databaseMs }: Run): string[] => [p50, p99, serviceMs, databaseMs].map(fine);

function cells(row: Row): string[] {
  const { work, ours, limit, floor, target, goal } = row;
  const ratio = ratioOf(row);
  return [
    ...[work, whole(ours.rate), limit === null ? '-' : whole(limit.rate), ratio === null ? '-' : fine(ratio)],
    ...[floor === undefined ? '-' : fine(floor), target === undefined ? '-' : fine(target), ...times(ours)],
    ...[fine(ours.statements), whole(ours.buffers), whole(ours.walBytes), whole(ours.others * 100)],
    [goal, ours.note].filter((part) => part !== undefined && part !== '').join(': '),
  ];
}

export const tableOf = (rows: readonly Row[]): string => aligned([COLUMNS, ...rows.map(cells)]);

export function growthTableOf(rows: readonly GrowthRow[]): string {
  const lines = rows.map(({ work, orders, ours, first }) => [
    ...[work, whole(orders), whole(ours.rate), fine(ours.rate / first.rate), fine(GROWTH.floor), fine(GROWTH.target)],
    ...[...times(ours), whole(ours.buffers), whole(ours.buffers - first.buffers), whole(ours.walBytes)],
    whole(ours.others * 100),
  ]);
  return aligned([GROWTH_COLUMNS, ...lines]);
}

/** A table for a terminal: words to the left, numbers to the right. */
export function aligned(lines: readonly (readonly string[])[]): string {
  const [head = []] = lines;
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const isWords = head.map(
    (_, column) => column === 0 || lines.slice(1).every((line) => !/^[\d-]/.test(line[column] ?? '')),
  );
  return lines
    .map((line) =>
      line
        .map((cell, c) => (isWords[c] === true ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
