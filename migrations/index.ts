import type { MixedList } from 'typeorm';

/** Every migration, in the order in which they run. */
export const migrations = [] satisfies MixedList<unknown>;
