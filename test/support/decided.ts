import { PRESETS } from '../../src/policies/presets/presets.ts';
import { decide } from '../../src/policies/deciding/decide.policy.ts';
import type { CaseType, Decision, FactPackage, FactRequest } from '../../src/policies/deciding/facts.policy.ts';
import type { Terms } from '../../src/policies/deciding/terms.policy.ts';
import { factsOf } from './facts.ts';

export function policy(id: string): Terms {
  const found = PRESETS.find((terms) => terms.id === id);
  if (found === undefined) throw new Error(`no preset ${id}`);
  return found;
}

export type Others = Parameters<typeof factsOf>[2];

/** preset, kind[:type], status or package, what else is asked, what else is known, the part of the decision that counts */
export type Row = [
  string,
  string,
  FactPackage['status'] | Partial<FactPackage>,
  Partial<FactRequest>,
  Others,
  Partial<Decision>,
];

export function decided([preset, asked, parcel, request, others]: Row): Decision {
  const [kind = 'tracking', type = null] = asked.split(':');
  const facts = factsOf(
    { kind: kind as FactRequest['kind'], type: type as CaseType | null, ...request },
    typeof parcel === 'string' ? { status: parcel } : parcel,
    others,
  );
  return decide(policy(preset), facts);
}

/** Names for it.each. */
export function named(rows: readonly Row[]): [string, Row][] {
  return rows.map((row) => [`${row[0]}, ${row[1]}, ${JSON.stringify(row[2])}, ${JSON.stringify(row[3])}`, row]);
}

export const usd = (amount: string): Decision['refund'] => ({ amount, currency: 'USD' });

/** Five days past the late limit. */
export const day25 = '2026-05-27T12:00:00Z';

/** What a warehouse saw. */
export const goods = { unopened: false, original_label: true, condition: 'original', return_code: null } as const;
export const used = { ...goods, condition: 'used' } as const;
export const gone = { ...goods, condition: 'missing' } as const;
