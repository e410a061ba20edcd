import { realNow } from '../../kernel/clock.ts';
import { playBilling } from './billing.ts';
import { storyOf } from './billing-story.ts';
import { playDiskFull } from './disk-full.ts';
import { playFaults } from './faults.ts';
import { playFuzz } from './fuzz.ts';
import { closedOnInterrupt } from './interrupt.ts';
import { DATABASE, SERVICE, strikeAndCheck, WORKERS, type Trouble } from './kills.ts';
import { playRolling } from './rolling.ts';
import { playModels } from './models.ts';
import { run, type Report, type Run, type Say } from './run.ts';
import { playSameKey } from './same-key.ts';
import { openChaos, type ChaosOptions } from './stand.ts';
import { playTracking, type TrackingStage } from './tracking.ts';
import { trackingStory } from './tracking-story.ts';
import { playWebhooks } from './webhooks.ts';

const WORKERS_SIZE = { about: 'besides the process that answers', usual: 3, full: 3 };
const CLIENTS = { about: 'at once, each doing one thing after the other', usual: 8, full: 8 };

/** On one process that answers and works, and workers that die now and then. */
async function onStand(on: ChaosOptions, say: Say, play: (stage: TrackingStage) => Promise<Report>): Promise<Report> {
  const stand = await openChaos(on);
  const close = closedOnInterrupt(() => stand.close());
  const { anyone, admin, doors, polled, kill: disturb } = stand;
  try {
    const report = await play({ anyone, admin, doors, polled, disturb, say });
    return { ...report, counts: { ...report.counts, 'workers killed': stand.killed() } };
  } finally {
    await close();
  }
}

const killing = (name: string, about: string, trouble: Trouble, kills: { usual: number; full: number }): Run =>
  run({
    ...{ name, about },
    sizes: { kills: { about: 'of it', ...kills }, clients: CLIENTS },
    play: (sizes, say) => strikeAndCheck(sizes, trouble, say),
  });

const BILLING = run({
  name: 'billing',
  about: 'Memberships over months of the sandbox clock: joins, renewals, dunning, upgrades, suspensions.',
  sizes: {
    merchants: { about: 'of mixed fortunes', usual: 60, full: 200 },
    months: { about: 'on the sandbox clock; a worker is killed in each', usual: 6, full: 24 },
    workers: WORKERS_SIZE,
  },
  play: (sizes, say) =>
    onStand({ start: storyOf(sizes).start, workers: sizes.workers, role: 'worker' }, say, async (stage) => {
      const { deeds, refused, periods, charges, charged, journals, faults } = await playBilling(stage, sizes);
      return {
        counts: { deeds, refused, ...periods, charges, charged: charged.toString(), journals },
        holds: [
          'every charge, amount and period equals the independent calculation; one charge a period',
          'periods touch without gap or overlap while a merchant is on a paid plan',
          'every balance, plan and status equals the calculation',
          'the ledger recomputes from its first posting',
        ],
        faults,
      };
    }),
});

const WEBHOOKS = run({
  name: 'webhooks',
  about: 'Receivers that refuse, hang, reset, drip, redirect, answer 500, 429 and 404, beside healthy ones.',
  sizes: {
    endpoints: { about: 'five a merchant, about a third of them healthy', usual: 240, full: 1_600 },
    topUps: { about: 'of each merchant, two events each; a worker is killed after each round', usual: 5, full: 10 },
    workers: WORKERS_SIZE,
  },
  play: (sizes, say) =>
    onStand({ start: realNow(), workers: sizes.workers, role: 'worker' }, say, async (stage) => {
      const { faults, healthyAfterMs, ...counts } = await playWebhooks(stage, sizes);
      return {
        counts: { ...counts, 'ms from the last event to the last healthy endpoint': healthyAfterMs },
        holds: [
          'every healthy endpoint had everything while the others were ill',
          'every endpoint has every event of its merchant, byte for byte as the feed shows it',
        ],
        faults,
      };
    }),
});

const TRACKING = run({
  name: 'tracking',
  about: 'What couriers say, three times, shuffled, up to 14 days late, pushed and polled, while processes die.',
  sizes: {
    parcels: { about: 'each of its own order', usual: 500, full: 5_000 },
    events: { about: 'of all parcels, before they are tripled', usual: 5_000, full: 50_000 },
    stepHours: { about: 'on the sandbox clock: so much arrives at once', usual: 12, full: 6 },
    workers: { ...WORKERS_SIZE, about: 'besides the process that asks, answering too; one is killed every day' },
  },
  play: (sizes, say) =>
    onStand({ start: trackingStory(sizes).start, workers: sizes.workers, role: 'all' }, say, async (stage) => {
      const { faults, ...counts } = await playTracking(stage, sizes);
      return {
        counts,
        holds: [
          'every parcel is where the ordered list of its events leaves it, by an independent calculation',
          'each step is told once, and each refund was made once, in full',
          'the ledger recomputes from its first posting',
        ],
        faults,
      };
    }),
});

const SAME_KEY = run({
  name: 'same-key',
  about: 'Many at once say the same under one key, to two processes.',
  sizes: {
    rounds: { about: 'each another order or top-up', usual: 60, full: 500 },
    twins: { about: 'at once', usual: 50, full: 50 },
  },
  play: playSameKey,
});

const FAULTS = run({
  name: 'faults',
  about: 'A line to PostgreSQL that is slow, cut, half-open, torn or drips, under four clients a connection.',
  sizes: {
    seconds: { about: 'of each fault', usual: 12, full: 120 },
    pool: { about: 'connections of the service', usual: 10, full: 10 },
  },
  play: playFaults,
});

const FUZZ = run({
  name: 'fuzz',
  about: 'Requests out of the document, right, wrong and absurd, to every route by everybody.',
  sizes: { requests: { about: 'one after the other', usual: 5_000, full: 200_000 } },
  play: playFuzz,
});

const MODELS = run({
  name: 'models',
  about: 'Any history of a wallet, of orders and of packages, beside independent models of them.',
  sizes: {
    runs: { about: 'of each', usual: 200, full: 5_000 },
    length: { about: 'of the longest, in commands', usual: 50, full: 200 },
  },
  play: playModels,
});

const ROLLING = run({
  name: 'rolling',
  about: 'Two processes are restarted in turn while clients trade that try once more.',
  sizes: { restarts: { about: 'in all', usual: 6, full: 20 }, clients: CLIENTS },
  play: playRolling,
});

const DISK_FULL = run({
  name: 'disk-full',
  about: 'A small disk runs full while clients trade; needs root.',
  sizes: {
    rounds: { about: 'of a full disk', usual: 3, full: 10 },
    megabytes: { about: 'of the disk, which is in memory', usual: 300, full: 300 },
    clients: CLIENTS,
  },
  play: playDiskFull,
});

/** In the order in which `all` plays them. */
export const RUNS: readonly Run[] = [
  killing('service', 'SIGKILL of the service while clients trade.', SERVICE, { usual: 10, full: 100 }),
  killing('database', 'SIGKILL of PostgreSQL while clients trade.', DATABASE, { usual: 6, full: 30 }),
  killing('workers', 'SIGKILL of workers and relays while clients trade.', WORKERS, { usual: 15, full: 100 }),
  SAME_KEY,
  FAULTS,
  DISK_FULL,
  ROLLING,
  BILLING,
  WEBHOOKS,
  TRACKING,
  FUZZ,
  MODELS,
];
