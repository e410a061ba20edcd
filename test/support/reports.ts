import { expect } from '@jest/globals';
import type { Report } from '../../src/cli/chaos/run.ts';

/** A story that left no fault behind, the ledger looked at. */
export const soundReport = { faults: [], holds: expect.arrayContaining([expect.stringContaining('ledger')]) };

export const silent = (): void => undefined;

export const count = ({ counts }: Report, what: string): number => Number(counts[what]);
