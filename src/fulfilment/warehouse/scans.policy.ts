export interface Units {
  sku: string;
  quantity: number;
}

/** A SKU of which not the right number was scanned. */
export interface ScanDifference extends Units {
  kind: 'wrong' | 'missing' | 'surplus';
}

/** One row a SKU, in the order in which each first appears. */
export function sumBySku(units: readonly Units[]): Units[] {
  const sums = new Map<string, number>();
  for (const { sku, quantity } of units) sums.set(sku, (sums.get(sku) ?? 0) + quantity);
  return [...sums].map(([sku, quantity]) => ({ sku, quantity }));
}

/**
 * What differs between what belongs into the package and what was scanned: a SKU that does not belong there (wrong),
 * too few of one (missing), too many (surplus). Empty: it may be closed.
 */
export function compareScans(expected: readonly Units[], scanned: readonly Units[]): ScanDifference[] {
  const wanted = new Map(sumBySku(expected).map(({ sku, quantity }) => [sku, quantity]));
  const found = new Map(sumBySku(scanned).map(({ sku, quantity }) => [sku, quantity]));
  const differences: ScanDifference[] = [];
  for (const [sku, quantity] of wanted) {
    const got = found.get(sku) ?? 0;
    if (got < quantity) differences.push({ sku, kind: 'missing', quantity: quantity - got });
    if (got > quantity) differences.push({ sku, kind: 'surplus', quantity: got - quantity });
  }
  for (const [sku, quantity] of found) if (!wanted.has(sku)) differences.push({ sku, kind: 'wrong', quantity });
  return differences;
}
