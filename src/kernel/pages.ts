/** One page of a list, newest first; `next_cursor` is null on the last. */
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/** Where a page starts: after the row with these keys (a keyset, never an offset). */
export interface PageRequest {
  /** 1..100 */
  limit: number;
  after: readonly string[] | null;
}

export function encodeCursor(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/** The keys behind a cursor, or null where the text is no cursor of that many keys. */
export function decodeCursor(text: string, keys: number): string[] | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const sound = Array.isArray(value) && value.length === keys && value.every((k) => typeof k === 'string');
    return sound ? value : null;
  } catch {
    return null; // the caller refuses it as a bad cursor
  }
}

/**
 * Makes a page of rows that were read with `limit + 1`.
 * @param keys the keyset of a row, in the list's order
 */
export function page<R, T>(
  rows: readonly R[],
  limit: number,
  view: (row: R) => T,
  keys: (row: R) => string[],
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(view),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(keys(last)) : null,
  };
}
