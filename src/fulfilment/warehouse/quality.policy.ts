/** The result of looking at goods before they are packed. */
export interface QualityCheck {
  sku: string;
  passed: boolean;
  note?: string | undefined;
}

/** Goods that ask for a check and have no result, and those that did not pass. Both empty: they may be packed. */
export function openChecks(
  asked: readonly string[],
  checks: readonly QualityCheck[],
): { missing: string[]; failed: string[] } {
  const results = new Map<string, boolean>();
  for (const { sku, passed } of checks) results.set(sku, passed && results.get(sku) !== false);
  return {
    missing: asked.filter((sku) => !results.has(sku)),
    failed: [...results].filter(([, passed]) => !passed).map(([sku]) => sku),
  };
}
