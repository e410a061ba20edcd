import { CsvError, parse, type InfoRecord } from 'csv-parse/sync';
import { DomainError } from '../kernel/errors.ts';
import { bareCell } from '../kernel/formulas.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** So many for each that a file may have: spreadsheets write separators for rows that only look empty. */
const EMPTY_ROWS = 10;

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
  /** The columns that the file has at all. */
  has: ReadonlySet<C>;
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

/** The separator that the first line that is not empty has most of. */
function delimiterOf(text: string): string {
  const [first = ''] = /[^\r\n]+/.exec(text) ?? [];
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
  const [first, ...filled] = linesOf(text, delimiter, maxRows);
  if (first === undefined) throw new CsvUnreadable('The file is empty.');
  const { raw: headings } = first;
  const places = placesOf(headings, columns);
  const names = Object.keys(places) as C[];
  const has: ReadonlySet<C> = new Set(names.filter((name) => places[name] >= 0));
  const rows = filled.map(({ raw, row }) => {
    const cells = Object.fromEntries(names.map((name) => [name, bareCell(raw[places[name]] ?? '')])) as Record<
      C,
      string
    >;
    return { row, cells, has, raw };
  });
  return { headings, delimiter, rows };
}

/** The lines that hold anything. What is too much is refused while it is read: reading all of it would take minutes. */
function linesOf(text: string, delimiter: string, maxRows: number): { row: number; raw: string[] }[] {
  const lines: { row: number; raw: string[] }[] = [];
  const keep = (raw: string[], { records, empty_lines }: InfoRecord): null => {
    if (lines.length === 0 || raw.some((cell) => cell !== '')) lines.push({ row: records + empty_lines, raw });
    if (lines.length > maxRows + 1 || records > maxRows * EMPTY_ROWS)
      throw new TooManyRows(`The file has more rows than ${maxRows}, or many that are empty; send at most ${maxRows}.`);
    return null; // the parser need not keep it as well
  };
  const shape = { bom: true, delimiter, relax_column_count: true, skip_empty_lines: true, trim: true };
  try {
    parse(text, { ...shape, on_record: keep });
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
