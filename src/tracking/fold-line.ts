/** While one transaction waits for the database another one is prepared. */
const AT_ONCE = 2;

interface Waiting {
  ids: Set<string>;
  done: Promise<void>;
  finish: () => void;
}

/**
 * Packages in line for their fold, by merchant. Those that come while others are folded share the next transaction of
 * their merchant, so that the fuller the line, the less a fold costs.
 */
export class FoldLine {
  private readonly waiting = new Map<string, Waiting>();
  private working = 0;

  /** @param fold of one merchant's packages; must not throw */
  constructor(private readonly fold: (merchantId: string, ids: readonly string[]) => Promise<void>) {}

  /** Merchants in line. */
  get length(): number {
    return this.waiting.size;
  }

  /** Answers when these packages have been folded, by a fold that began after this call. */
  join(merchantId: string, ids: readonly string[]): Promise<void> {
    const known = this.waiting.get(merchantId) ?? newWaiting();
    for (const id of ids) known.ids.add(id);
    this.waiting.set(merchantId, known);
    if (this.working < AT_ONCE) void this.work();
    return known.done;
  }

  private async work(): Promise<void> {
    this.working += 1;
    for (const [merchantId, { ids, finish }] of this.waiting) {
      this.waiting.delete(merchantId);
      await this.fold(merchantId, [...ids]);
      finish();
    }
    this.working -= 1;
  }
}

function newWaiting(): Waiting {
  let finish = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { ids: new Set(), done, finish };
}
