import { describe, expect, it } from '@jest/globals';
import { statusFrom, stepsTo } from './order-status.policy.ts';
import type { OrderStatus } from './order.machine.ts';

describe('the status of an order', () => {
  it.each<[OrderStatus, string[], OrderStatus]>([
    ['paid', ['planned', 'planned'], 'paid'],
    ['paid', ['picking', 'planned'], 'in_fulfilment'],
    ['paid', ['handed_over', 'planned'], 'in_fulfilment'],
    ['paid', ['handed_over', 'in_transit'], 'shipped'],
    ['in_fulfilment', ['delivered', 'exception'], 'shipped'],
    ['shipped', ['delivered', 'rto_delivered'], 'completed'],
    ['shipped', ['lost', 'cancelled'], 'completed'],
    ['paid', ['cancelled', 'planned'], 'paid'],
    ['paid', ['cancelled', 'cancelled'], 'cancelled'],
    ['awaiting_funds', ['planned'], 'awaiting_funds'],
    ['settled', ['delivered'], 'settled'],
  ])('%s with packages %j is %s', (own, packages, status) => {
    expect(
      statusFrom(
        own,
        packages.map((p) => ({ status: p })),
      ),
    ).toBe(status);
  });

  it('counts a parcel that was paid back, though the courier still has it, as ended', () => {
    const settledAt = new Date('2026-05-23T10:00:00Z');
    expect(statusFrom('shipped', [{ status: 'in_transit', settledAt }, { status: 'delivered' }])).toBe('completed');
    expect(statusFrom('shipped', [{ status: 'in_transit', settledAt }, { status: 'in_transit' }])).toBe('shipped');
  });
});

describe('what is told of an order', () => {
  it.each<[OrderStatus, OrderStatus, OrderStatus[]]>([
    ['paid', 'in_fulfilment', ['in_fulfilment']],
    ['paid', 'shipped', ['in_fulfilment', 'shipped']],
    ['in_fulfilment', 'completed', ['shipped', 'completed']],
    ['paid', 'cancelled', ['cancelled']],
    ['awaiting_funds', 'cancelled', ['cancelled']],
    ['completed', 'shipped', ['shipped']],
  ])('from %s to %s: %j', (from, to, steps) => {
    expect(stepsTo(from, to)).toEqual(steps);
  });
});
