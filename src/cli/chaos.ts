import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { playBilling, type Outcome } from './chaos/billing.ts';
import { storyOf } from './chaos/billing-story.ts';
import { openChaos } from './chaos/stand.ts';
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

function whole(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number.parseInt(text, 10) : NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError('It is a whole number.');
  return value;
}

async function billing(options: BillingOptions): Promise<void> {
  const { seed, merchants, months, workers } = options;
  say(`billing: seed ${seed}, ${merchants} merchants, ${months} months, ${workers} workers besides the API`);
  const began = performance.now();
  const stand = await openChaos({ start: storyOf(options).start, workers });
  const stop = (): void => void stand.close().then(() => process.exit(INTERRUPTED));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const stage = { anyone: stand.anyone, admin: stand.admin, disturb: stand.kill };
    const outcome = await playBilling(
      {
        ...stage,
        say: (text) => {
          say(`  ${text}`);
        },
      },
      options,
    );
    say(`  ${Math.round((performance.now() - began) / 1000)} s, ${stand.killed()} workers killed`);
    report(outcome);
  } finally {
    await stand.close();
  }
}

function report({ deeds, refused, periods, charges, charged, journals, faults }: Outcome): void {
  say(`  ${deeds} deeds, ${refused} of them refused as they should be`);
  say(`  periods: ${periods.paid} paid, ${periods.trial} trials, ${periods.waived} waived, ${periods.unpaid} unpaid`);
  say(`  charges: ${charges}, ${charged.toString()}`);
  for (const fault of faults) say(`  FAULT ${fault}`);
  if (faults.length > 0) {
    say(`${faults.length} faults`);
    process.exitCode = 1;
    return;
  }
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

runCommand(async () => {
  await command.parseAsync();
});
