import type { CourierStatus } from '../../canonical.translate.ts';

/** Status and reason as published; a null status means no transition. */
export type MapRow = readonly [status: CourierStatus | null, reason: string | null];

/** One vocabulary: its codes, written as their source writes them. */
export type Vocabulary = Readonly<Record<string, MapRow>>;
