import type { EntityManager } from 'typeorm';
import { Money } from '../../kernel/money.ts';
import { CONTRA } from './chart.ts';
import type { Hold } from './movements.ts';
import { request } from './request.ts';
import type { Telling } from './telling.ts';
import { linesJson, post, type Outcome } from './verbs.ts';

/** Sets cash aside, all of the amount or nothing: then the outcome is `short`. */
export async function holdCash(tx: EntityManager, telling: Telling, hold: Hold): Promise<Outcome> {
  const { amount, text } = hold;
  const taken = { text, amount: amount.negated() };
  const lines = linesJson([taken, { text: 'Set aside', amount }], Money.zero(amount.currency));
  const said = request(hold, amount.currency, 'hold', lines);
  const outcome = await post(tx, 'hold', said, [amount.minor, CONTRA[hold.contra]]);
  if (outcome.status !== 'short') telling.of(tx, hold, 'hold', outcome, amount.negated());
  return outcome;
}
