import { ConfigError } from '../config.ts';
import { CannotStart } from '../service.ts';

/** What to tell a person at a terminal: a sentence where it is theirs to mend, the stack where it is ours. */
export function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof CannotStart) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Runs a command to its end: exit code 0, or what it set; 1 and the reason on stderr when it threw. */
export function runCommand(command: () => Promise<void>): void {
  command().then(
    () => process.exit(),
    (error: unknown) => {
      process.stderr.write(`${explain(error)}\n`);
      process.exit(1);
    },
  );
}
