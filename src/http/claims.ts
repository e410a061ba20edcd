import { createHash } from 'node:crypto';
import type { Statement } from '../database/sql.ts';
import type { Actor } from './actor.ts';
import type { Call } from './call.ts';

/** An Idempotency-Key that a call came with, and what it stands for. */
export interface Claim {
  owner: string;
  key: string;
  fingerprint: string;
  /** The answer holds a secret: it is kept sealed. */
  secret: boolean;
}

/** An answer that is kept under a claim. */
export interface Keeping {
  claim: Claim;
  status: number;
  /** As it is stored: sealed where the claim is secret. */
  body: string;
}

/** @returns null: the call has no key, which its route allows */
export function claimOf(call: Call, secret: boolean): Claim | null {
  const key = call.idempotencyKey;
  if (key === null) return null;
  return { owner: ownerOf(call.actor), key, fingerprint: fingerprintOf(call), secret };
}

export const claimName = ({ owner, key }: Claim): string => `${owner} ${key}`;

/** Claims the keys, in one order whoever claims them; answers those that nobody had. */
export function claiming(claims: readonly Claim[]): Statement {
  const sorted = [...claims].sort((a, b) => (claimName(a) < claimName(b) ? -1 : 1));
  return {
    text: `INSERT INTO idempotency (owner_id, key, fingerprint) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
      ON CONFLICT DO NOTHING RETURNING owner_id, key`,
    values: [...namesOf(sorted), sorted.map(({ fingerprint }) => fingerprint)],
  };
}

/** Keeps the answers of claims that this transaction made. */
export function keeping(kept: readonly Keeping[]): Statement {
  const claims = kept.map(({ claim }) => claim);
  return {
    text: `UPDATE idempotency i SET status = k.status, body = k.body, sealed = k.sealed
      FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::boolean[]) AS k (owner_id, key, status, body, sealed)
      WHERE i.owner_id = k.owner_id AND i.key = k.key`,
    values: [
      ...namesOf(claims),
      kept.map(({ status }) => status),
      kept.map(({ body }) => body),
      claims.map(({ secret }) => secret),
    ],
  };
}

/** Gives claims back that this transaction made: their calls were wrong in form, and may come again. */
export function releasing(claims: readonly Claim[]): Statement {
  return {
    text: `DELETE FROM idempotency i USING unnest($1::uuid[], $2::text[]) AS c (owner_id, key)
      WHERE i.owner_id = c.owner_id AND i.key = c.key`,
    values: namesOf(claims),
  };
}

const namesOf = (claims: readonly Claim[]): [string[], string[]] => [
  claims.map(({ owner }) => owner),
  claims.map(({ key }) => key),
];

/** The key belongs to the merchant, or the staff user, or the caller's address before sign-up. */
function ownerOf(actor: Actor): string {
  if (actor.kind === 'merchant') return actor.merchantId;
  if (actor.kind === 'staff') return actor.userId;
  const hex = createHash('sha256').update(`address:${actor.address}`).digest('hex').slice(0, 32);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function fingerprintOf(call: Call): string {
  const body = Buffer.isBuffer(call.body) ? call.body.toString('base64') : JSON.stringify(sorted(call.body ?? {}));
  return createHash('sha256').update(`${call.method} ${call.url}\n${body}`).digest('hex');
}

/** The same fields in another order are the same request. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  );
}
