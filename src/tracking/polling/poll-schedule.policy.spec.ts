import { nextLook, pauseMs, type Watched } from './poll-schedule.policy.ts';

const NOW = new Date('2026-05-20T12:00:00Z');
const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);

const watched = (over: Partial<Watched>): Watched => ({
  ...{ status: 'in_transit', labelledAt: hoursAgo(50), handedOverAt: hoursAgo(48), endedAt: null },
  ...{ pushes: false, lastLook: false, ...over },
});

describe('when a courier is asked next', () => {
  it.each<[string, Partial<Watched>, number | null, boolean]>([
    ['a label that nobody has scanned', { status: 'labelled', handedOverAt: null }, 6, false],
    ['handed over', { status: 'handed_over' }, 3, false],
    ['under way', {}, 6, false],
    ['out for delivery', { status: 'out_for_delivery' }, 1, false],
    ['under way for three weeks', { handedOverAt: hoursAgo(24 * 21) }, 12, false],
    ['under way for four months', { handedOverAt: hoursAgo(24 * 121) }, null, false],
    ['under way, and the source sends messages', { pushes: true }, 24, false],
    ['on its way back', { status: 'rto_in_transit' }, 12, false],
    ['delivered just now', { status: 'delivered', endedAt: NOW }, 24, true],
    ['delivered ten hours ago', { status: 'delivered', endedAt: hoursAgo(10) }, 14, true],
    ['delivered two days ago', { status: 'delivered', endedAt: hoursAgo(48) }, 0, true],
    ['given up, nobody knows when', { status: 'lost' }, 24, true],
    ['looked at after its end', { status: 'delivered', endedAt: hoursAgo(24), lastLook: true }, null, false],
    ['asked for before a day was over', { status: 'rto_delivered', endedAt: hoursAgo(1), lastLook: true }, 23, true],
    ['cancelled', { status: 'cancelled' }, null, false],
    ['back in the warehouse', { status: 'packed' }, null, false],
  ])('%s', (_, over, hours, last) => {
    const look = nextLook(watched(over), NOW, 0.5);
    const inHours = look === null ? null : (look.at.getTime() - NOW.getTime()) / 3_600_000;
    expect([inHours, look?.last ?? false]).toEqual([hours, last]);
  });

  it('spreads looks by a tenth to either side', () => {
    const at = (jitter: number): number => (nextLook(watched({}), NOW, jitter)?.at.getTime() ?? 0) - NOW.getTime();
    expect([at(0), at(1)].map((ms) => ms / 3_600_000)).toEqual([5.4, 6.6]);
  });

  it('backs off doubling, six hours at the most', () => {
    expect([1, 2, 3, 20].map((failures) => pauseMs(failures, 1) / 60_000)).toEqual([5, 10, 20, 360]);
    expect(pauseMs(1, 0) / 60_000).toBe(2.5);
  });
});
