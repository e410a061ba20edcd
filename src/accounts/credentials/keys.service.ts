import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../config.ts';
import { asCaller } from '../../database/scope.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import { Secrets } from '../../http/secrets.ts';
import { Clock, DAY_MS, instant, realNow } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import { HOUSE_ID, newId } from '../../kernel/ids.ts';
import type { PageRequest } from '../../kernel/pages.ts';
import { TooManyKeys } from '../accounts.errors.ts';
import { CredentialCache } from './credential-cache.ts';
import { newToken } from './token-format.ts';

/** How long the key before goes on working after a rotation, unless it is deleted or rotated away sooner. */
const OVERLAP_DAYS = 7;
const MAX_KEYS = 100;

/** Whose keys: a merchant's; one person's of the staff; or (`userId: null`) everybody's of the staff, for an admin. */
export interface KeyOwner {
  /** Null: the operator. */
  merchantId: string | null;
  userId: string | null;
}

export interface KeyRecord {
  id: string;
  userId: string | null;
  name: string | null;
  scopes: string[];
  /** Addresses and networks that it may be used from; null: from anywhere. */
  allowedIps: string[] | null;
  lastFour: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  /** Set on the older of the two of a rotation. */
  expiresAt: Date | null;
}

export interface GivenKey {
  name: string | null;
  scopes: readonly string[];
  /** Null or left out: from anywhere. */
  allowedIps?: readonly string[] | null | undefined;
}

/** How much a key was used on one day, UTC. */
export interface KeyUse {
  /** 2026-05-01 */
  day: string;
  calls: number;
  /** Of them from an address that the key does not allow. */
  refused: number;
}

/** A key with its secret, which is shown this once. */
export interface NewKey extends KeyRecord {
  secret: string;
}

interface StoredKey extends KeyRecord {
  family: string;
  hash: Buffer;
}

const COLUMNS = `id, user_id AS "userId", name, scopes, allowed_ips AS "allowedIps", last_four AS "lastFour", created_at AS "createdAt",
  last_used_at AS "lastUsedAt", expires_at AS "expiresAt", family, hash`;
const ALIVE = `revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`;
const OWNED = `merchant_id = $1 AND ($3::uuid IS NULL OR user_id = $3)`;

/** API keys: made, listed, rotated two at a time, revoked. Times are the machine's (api.md, Clocks). */
@Injectable()
export class KeysService {
  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly secrets: Secrets,
    private readonly cache: CredentialCache,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Tells merchant.key_created. @throws TooManyKeys the owner has a hundred */
  async create(tx: EntityManager, owner: KeyOwner, given: GivenKey): Promise<NewKey> {
    const key = await this.add(tx, owner, given);
    this.tell(tx, 'merchant.key_created', owner, key);
    return key;
  }

  /** The key of a sign-up, of which the sign-up itself tells. @throws TooManyKeys */
  async add(tx: EntityManager, owner: KeyOwner, given: GivenKey): Promise<NewKey> {
    const alive = await one<{ count: string }>(tx, `SELECT count(*) FROM api_key WHERE ${OWNED} AND ${ALIVE}`, [
      owner.merchantId ?? HOUSE_ID,
      realNow(),
      owner.userId,
    ]);
    if (BigInt(alive?.count ?? 0) >= MAX_KEYS) throw new TooManyKeys(MAX_KEYS);
    const id = newId();
    return this.store(tx, owner, { id, family: id, ...given });
  }

  /** Those that work, newest first; one row more than the page, where there is one. */
  list(owner: KeyOwner, request: PageRequest): Promise<KeyRecord[]> {
    return rows<StoredKey>(
      asCaller(this.db, owner.merchantId),
      `SELECT ${COLUMNS} FROM api_key WHERE ${OWNED} AND ${ALIVE} AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5`,
      [owner.merchantId ?? HOUSE_ID, realNow(), owner.userId, request.after?.[0] ?? null, request.limit + 1],
    );
  }

  /**
   * A new key with the same name and scopes. The newest before it goes on for 7 days, any older one of the line ends:
   * two work at a time (reliability.md, Security settings).
   * @throws NotFound no such key of this owner works
   */
  async rotate(tx: EntityManager, owner: KeyOwner, id: string): Promise<NewKey> {
    const house = owner.merchantId ?? HOUSE_ID;
    const named = await this.alive(tx, owner, id);
    await rows(tx, `SELECT 1 FROM api_key WHERE merchant_id = $1 AND id = $2 FOR UPDATE`, [house, named.family]);
    const line = await rows<StoredKey>(
      tx,
      `SELECT ${COLUMNS} FROM api_key WHERE merchant_id = $1 AND ${ALIVE} AND family = $3 ORDER BY id DESC`,
      [house, realNow(), named.family],
    );
    if (!line.some((key) => key.id === id)) throw new NotFound('key');
    const [newest, ...older] = line;
    if (newest !== undefined) {
      const until = new Date(realNow().getTime() + OVERLAP_DAYS * DAY_MS);
      await rows(tx, `UPDATE api_key SET expires_at = least(expires_at, $3) WHERE merchant_id = $1 AND id = $2`, [
        house,
        newest.id,
        until,
      ]);
    }
    await this.end(tx, house, older);
    const key = await this.store(
      tx,
      { ...owner, userId: named.userId },
      { id: newId(), family: named.family, name: named.name, scopes: named.scopes, allowedIps: named.allowedIps },
    );
    this.tell(tx, 'merchant.key_created', owner, key);
    return key;
  }

