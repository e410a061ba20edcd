import type { Run } from './measure.ts';

/** One work, ours beside its limit. */
export interface Row {
  work: string;
  ours: Run;
  limit: Run | null;
  /** The floor and the target of the ratio, where there is one. */
  floor?: number;
  target?: number;
}

const COLUMNS = [
  'work',
  'ours /s',
  'limit /s',
  'ratio',
  'floor',
  'target',
  'p50 ms',
  'p99 ms',
  'service ms',
  'db ms',
  'WAL B',
  'others %',
];

const whole = (n: number): string => (Number.isFinite(n) ? Math.round(n).toLocaleString('en') : '-');
const fine = (n: number): string => (Number.isFinite(n) ? n.toFixed(2) : '-');

export const ratioOf = ({ ours, limit }: Row): number | null => (limit === null ? null : ours.rate / limit.rate);

function cells(row: Row): string[] {
  const { work, ours, limit, floor, target } = row;
  const ratio = ratioOf(row);
  return [
    ...[work, whole(ours.rate), limit === null ? '-' : whole(limit.rate), ratio === null ? '-' : fine(ratio)],
    ...[floor === undefined ? '-' : fine(floor), target === undefined ? '-' : fine(target)],
    ...[fine(ours.p50), fine(ours.p99), fine(ours.serviceMs), fine(ours.databaseMs)],
    ...[whole(ours.walBytes), whole(ours.others * 100)],
  ];
}

/** A table for a terminal, the first column to the left and numbers to the right. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [COLUMNS, ...rows.map(cells)];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('  '),
    )
    .join('\n');
}
