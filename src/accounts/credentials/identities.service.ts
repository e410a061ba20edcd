import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { inTransaction } from '../../database/transaction.ts';
import { MERCHANT_SCOPES, type MerchantActor, type Scope, type StaffActor, type StaffRole } from '../../http/actor.ts';
import { Identities } from '../../http/identities.ts';
import { Secrets } from '../../http/secrets.ts';
import { realNow } from '../../kernel/clock.ts';
import { HOUSE_ID } from '../../kernel/ids.ts';
import type { MerchantStatus } from '../account.machine.ts';
import { AddressNotAllowed } from '../accounts.errors.ts';
import { CredentialCache, type Known } from './credential-cache.ts';
import { isWithin } from './networks.ts';
import { rolesOfKey } from './scopes.policy.ts';
import { isSound } from './token-format.ts';

const USE_MS = 60_000;
const ALL_SCOPES: ReadonlySet<Scope> = new Set(MERCHANT_SCOPES);

interface KeyRow {
  merchant_id: string;
  id: string;
  user_id: string | null;
  scopes: string[];
  expires_at: Date | null;
  allowed_ips: string[] | null;
  roles: string[] | null;
}

interface SessionRow {
  merchant_id: string;
  user_id: string;
  expires_at: Date;
  roles: string[];
  /** Of the merchant; null for staff. */
  status: MerchantStatus | null;
}

const READ_SCOPES: ReadonlySet<Scope> = new Set(MERCHANT_SCOPES.filter((scope) => scope.endsWith(':read')));

/** A key of a closed account is nobody's. */
const KEY = `
  SELECT k.merchant_id, k.id, k.user_id, k.scopes, k.expires_at, k.allowed_ips, u.roles
  FROM api_key_route r
  JOIN api_key k ON k.merchant_id = r.merchant_id AND k.id = r.key_id
  LEFT JOIN merchant m ON m.id = r.merchant_id
  LEFT JOIN account_user u ON u.merchant_id = k.merchant_id AND u.id = k.user_id
  WHERE r.hash = $1 AND k.revoked_at IS NULL AND m.status IS DISTINCT FROM 'closed'`;

/** The people of a closed account read: their statements are theirs. */
const SESSION = `
  SELECT s.merchant_id, s.user_id, s.expires_at, u.roles, m.status
  FROM session s
  JOIN account_user u ON u.merchant_id = s.merchant_id AND u.id = s.user_id
  LEFT JOIN merchant m ON m.id = s.merchant_id
  WHERE s.token_hash = $1`;

/** What a key was used for since it was written last. */
interface Use {
  merchantId: string;
  at: Date;
  calls: number;
  refused: number;
}

/** Fills the http floor's port: who stands behind a key or a session. */
@Injectable()
export class AccountIdentities extends Identities implements BeforeApplicationShutdown {
  private readonly log = new Logger('identities');
  /** Uses since they were written last, by key. */
  private used = new Map<string, Use>();

  constructor(
    private readonly db: DataSource,
    private readonly secrets: Secrets,
    private readonly cache: CredentialCache,
  ) {
    super();
  }

  async byKey(secret: string, address: string): Promise<MerchantActor | StaffActor | null> {
    const known = await this.find('api-key', secret, (hash) => this.loadKey(hash));
    if (known === null) return null;
    const isAllowed = isWithin(address, known.allowedIps);
    this.count(known.actor, isAllowed);
    if (!isAllowed) throw new AddressNotAllowed(address);
    return known.actor;
  }

  async bySession(token: string): Promise<MerchantActor | StaffActor | null> {
    return (await this.find('session', token, (hash) => this.loadSession(hash)))?.actor ?? null;
  }

  private count(actor: MerchantActor | StaffActor, isAllowed: boolean): void {
    if (actor.keyId === null) return;
    const merchantId = actor.kind === 'merchant' ? actor.merchantId : HOUSE_ID;
    const { calls = 0, refused = 0 } = this.used.get(actor.keyId) ?? {};
    const use = { merchantId, at: realNow(), calls: calls + 1, refused: refused + (isAllowed ? 0 : 1) };
    this.used.set(actor.keyId, use);
  }

