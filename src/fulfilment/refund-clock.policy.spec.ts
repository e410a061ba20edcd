import { refundClock, type ClockFacts } from './refund-clock.policy.ts';

const HANDED_OVER = new Date('2026-05-02T08:00:00.000Z');
const facts = (over: Partial<ClockFacts> = {}): ClockFacts => ({
  status: 'in_transit',
  handedOverAt: HANDED_OVER,
  lateAfterDays: 20,
  disputed: false,
  settledAt: null,
  ...over,
});

describe('the refund clock', () => {
  it.each([
    ['2026-05-02T08:00:00Z', 0],
    ['2026-05-03T07:59:59Z', 0],
    ['2026-05-03T08:00:00Z', 1],
    ['2026-05-16T20:00:00Z', 14],
    ['2026-05-22T08:00:00Z', 20],
    ['2026-04-30T08:00:00Z', 0],
  ])('at %s shows day %i of 20', (now, day) => {
    expect(refundClock(facts(), new Date(now))).toEqual({
      day,
      of: 20,
      refund_at: '2026-05-22T08:00:00.000Z',
      basis: '20 calendar days from hand-over',
      paused_by: null,
    });
  });

  it.each<[string, Partial<ClockFacts>]>([
    ['before hand-over', { handedOverAt: null, status: 'labelled' }],
    ['once delivered', { status: 'delivered' }],
    ['once back', { status: 'rto_delivered' }],
    ['once settled', { settledAt: HANDED_OVER }],
    ['where the policy has no such limit', { lateAfterDays: null }],
  ])('does not run %s', (_, over) => {
    expect(refundClock(facts(over), HANDED_OVER)).toBeNull();
  });

  it('says what pauses it', () => {
    expect(refundClock(facts({ status: 'rto_in_transit' }), HANDED_OVER)?.paused_by).toBe('rto');
    expect(refundClock(facts({ disputed: true }), HANDED_OVER)?.paused_by).toBe('disputed');
  });
});
