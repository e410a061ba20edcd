import fc from 'fast-check';
import { IllegalStep } from '../kernel/transitions.ts';
import {
  BEFORE_HAND_OVER,
  COURIER_SIGNALS,
  courierStep,
  ENDS,
  PACKAGE,
  PACKAGE_STATUSES,
  warehouseStep,
  warehouseSteps,
  type CourierSignal,
  type PackageStatus,
  type WarehouseSignal,
} from './package.machine.ts';

const WAREHOUSE: readonly WarehouseSignal[] = ['pick', 'pack', 'label', 'relabel', 'hand_over', 'cancel'];
const anyStatus = fc.constantFrom(...PACKAGE_STATUSES);
const courierSignal = fc.constantFrom(...COURIER_SIGNALS);
const anySignal = fc.oneof(
  fc.constantFrom(...WAREHOUSE).map((signal) => ({ axis: 'warehouse' as const, signal })),
  courierSignal.map((signal) => ({ axis: 'courier' as const, signal })),
);

/** People's illegal steps are refused and leave the package as it was; the courier's unnamed ones change nothing. */
function run(
  start: PackageStatus,
  signals: readonly { axis: 'warehouse' | 'courier'; signal: string }[],
): PackageStatus[] {
  const seen = [start];
  for (const { axis, signal } of signals) {
    const now = seen.at(-1) ?? start;
    if (axis === 'courier') seen.push(courierStep(now, signal as CourierSignal) ?? now);
    else seen.push(PACKAGE[now][signal as WarehouseSignal] ?? now);
  }
  return seen;
}

describe('the package machine', () => {
  it.each<[PackageStatus, WarehouseSignal, PackageStatus | null]>([
    ['planned', 'pick', 'picking'],
    ['planned', 'pack', null],
    ['planned', 'hand_over', null],
    ['picking', 'pick', null],
    ['picking', 'pack', 'packed'],
    ['packed', 'label', 'labelled'],
    ['packed', 'hand_over', null],
    ['labelled', 'hand_over', 'handed_over'],
    ['labelled', 'relabel', 'packed'],
    ['labelled', 'cancel', 'cancelled'],
    ['handed_over', 'hand_over', null],
    ['handed_over', 'cancel', null],
    ['delivered', 'cancel', null],
    ['cancelled', 'hand_over', null],
    ['cancelled', 'pick', null],
  ])('%s takes %s to %s', (from, signal, to) => {
    if (to === null) expect(() => warehouseStep(from, signal)).toThrow(IllegalStep);
    else expect(warehouseStep(from, signal)).toBe(to);
  });

  it.each<[PackageStatus, CourierSignal, PackageStatus | null]>([
    ['planned', 'delivered', null],
    ['packed', 'in_transit', null],
    ['labelled', 'handed_over', 'handed_over'],
    ['labelled', 'delivered', 'delivered'],
    ['handed_over', 'out_for_delivery', 'out_for_delivery'],
    ['out_for_delivery', 'in_transit', 'in_transit'],
    ['in_transit', 'handed_over', null],
    ['attempt_failed', 'rto_initiated', 'rto_initiated'],
    ['lost', 'delivered', 'delivered'],
    ['delivered', 'rto_delivered', 'rto_delivered'],
    ['delivered', 'delivered', null],
    ['cancelled', 'delivered', null],
  ])('%s takes the courier word %s to %s', (from, signal, to) => {
    expect(courierStep(from, signal)).toBe(to);
  });

  it('names the state and the legal steps when it refuses', () => {
    try {
      warehouseStep('planned', 'hand_over');
      throw new Error('it was not refused');
    } catch (error) {
      expect(error).toBeInstanceOf(IllegalStep);
      expect((error as IllegalStep).facts).toEqual({ state: 'planned', step: 'hand_over', legal: ['pick', 'cancel'] });
    }
  });

  it('reaches every status from planned and leads nowhere out of cancelled', () => {
    const reached = new Set<PackageStatus>(['planned']);
    for (const status of reached) for (const next of Object.values(PACKAGE[status])) reached.add(next);
    expect([...reached].sort()).toEqual([...PACKAGE_STATUSES].sort());
    expect(Object.keys(PACKAGE.cancelled)).toEqual([]);
  });

  it('never leaves cancelled, never goes back into the warehouse, never skips a scan of the warehouse', () => {
    fc.assert(
      fc.property(anyStatus, fc.array(anySignal, { maxLength: 40 }), (start, signals) => {
        const seen = run(start, signals);
        for (const [i, now] of seen.slice(1).entries()) {
          const before = seen[i] ?? start;
          if (before === 'cancelled') expect(now).toBe('cancelled');
          if (!BEFORE_HAND_OVER.includes(before)) expect(BEFORE_HAND_OVER).not.toContain(now);
          if (now === 'cancelled' && before !== 'cancelled') expect(BEFORE_HAND_OVER).toContain(before);
          if (BEFORE_HAND_OVER.includes(now) && now !== before && !(before === 'labelled' && now === 'packed')) {
            expect(BEFORE_HAND_OVER.indexOf(now)).toBe(BEFORE_HAND_OVER.indexOf(before) + 1);
          }
        }
      }),
    );
  });

  it('hears the courier only from labelled on, and then ends where the last word says', () => {
    fc.assert(
      fc.property(anyStatus, fc.array(courierSignal, { minLength: 1, maxLength: 30 }), (start, words) => {
        const end = run(
          start,
          words.map((signal) => ({ axis: 'courier' as const, signal })),
        ).at(-1);
        const deaf = start === 'cancelled' || (BEFORE_HAND_OVER.includes(start) && start !== 'labelled');
        if (deaf) expect(end).toBe(start);
        else if (words.at(-1) !== 'handed_over') expect(end).toBe(words.at(-1));
      }),
    );
  });

  it('offers by hand what the table has for people, and nothing once it has ended', () => {
    expect(warehouseSteps('labelled')).toEqual(['hand_over', 'cancel']);
    for (const end of ENDS) expect(warehouseSteps(end)).toEqual([]);
  });
});
