import { idOut, type IdPrefix } from '../../kernel/ids.ts';
import type { Cause } from './verbs.ts';

const PREFIXES: Readonly<Record<string, IdPrefix>> = {
  order: 'ord',
  package: 'pkg',
  decision: 'dec',
  claim: 'clm',
  return: 'ret',
  top_up: 'top',
  payout: 'pay',
  membership: 'mbr',
  merchant: 'mer',
  journal: 'jnl',
  adjustment: 'jnl',
};

/** A cause as the API links to it: `{ type: 'order', id: 'ord_…' }`; a membership's keeps its period, `mbr_…:2026-05`. */
export function causeOut({ type, id }: Cause): Cause {
  const prefix = PREFIXES[type];
  if (prefix === undefined) return { type, id };
  const [uuid = '', ...rest] = id.split(':');
  return { type, id: [idOut(prefix, uuid), ...rest].join(':') };
}

/** `order:ord_…` */
export function causeText(cause: Cause): string {
  const { type, id } = causeOut(cause);
  return `${type}:${id}`;
}
