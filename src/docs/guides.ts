import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The guides, in the order in which they are read; each is src/docs/guides/<name>.md. */
export const GUIDES = {
  'first-order': 'The first order in ten minutes',
  idempotency: 'Idempotency: never a double charge',
  webhooks: 'Webhooks, and the feed behind them',
  sandbox: 'The sandbox and its clock',
  policies: 'Policies: what is paid back when',
  memberships: 'Memberships: plans, periods, and when money is short',
  operations: 'Running it: backup, growth, and what to watch',
} as const;

export type GuideName = keyof typeof GUIDES;

export const isGuide = (name: string): name is GuideName => Object.hasOwn(GUIDES, name);

/** The package's own folder, from the sources as from what is built of them. */
function root(folder: string): string {
  return existsSync(path.join(folder, 'package.json')) ? folder : root(path.dirname(folder));
}

export const readGuide = (name: GuideName): string =>
  readFileSync(path.join(root(import.meta.dirname), 'src/docs/guides', `${name}.md`), 'utf8');
