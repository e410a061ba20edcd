import { CreateFloors1764000000001 } from './1764000000001-CreateFloors.ts';

/** Every migration, in the order in which they run. */
export const migrations = [CreateFloors1764000000001];
