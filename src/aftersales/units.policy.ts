/** Units of one line of an order. */
export interface Units {
  line: number;
  quantity: number;
}

/** One row a line, in the order of the lines. */
export function sumByLine(units: readonly Units[]): Units[] {
  const lines = new Map<number, number>();
  for (const { line, quantity } of units) lines.set(line, (lines.get(line) ?? 0) + quantity);
  return [...lines].sort(([a], [b]) => a - b).map(([line, quantity]) => ({ line, quantity }));
}

/**
 * Of the units that a case names, all where it names none, those that no other case has settled. A line that the package
 * does not hold counts as no units.
 * @param left of each line of the package
 */
export function freeUnits(named: readonly Units[], left: ReadonlyMap<number, number>): Units[] {
  const wanted = named.length > 0 ? sumByLine(named) : [...left].map(([line, quantity]) => ({ line, quantity }));
  return wanted.flatMap(({ line, quantity }) => {
    const units = Math.min(quantity, left.get(line) ?? 0);
    return units > 0 ? [{ line, quantity: units }] : [];
  });
}

/** The lines of which more is asked than is left. */
export function tooMany(
  asked: readonly Units[],
  left: readonly Units[],
): { line: number; asked: number; left: number }[] {
  return sumByLine(asked).flatMap(({ line, quantity }) => {
    const most = left.find((units) => units.line === line)?.quantity ?? 0;
    return quantity > most ? [{ line, asked: quantity, left: most }] : [];
  });
}
