import { A4, type Paper } from './paper.ts';

export interface TableColumn<R> {
  title: string;
  /** Millimetres. */
  width: number;
  align?: 'left' | 'right';
  value: (row: R) => string;
}

export const PAGE_MARGIN = 15;
export const PAGE_WIDTH = A4.widthMm - 2 * PAGE_MARGIN;
/** Where a page ends and the next begins. */
const BOTTOM = A4.heightMm - 20;
const GAP = 1;
const SIZE = 8.5;

/** Draws a table that goes on over as many pages as it needs, row by row, its head repeated on each page. */
export class Table<R> {
  private at: number;

  /**
   * @param y where it begins on the first page
   * @param onPage called for each page that it begins
   */
  constructor(
    private readonly paper: Paper,
    private readonly columns: readonly TableColumn<R>[],
    y: number,
    private readonly onPage: () => void = () => undefined,
  ) {
    this.at = head(paper, columns, y);
  }

  /** Where it ends so far. */
  get end(): number {
    return this.at;
  }

  add(row: R): void {
    const { paper, columns } = this;
    const height = Math.max(
      ...columns.map((c) => paper.heightOf(c.value(row), { size: SIZE, width: c.width - 2 * GAP, lines: 4 })),
    );
    if (this.at + height > BOTTOM) {
      paper.addPage();
      this.onPage();
      this.at = head(paper, columns, PAGE_MARGIN);
    }
    cells(paper, columns, this.at, (column) => column.value(row));
    this.at += height + GAP;
    paper.rule(PAGE_MARGIN, this.at, PAGE_MARGIN + PAGE_WIDTH, this.at, 0.25);
    this.at += GAP;
  }
}

/**
 * Draws a whole table.
 * @param y where it begins on the first page
 * @returns where it ended on the last one
 */
export function table<R>(paper: Paper, columns: readonly TableColumn<R>[], rows: readonly R[], y: number): number {
  const drawn = new Table(paper, columns, y);
  for (const row of rows) drawn.add(row);
  return drawn.end;
}

/** Room for what must not be torn from the page: a new page where `height` does not fit below `y`. */
export function room(paper: Paper, y: number, height: number, onPage: () => void = () => undefined): number {
  if (y + height <= BOTTOM) return y;
  paper.addPage();
  onPage();
  return PAGE_MARGIN;
}

function head<R>(paper: Paper, columns: readonly TableColumn<R>[], y: number): number {
  cells(paper, columns, y, (column) => column.title, true);
  paper.rule(PAGE_MARGIN, y + 5, PAGE_MARGIN + PAGE_WIDTH, y + 5);
  return y + 6;
}

function cells<R>(
  paper: Paper,
  columns: readonly TableColumn<R>[],
  y: number,
  text: (column: TableColumn<R>) => string,
  bold = false,
): void {
  let x = PAGE_MARGIN;
  for (const column of columns) {
    const align = column.align ?? 'left';
    paper.text(text(column), x + GAP, y, { size: SIZE, bold, width: column.width - 2 * GAP, align, lines: 4 });
    x += column.width;
  }
}
