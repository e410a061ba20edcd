/** A promotional lot as it stands. */
export interface Lot {
  account: number;
  posted: bigint;
  rank: number;
  /** Null: never. Microseconds. */
  expiresUs: bigint | null;
  paysFor: readonly string[];
}

export interface Take {
  account: number;
  amount: bigint;
}

/** null, "never", sorts last. */
function byExpiry(a: Lot, b: Lot): number {
  if (a.expiresUs === b.expiresUs) return 0;
  if (a.expiresUs === null) return 1;
  if (b.expiresUs === null) return -1;
  return a.expiresUs < b.expiresUs ? -1 : 1;
}

/** Takes from what stands in order, until nothing is needed any more. */
function takeInOrder(from: readonly Take[], needed: bigint): Take[] {
  let need = needed;
  return from.flatMap(({ account, amount: has }) => {
    const amount = need < has ? need : has;
    need -= amount;
    return amount > 0n ? [{ account, amount }] : [];
  });
}

/**
 * Which bucket pays what: promotional lots that may pay for it and have not expired, by rank, then soonest expiry, then
 * the older one; then cash. Source: wallet.md, Verbs.
 * @param cash account number and what of it is available
 */
export function spendOrder(
  lots: readonly Lot[],
  cash: Take,
  asked: { amount: bigint; use: string; atUs: bigint },
): Take[] {
  const usable = lots
    .filter((lot) => lot.paysFor.includes(asked.use) && (lot.expiresUs === null || lot.expiresUs > asked.atUs))
    .sort((a, b) => a.rank - b.rank || byExpiry(a, b) || a.account - b.account);
  return takeInOrder([...usable.map(({ account, posted }) => ({ account, amount: posted })), cash], asked.amount);
}

/**
 * Which bucket gets what back: the reverse of the order in which they paid, so cash first, each at most what it paid.
 * @param shares in spend order, with what each has not got back yet
 */
export function giveBackOrder(shares: readonly Take[], amount: bigint): Take[] {
  return takeInOrder(shares.toReversed(), amount);
}
