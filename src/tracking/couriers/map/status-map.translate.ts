import { AGGREGATORS } from './aggregators.translate.ts';
import { DHL_UPS_FEDEX } from './dhl-ups-fedex.translate.ts';
import { INDIAN } from './indian.translate.ts';
import { OTHERS } from './others.translate.ts';
import { POSTS } from './posts.translate.ts';
import type { Vocabulary } from './vocabulary.translate.ts';

/**
 * The published codes of the sources, one table a vocabulary, 1,000 rows in all. Compiled from
 * test/data/tracking/status_map.csv, which says where each row was seen; a test holds the two together.
 */
export const STATUS_MAP: Readonly<Record<string, Vocabulary>> = {
  ...AGGREGATORS,
  ...DHL_UPS_FEDEX,
  ...INDIAN,
  ...OTHERS,
  ...POSTS,
};
