import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import type { Report, Run } from './chaos/run.ts';
import { RUNS } from './chaos/runs.ts';
import { runCommand } from './command.ts';

const LARGEST_SEED = 2 ** 31;

type Options = Readonly<Record<string, number | boolean | undefined>>;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function whole(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number.parseInt(text, 10) : NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError('It is a whole number.');
  return value;
}

/** Plays one run and says what came of it. @returns false: something does not hold */
async function play(run: Run, options: Options): Promise<boolean> {
  const seed = typeof options['seed'] === 'number' ? options['seed'] : randomInt(LARGEST_SEED);
  const sizes: Record<string, number> = { seed };
  for (const [name, { usual, full }] of Object.entries(run.sizes)) {
    const given = options[name];
    sizes[name] = typeof given === 'number' ? given : options['full'] === true ? full : usual;
  }
  const shown = Object.entries(sizes).map(([name, size]) => `${wordsOf(name)} ${size}`);
  say(`${run.name}: ${shown.join(', ')}`);
  const began = performance.now();
  const report = await run.play({ ...sizes, seed }, (text) => {
    say(`  ${text}`);
  });
  tell(report);
  say(`  ${Math.round((performance.now() - began) / 1000)} s`);
  if (report.faults.length > 0) say(`  ${report.faults.length} faults; --seed ${seed} plays it again`);
  return report.faults.length === 0;
}

function tell({ counts, holds, faults, notRun }: Report): void {
  if (notRun !== undefined) say(`  not run: ${notRun}`);
  for (const [what, count] of Object.entries(counts)) say(`  ${what}: ${count}`);
  for (const fault of faults) say(`  FAULT ${fault}`);
  for (const sentence of holds) say(`  holds: ${sentence}`);
}

/** `topUps` on the command line is `top-ups`. */
const wordsOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const command = new Command('chaos')
  .description('Plays unkind stories on loopback, on databases of their own, and checks that everything still adds up.')
  .enablePositionalOptions();

for (const run of RUNS) {
  const one = command
    .command(run.name)
    .description(run.about)
    .option('--seed <n>', 'plays the same story again', whole)
    .option('--full', 'in full size', false);
  for (const [name, { about, usual, full }] of Object.entries(run.sizes))
    one.option(`--${wordsOf(name)} <n>`, `${about} (${usual}, in full ${full})`, whole);
  one.action(async (options: Options) => {
    if (!(await play(run, options))) process.exitCode = 1;
  });
}

const everything = RUNS.map(({ name, about, sizes }) => {
  const shown = Object.entries(sizes).map(([size, { usual, full }]) => `${wordsOf(size)} ${usual}, in full ${full}`);
  return `  ${name}\n    ${about}\n    ${shown.join('; ')}`;
});

command
  .command('all')
  .addHelpText('after', `\nIn this order:\n${everything.join('\n')}`)
  .description('Each of them, one after the other.')
  .option('--seed <n>', 'plays the same stories again', whole)
  .option('--full', 'in full size: hours', false)
  .action(async (options: Options) => {
    for (const run of RUNS) if (!(await play(run, options))) process.exitCode = 1;
  });

runCommand(async () => {
  if (process.argv.length > 2) await command.parseAsync();
  else command.outputHelp();
});