  /** Writes how keys were used, once a minute and in one statement: never on the way of a request. */
  @Interval(USE_MS)
  async writeUses(): Promise<void> {
    const uses = [...this.used].sort(([a], [b]) => (a < b ? -1 : 1)); // in one order, whoever writes
    if (uses.length === 0) return;
    this.used = new Map();
    try {
      await inTransaction(asHouse(this.db), (tx) => writeUses(tx, uses));
    } catch (error) {
      // it is a courtesy: what is lost is a minute of last uses
      this.log.warn({
        msg: 'last uses of keys not written',
        keys: uses.length,
        err: error instanceof Error ? error.message : String(error),
      });
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.writeUses();
  }

  private async find(
    purpose: 'api-key' | 'session',
    token: string,
    load: (hash: Buffer) => Promise<Known | null>,
  ): Promise<Known | null> {
    if (!isSound(token)) return null;
    const hash = this.secrets.hmac(purpose, token);
    const known = await this.cache.get(hash, () => load(hash));
    if (known === null || (known.expiresAt !== null && known.expiresAt <= realNow())) return null;
    return known;
  }

  private async loadKey(hash: Buffer): Promise<Known | null> {
    const row = await one<KeyRow>(asHouse(this.db), KEY, [hash]);
    if (row === null) return null;
    const { merchant_id: merchantId, id: keyId, scopes, expires_at: expiresAt, allowed_ips: allowedIps } = row;
    if (merchantId !== HOUSE_ID) {
      return {
        ...{ expiresAt, allowedIps },
        actor: { kind: 'merchant', merchantId, userId: null, keyId, scopes: new Set(scopes as Scope[]) },
      };
    }
    if (row.user_id === null || row.roles === null) return null;
    return {
      ...{ expiresAt, allowedIps },
      actor: { kind: 'staff', userId: row.user_id, keyId, roles: new Set(rolesOfKey(scopes, row.roles)) },
    };
  }

  private async loadSession(hash: Buffer): Promise<Known | null> {
    const row = await one<SessionRow>(asHouse(this.db), SESSION, [hash]);
    if (row === null) return null;
    const { merchant_id: merchantId, user_id: userId, expires_at: expiresAt } = row;
    const actor: MerchantActor | StaffActor =
      merchantId === HOUSE_ID
        ? { kind: 'staff', userId, keyId: null, roles: new Set(row.roles as StaffRole[]) }
        : {
            kind: 'merchant',
            merchantId,
            userId,
            keyId: null,
            scopes: row.status === 'closed' ? READ_SCOPES : ALL_SCOPES,
          };
    return { expiresAt, actor, allowedIps: null };
  }
}

async function writeUses(tx: EntityManager, uses: readonly (readonly [id: string, use: Use])[]): Promise<void> {
  const keys = [uses.map(([, { merchantId }]) => merchantId), uses.map(([id]) => id)];
  const times = uses.map(([, { at }]) => at);
  await rows(
    tx,
    `UPDATE api_key k SET last_used_at = greatest(k.last_used_at, u.at)
     FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS u(merchant_id, id, at)
     WHERE k.merchant_id = u.merchant_id AND k.id = u.id`,
    [...keys, times],
  );
  await rows(
    tx,
    `INSERT INTO api_key_usage AS k (merchant_id, key_id, day, calls, refused)
     SELECT merchant_id, key_id, (at AT TIME ZONE 'UTC')::date, calls, refused
     FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bigint[], $5::bigint[]) AS u(merchant_id, key_id, at, calls, refused)
     ON CONFLICT (merchant_id, key_id, day) DO UPDATE SET calls = k.calls + excluded.calls, refused = k.refused + excluded.refused`,
    [...keys, times, uses.map(([, { calls }]) => calls), uses.map(([, { refused }]) => refused)],
  );
}
