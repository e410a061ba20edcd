import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { realNow } from '../kernel/clock.ts';
import { playBilling, type Outcome, type Stage } from './chaos/billing.ts';
import { storyOf } from './chaos/billing-story.ts';
import { openChaos } from './chaos/stand.ts';
import { playWebhooks, type WebhookOptions } from './chaos/webhooks.ts';
import { runCommand } from './command.ts';

const LARGEST_SEED = 2 ** 31;
const INTERRUPTED = 130;

interface BillingOptions {
  seed: number;
  merchants: number;
  months: number;
  workers: number;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const indented = (text: string): void => {
  say(`  ${text}`);
};

function whole(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number.parseInt(text, 10) : NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError('It is a whole number.');
  return value;
}

/** Opens a stand, plays a story on it, says how long it took, and closes it whatever happens. */
async function play<T>(on: { start: Date; workers: number }, story: (stage: Stage) => Promise<T>): Promise<T> {
  const began = performance.now();
  const stand = await openChaos(on);
  const stop = (): void => void stand.close().then(() => process.exit(INTERRUPTED));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { anyone, admin, kill: disturb } = stand;
  try {
    const outcome = await story({ ...{ anyone, admin, disturb }, say: indented });
    say(`  ${Math.round((performance.now() - began) / 1000)} s, ${stand.killed()} workers killed`);
    return outcome;
  } finally {
    await stand.close();
  }
}

async function billing(options: BillingOptions): Promise<void> {
  const { seed, merchants, months, workers } = options;
  say(`billing: seed ${seed}, ${merchants} merchants, ${months} months, ${workers} workers besides the API`);
  report(await play({ start: storyOf(options).start, workers }, (stage) => playBilling(stage, options)));
}

async function webhooks(options: WebhookOptions & { workers: number }): Promise<void> {
  const { seed, endpoints, topUps, workers } = options;
  say(`webhooks: seed ${seed}, ${endpoints} endpoints, ${topUps} top-ups each, ${workers} workers besides the API`);
  const outcome = await play({ start: realNow(), workers }, (stage) => playWebhooks(stage, options));
  const { events, calls, doubles, healthy, healthyAfterMs, faults } = outcome;
  say(`  ${events} events, ${calls} calls, ${doubles} came twice or more`);
  say(`  the ${healthy} healthy ones had everything ${healthyAfterMs} ms after the last event`);
  if (faultsOf(faults)) return;
  say('  holds: every endpoint has every event of its merchant, byte for byte as the feed shows it');
}

/** Says what does not hold. @returns false where everything does */
function faultsOf(faults: readonly string[]): boolean {
  for (const fault of faults) say(`  FAULT ${fault}`);
  if (faults.length === 0) return false;
  say(`${faults.length} faults`);
  process.exitCode = 1;
  return true;
}

function report({ deeds, refused, periods, charges, charged, journals, faults }: Outcome): void {
  say(`  ${deeds} deeds, ${refused} of them refused as they should be`);
  say(`  periods: ${periods.paid} paid, ${periods.trial} trials, ${periods.waived} waived, ${periods.unpaid} unpaid`);
  say(`  charges: ${charges}, ${charged.toString()}`);
  if (faultsOf(faults)) return;
  say('  holds: every charge, amount and period equals the independent calculation; one charge a period');
  say('  holds: periods touch without gap or overlap while a merchant is on a paid plan');
  say('  holds: every balance, plan and status equals the calculation');
  say(`  holds: all books verified, ${journals} journals recomputed`);
}

const command = new Command('chaos').description(
  'Plays long, unkind stories and checks that everything still adds up.',
);

command
  .command('billing')
  .description('Memberships over months of the sandbox clock: joins, renewals, dunning, upgrades, suspensions.')
  .option('--seed <n>', 'plays the same story again', whole, randomInt(LARGEST_SEED))
  .option('--merchants <n>', 'of mixed fortunes', whole, 200)
  .option('--months <n>', 'on the sandbox clock', whole, 24)
  .option('--workers <n>', 'besides the process that answers; one is killed every month', whole, 3)
  .action(billing);

command
  .command('webhooks')
  .description('Receivers that refuse, hang, reset, drip, redirect, answer 500, 429 and 404, beside healthy ones.')
  .option('--seed <n>', 'plays the same story again', whole, randomInt(LARGEST_SEED))
  .option('--endpoints <n>', 'five a merchant, about a third of them healthy', whole, 1_600)
  .option('--top-ups <n>', 'of each merchant; each is two events', whole, 10)
  .option('--workers <n>', 'besides the process that answers; one is killed after each round of top-ups', whole, 3)
  .action(webhooks);

runCommand(async () => {
  await command.parseAsync();
});
