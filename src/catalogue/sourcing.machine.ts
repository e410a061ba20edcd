import type { TransitionTable } from '../kernel/transitions.ts';

export const SOURCING_STATUSES = ['open', 'found', 'declined'] as const;
export type SourcingStatus = (typeof SOURCING_STATUSES)[number];

/** A request ends in a variant or a no. Source: product.md, Sourcing requests. */
export const SOURCING: TransitionTable<SourcingStatus, 'find' | 'decline'> = {
  open: { find: 'found', decline: 'declined' },
  found: {},
  declined: {},
};
