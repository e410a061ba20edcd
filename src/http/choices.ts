import { closestMatch } from 'leven';

/** So many are all named where another word was said. */
const FEW = 20;
/** A third of the word may be wrong, a slip of two letters always. */
const SLIP = 2;

/** What to say of a word that is none of those that there are: short, and with what was meant where that shows. */
export function noneOf(word: unknown, choices: readonly string[]): string {
  if (choices.length <= FEW) return `It must be one of ${choices.join(', ')}`;
  const said = String(word);
  const maxDistance = Math.min(said.length - 1, Math.max(SLIP, Math.floor(said.length / 3)));
  const meant = closestMatch(said, choices, { maxDistance });
  const guess = meant === undefined ? '' : ` Is it ${meant}?`;
  return `There is no ${said} among the ${choices.length}.${guess} /openapi.json lists them`;
}
