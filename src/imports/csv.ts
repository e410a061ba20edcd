import { CsvError, parse } from 'csv-parse/sync';
import { DomainError } from '../kernel/errors.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;

export class CsvUnreadable extends DomainError {
  readonly code = 'csv_unreadable';
  readonly kind = 'invalid';
}

/** Columns that must be there and are not. */
export class ColumnsMissing extends DomainError {
  readonly code = 'columns_missing';
  readonly kind = 'invalid';

  constructor(missing: readonly string[], found: readonly string[]) {
    super(`The file lacks ${missing.join(', ')}; it has ${found.join(', ') || 'no columns'}.`, { missing, found });
  }
}

export class TooManyRows extends DomainError {
  readonly code = 'too_many_rows';
  readonly kind = 'invalid';
}

/** What a column means to an import: its name here, and every heading that stands for it. */
export interface Column {
  headings: readonly string[];
  required?: boolean;
}

/** One line of a file. */
export interface CsvRow<C extends string> {
  /** As a spreadsheet counts: the headings are row 1. */
  row: number;
  /** Trimmed; '' where the cell or the column is not there. */
  cells: Readonly<Record<C, string>>;
  /** The line as it came, cell by cell. */
  raw: readonly string[];
}

export interface CsvFile<C extends string> {
  headings: string[];
  delimiter: string;
  rows: CsvRow<C>[];
}

const plain = (heading: string): string =>
  heading
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

/** UTF-8, or what banks and older spreadsheets write. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The separator that the first line has most of. */
function delimiterOf(text: string): string {
  const [first = ''] = text.split(/\r?\n/, 1);
  const counts = DELIMITERS.map((sign) => first.split(sign).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/**
 * Reads a CSV file by its headings: any order, any of `, ; | tab`, upper or lower case, UTF-8 or Windows-1252.
 * @param columns every column that the import knows; others are passed over
 * @throws CsvUnreadable, ColumnsMissing, TooManyRows
 */
export function readCsv<C extends string>(
  bytes: Buffer,
  columns: Readonly<Record<C, Column>>,
  maxRows: number,
): CsvFile<C> {
  const text = textOf(bytes);
  if (text.includes('\0')) throw new CsvUnreadable('The file holds U+0000: it is not a CSV file.');
  const delimiter = delimiterOf(text);
  const lines = linesOf(text, delimiter);
  const [headings, ...rest] = lines;
  if (headings === undefined) throw new CsvUnreadable('The file is empty.');
  const filled = rest.map((raw, n) => ({ raw, row: n + 2 })).filter(({ raw }) => raw.some((cell) => cell !== ''));
  if (filled.length > maxRows) throw new TooManyRows(`The file has ${filled.length} rows; send at most ${maxRows}.`);
  const places = placesOf(headings, columns);
  const names = Object.keys(places) as C[];
  const rows = filled.map(({ raw, row }) => {
    const cells = Object.fromEntries(names.map((name) => [name, raw[places[name]] ?? ''])) as Record<C, string>;
    return { row, cells, raw };
  });
  return { headings, delimiter, rows };
}

function linesOf(text: string, delimiter: string): string[][] {
  try {
    const lines: string[][] = parse(text, { bom: true, delimiter, relax_column_count: true, trim: true });
    return lines;
  } catch (error) {
    if (error instanceof CsvError) throw new CsvUnreadable(`The file cannot be read as CSV: ${error.message}.`);
    throw error;
  }
}

/** Where each known column stands; -1 where it does not. */
function placesOf<C extends string>(
  headings: readonly string[],
  columns: Readonly<Record<C, Column>>,
): Record<C, number> {
  const found = headings.map(plain);
  const entries = (Object.entries(columns) as [C, Column][]).map(([name, { headings: known }]) => {
    const place = known.map((heading) => found.indexOf(plain(heading))).find((at) => at >= 0) ?? -1;
    return [name, place] as const;
  });
  const missing = entries.filter(([name, place]) => place < 0 && columns[name].required === true);
  if (missing.length > 0) {
    throw new ColumnsMissing(
      missing.map(([name]) => columns[name].headings[0] ?? name),
      headings,
    );
  }
  return Object.fromEntries(entries) as Record<C, number>;
}
