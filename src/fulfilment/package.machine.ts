import { IllegalStep, stepOrNull, type TransitionTable } from '../kernel/transitions.ts';

/** The states of a package in their usual order. Source: product.md, State machines. */
export const PACKAGE_STATUSES = [
  'planned',
  'picking',
  'packed',
  'labelled',
  'handed_over',
  'in_transit',
  'out_for_delivery',
  'attempt_failed',
  'available_for_pickup',
  'exception',
  'delivered',
  'rto_initiated',
  'rto_in_transit',
  'rto_delivered',
  'delivery_failed',
  'lost',
  'cancelled',
] as const;

export type PackageStatus = (typeof PACKAGE_STATUSES)[number];

/** What people and scanners do. `relabel`: stopped for a new address, its label is void and it waits for another. */
export type WarehouseSignal = 'pick' | 'pack' | 'label' | 'relabel' | 'hand_over' | 'cancel';

/** What the fold of the courier's events says; a signal is named for the status that it means. */
export const COURIER_SIGNALS = [
  'handed_over',
  'in_transit',
  'out_for_delivery',
  'attempt_failed',
  'available_for_pickup',
  'exception',
  'delivered',
  'rto_initiated',
  'rto_in_transit',
  'rto_delivered',
  'delivery_failed',
  'lost',
] as const;

export type CourierSignal = (typeof COURIER_SIGNALS)[number];

/** The courier's first physical scan ("accepted") is a hand-over; it never takes a package back to that state. */
const AFTER_HAND_OVER = {
  in_transit: 'in_transit',
  out_for_delivery: 'out_for_delivery',
  attempt_failed: 'attempt_failed',
  available_for_pickup: 'available_for_pickup',
  exception: 'exception',
  delivered: 'delivered',
  rto_initiated: 'rto_initiated',
  rto_in_transit: 'rto_in_transit',
  rto_delivered: 'rto_delivered',
  delivery_failed: 'delivery_failed',
  lost: 'lost',
} as const;

/**
 * The package machine: one table, both axes. For people an unnamed step is an error; for couriers it changes nothing.
 * Any step of the courier may be skipped, and the fold may revise any of its own words, ends included: a message that
 * comes late or is clearer ("Delivered, To Original Sender") makes another history out of the same parcel. That an end
 * wins over later minor scans is the fold's to say, which sees all events; here only the axis is kept: nothing the
 * courier says moves a package that is not labelled, nor one that is cancelled.
 */
export const PACKAGE: TransitionTable<PackageStatus, WarehouseSignal | CourierSignal> = {
  planned: { pick: 'picking', cancel: 'cancelled' },
  picking: { pack: 'packed', cancel: 'cancelled' },
  packed: { label: 'labelled', cancel: 'cancelled' },
  labelled: {
    hand_over: 'handed_over',
    relabel: 'packed',
    cancel: 'cancelled',
    handed_over: 'handed_over',
    ...AFTER_HAND_OVER,
  },
  handed_over: AFTER_HAND_OVER,
  in_transit: AFTER_HAND_OVER,
  out_for_delivery: AFTER_HAND_OVER,
  attempt_failed: AFTER_HAND_OVER,
  available_for_pickup: AFTER_HAND_OVER,
  exception: AFTER_HAND_OVER,
  delivered: AFTER_HAND_OVER,
  rto_initiated: AFTER_HAND_OVER,
  rto_in_transit: AFTER_HAND_OVER,
  rto_delivered: AFTER_HAND_OVER,
  delivery_failed: AFTER_HAND_OVER,
  lost: AFTER_HAND_OVER,
  cancelled: {},
};

/** Still in the warehouse, where it can be stopped. */
export const BEFORE_HAND_OVER: readonly PackageStatus[] = ['planned', 'picking', 'packed', 'labelled'];

/** Nobody carries it any more; what is left is settling it. */
export const ENDS: readonly PackageStatus[] = ['delivered', 'rto_delivered', 'delivery_failed', 'lost', 'cancelled'];

export function isBeforeHandOver(status: PackageStatus): boolean {
  return BEFORE_HAND_OVER.includes(status);
}

/** What the courier's word makes of a package, or null where it changes nothing. */
export function courierStep(status: PackageStatus, signal: CourierSignal): PackageStatus | null {
  const next = stepOrNull(PACKAGE, status, signal);
  return next === status ? null : next;
}

/**
 * What a person's step makes of a package.
 * @throws IllegalStep with the state and what can be done by hand
 */
export function warehouseStep(status: PackageStatus, signal: WarehouseSignal): PackageStatus {
  const next = stepOrNull(PACKAGE, status, signal);
  if (next === null) throw new IllegalStep('package', status, signal, warehouseSteps(status));
  return next;
}

/** What can be done with a package by hand; a label is made void by a new address alone. */
export function warehouseSteps(status: PackageStatus): WarehouseSignal[] {
  const byHand: readonly string[] = ['pick', 'pack', 'label', 'hand_over', 'cancel'];
  return (Object.keys(PACKAGE[status]) as WarehouseSignal[]).filter((signal) => byHand.includes(signal));
}
