import { IllegalStep } from '../../kernel/transitions.ts';
import {
  isAwaited,
  isOpenReturn,
  RETURN_STATUSES,
  returnStep,
  type ReturnSignal,
  type ReturnStatus,
} from './return.machine.ts';

const SIGNALS: readonly ReturnSignal[] = ['authorise', 'deny', 'send', 'expire', 'receive', 'refund', 'reject'];

/** Every step there is; all others are refused. */
const STEPS: readonly [ReturnStatus, ReturnSignal, ReturnStatus][] = [
  ['requested', 'authorise', 'authorised'],
  ['requested', 'deny', 'denied'],
  ['authorised', 'send', 'in_transit'],
  ['authorised', 'receive', 'received'],
  ['authorised', 'expire', 'expired'],
  ['in_transit', 'send', 'in_transit'],
  ['in_transit', 'receive', 'received'],
  ['received', 'refund', 'refunded'],
  ['received', 'reject', 'rejected'],
];

const pairs = RETURN_STATUSES.flatMap((status) => SIGNALS.map((signal) => [status, signal] as const));

it.each(pairs)('a return that is %s takes the step %s only as the table has it', (status, signal) => {
  const next = STEPS.find(([from, by]) => from === status && by === signal)?.[2];
  if (next === undefined) expect(() => returnStep(status, signal)).toThrow(IllegalStep);
  else expect(returnStep(status, signal)).toBe(next);
});

it('is open until it has ended, and awaited while its goods may come', () => {
  expect(RETURN_STATUSES.filter(isOpenReturn)).toEqual(['requested', 'authorised', 'in_transit', 'received']);
  expect(RETURN_STATUSES.filter(isAwaited)).toEqual(['authorised', 'in_transit']);
});
