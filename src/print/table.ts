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

/**
 * Draws a table that goes on over as many pages as it needs, its head repeated on each.
 * @param y where it begins on the first page
 * @returns where it ended on the last one
 */
export function table<R>(paper: Paper, columns: readonly TableColumn<R>[], rows: readonly R[], y: number): number {
  let at = head(paper, columns, y);
  for (const row of rows) {
    const height = Math.max(
      ...columns.map((c) => paper.heightOf(c.value(row), { size: SIZE, width: c.width - 2 * GAP, lines: 4 })),
    );
    if (at + height > BOTTOM) {
      paper.addPage();
      at = head(paper, columns, PAGE_MARGIN);
    }
    cells(paper, columns, at, (column) => column.value(row));
    at += height + GAP;
    paper.rule(PAGE_MARGIN, at, PAGE_MARGIN + PAGE_WIDTH, at, 0.25);
    at += GAP;
  }
  return at;
}

/** Room for what must not be torn from the page: a new page where `height` does not fit below `y`. */
export function room(paper: Paper, y: number, height: number): number {
  if (y + height <= BOTTOM) return y;
  paper.addPage();
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
