import type { Terms } from '../deciding/terms.policy.ts';

/** Any JSON that staff sent for a policy's terms; checked after it was merged. */
export type Change = Readonly<Record<string, unknown>>;

/** Members that say one thing in one of several forms: the new form replaces the old one, it does not join it. */
const WHOLE: readonly string[] = ['reply_within', 'administration_fee'];

/**
 * Terms with a change: objects member by member, everything else (lists too) as the change says it. Whether the result
 * is a policy is for the check to say.
 */
export function merged(terms: Terms, change: Change): unknown {
  return withChange(terms, change);
}

function withChange(base: unknown, change: unknown): unknown {
  if (!isObject(base) || !isObject(change)) return change;
  const joined = Object.entries(change).map(([name, value]): [string, unknown] => [
    name,
    WHOLE.includes(name) ? value : withChange(base[name], value),
  ]);
  return Object.fromEntries([...Object.entries(base), ...joined]);
}

export function isObject(value: unknown): value is Change {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
