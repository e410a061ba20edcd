import { DomainError } from './errors.ts';

/** state x signal -> state. The type demands a row for every state; an empty row is an end. */
export type TransitionTable<State extends string, Signal extends string> = {
  readonly [S in State]: { readonly [G in Signal]?: State };
};

/** A step that the machine does not have, named with the state and the steps that are legal. */
export class IllegalStep extends DomainError {
  readonly code = 'illegal_step';
  readonly kind = 'conflict';

  constructor(what: string, state: string, signal: string, legal: readonly string[]) {
    const can = legal.length === 0 ? 'nothing more can be done with it' : `legal steps: ${legal.join(', ')}`;
    super(`A ${what} that is ${state} cannot take the step "${signal}"; ${can}.`, { state, step: signal, legal });
  }
}

/** The steps that a state allows. */
export function legalSteps<S extends string, G extends string>(table: TransitionTable<S, G>, state: S): G[] {
  return Object.keys(table[state]) as G[];
}

/** The next state, or null where the table has no such step (for couriers: nothing changes). */
export function stepOrNull<S extends string, G extends string>(
  table: TransitionTable<S, G>,
  state: S,
  signal: G,
): S | null {
  return table[state][signal] ?? null;
}

/**
 * The next state (for people).
 * @param what the noun for the message, "package"
 * @throws IllegalStep with the state and the legal steps
 */
export function step<S extends string, G extends string>(
  table: TransitionTable<S, G>,
  what: string,
  state: S,
  signal: G,
): S {
  const next = stepOrNull(table, state, signal);
  if (next === null) throw new IllegalStep(what, state, signal, legalSteps(table, state));
  return next;
}