  /**
   * What is left out stays; felt at once here, within 5 seconds elsewhere.
   * @throws NotFound no such key of this owner works
   */
  async change(
    tx: EntityManager,
    owner: KeyOwner,
    id: string,
    { name, allowedIps }: Partial<Pick<GivenKey, 'name' | 'allowedIps'>>,
  ): Promise<KeyRecord> {
    const key = await this.alive(tx, owner, id);
    const changed = await one<StoredKey>(
      tx,
      `UPDATE api_key SET name = CASE WHEN $3 THEN $4 ELSE name END,
         allowed_ips = CASE WHEN $5 THEN $6::text[] ELSE allowed_ips END
       WHERE merchant_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [
        ...[owner.merchantId ?? HOUSE_ID, id, name !== undefined, name ?? null],
        ...[allowedIps !== undefined, allowedIps ?? null],
      ],
    );
    if (changed === null) throw new NotFound('key');
    this.cache.dropAfterCommit(tx, key.hash);
    return changed;
  }

  /** The days on which it was used, newest first. @throws NotFound no such key of this owner works */
  async usage(owner: KeyOwner, id: string, days: number): Promise<KeyUse[]> {
    await this.alive(asCaller(this.db, owner.merchantId), owner, id);
    return rows<KeyUse>(
      asCaller(this.db, owner.merchantId),
      `SELECT day::text, calls::float8 AS calls, refused::float8 AS refused FROM api_key_usage
       WHERE merchant_id = $1 AND key_id = $2 ORDER BY day DESC LIMIT $3`,
      [owner.merchantId ?? HOUSE_ID, id, days],
    );
  }

  /**
   * Ends a key: at once here, within 5 seconds elsewhere.
   * @throws NotFound no such key of this owner works
   */
  async revoke(tx: EntityManager, owner: KeyOwner, id: string): Promise<void> {
    const key = await this.alive(tx, owner, id);
    await this.end(tx, owner.merchantId ?? HOUSE_ID, [key]);
    this.tell(tx, 'merchant.key_revoked', owner, key);
  }

  /** Ends every key of a merchant that closes. */
  async revokeAll(tx: EntityManager, merchantId: string): Promise<void> {
    const alive = await rows<StoredKey>(tx, `SELECT ${COLUMNS} FROM api_key WHERE merchant_id = $1 AND ${ALIVE}`, [
      merchantId,
      realNow(),
    ]);
    await this.end(tx, merchantId, alive);
  }

  /** Of merchants' keys alone. */
  private tell(
    tx: EntityManager,
    name: 'merchant.key_created' | 'merchant.key_revoked',
    { merchantId }: KeyOwner,
    { id: keyId, lastFour }: KeyRecord,
  ): void {
    if (merchantId === null) return;
    this.outbox.tell(tx, name, { merchantId, keyId, lastFour, at: instant(this.clock.now()) });
  }

  private async alive(tx: Db, owner: KeyOwner, id: string): Promise<StoredKey> {
    const found = await one<StoredKey>(tx, `SELECT ${COLUMNS} FROM api_key WHERE ${OWNED} AND id = $4 AND ${ALIVE}`, [
      owner.merchantId ?? HOUSE_ID,
      realNow(),
      owner.userId,
      id,
    ]);
    if (found === null) throw new NotFound('key');
    return found;
  }

  private async end(tx: EntityManager, merchantId: string, keys: readonly StoredKey[]): Promise<void> {
    if (keys.length === 0) return;
    const ended = `UPDATE api_key SET revoked_at = $3 WHERE merchant_id = $1 AND id = ANY ($2::uuid[])`;
    await rows(tx, ended, [merchantId, keys.map(({ id }) => id), realNow()]);
    await rows(tx, `DELETE FROM api_key_route WHERE hash = ANY ($1::bytea[])`, [keys.map(({ hash }) => hash)]);
    for (const { hash } of keys) this.cache.dropAfterCommit(tx, hash);
  }

  private async store(
    tx: EntityManager,
    { merchantId, userId }: KeyOwner,
    { id, family, name, scopes, allowedIps = null }: GivenKey & { id: string; family: string },
  ): Promise<NewKey> {
    const secret = newToken(this.config.sandbox ? 'wb_test_' : 'wb_live_');
    const hash = this.secrets.hmac('api-key', secret);
    const stored = await one<StoredKey>(
      tx,
      `WITH route AS (INSERT INTO api_key_route (hash, merchant_id, key_id) VALUES ($5, $1, $2))
       INSERT INTO api_key (merchant_id, id, user_id, family, hash, name, last_four, scopes, created_at, allowed_ips)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${COLUMNS}`,
      [merchantId ?? HOUSE_ID, id, userId, family, hash, name, secret.slice(-4), scopes, realNow(), allowedIps],
    );
    if (stored === null) throw new Error('The key was not stored.');
    return { ...stored, secret };
  }
}
