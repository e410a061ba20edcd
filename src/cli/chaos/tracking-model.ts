import type { Saying, Word } from './tracking-story.ts';

/** Where a parcel must be in the end, whatever came when. */
export interface ParcelEnd {
  status: Word | 'handed_over';
  /** It ended, and then the courier said otherwise. */
  disputed: boolean;
  /** How many times each step is told, by the name of its event. */
  told: ReadonlyMap<string, number>;
}

const ATTEMPT_MS = 4 * 3_600_000;

const TOLD: Partial<Record<Word, string>> = {
  in_transit: 'package.in_transit',
  out_for_delivery: 'package.out_for_delivery',
  attempt_failed: 'package.delivery_attempt_failed',
  available_for_pickup: 'package.available_for_pickup',
  exception: 'package.exception',
  delivered: 'package.delivered',
  rto_initiated: 'package.rto_initiated',
  rto_delivered: 'package.rto_delivered',
  lost: 'package.lost',
};

export const TOLD_NAMES: readonly string[] = [...Object.values(TOLD), 'package.disputed'];

const GOES_BACK: readonly Word[] = ['rto_initiated', 'rto_in_transit', 'rto_delivered'];
/** What takes an end back; a scan that comes after a delivery does not. */
const DENIES: Partial<Record<Word, readonly Word[]>> = {
  delivered: [...GOES_BACK, 'attempt_failed', 'lost'],
  lost: [...GOES_BACK, 'delivered'],
};

/** Reads the list in its order, as a person would; the product's own fold is not asked. Source: tracking.md, Algorithm. */
export function endOf(said: readonly Saying[]): ParcelEnd {
  const told = new Map<string, number>();
  const tell = (name: string | undefined): void => {
    if (name !== undefined) told.set(name, (told.get(name) ?? 0) + 1);
  };
  const attempts: number[] = [];
  let status: ParcelEnd['status'] = 'handed_over';
  const end = said.findIndex(({ word }) => word === 'delivered' || word === 'rto_delivered' || word === 'lost');
  for (const { word, at } of end < 0 ? said : said.slice(0, end + 1)) {
    if (word === 'attempt_failed') {
      if (at.getTime() - (attempts.at(-1) ?? -Infinity) >= ATTEMPT_MS) {
        attempts.push(at.getTime());
        tell(TOLD.attempt_failed);
      }
    } else if (word !== 'accepted' && word !== status) tell(TOLD[word]);
    if (word === 'rto_in_transit' && !told.has('package.rto_initiated')) tell('package.rto_initiated');
    if (word !== 'accepted') status = word;
  }
  const denied = status === 'handed_over' ? undefined : DENIES[status];
  const disputed = end >= 0 && said.slice(end + 1).some(({ word }) => denied?.includes(word) === true);
  if (disputed) tell('package.disputed');
  return { status, disputed, told };
}

/** Its money comes back by itself. Source: policies.md, courier-proof. */
export function isRefunded({ status, disputed }: ParcelEnd): boolean {
  return !disputed && (status === 'rto_delivered' || status === 'lost');
}
