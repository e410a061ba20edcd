import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../database/filters.ts';
import { asHouse } from '../database/scope.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { Drops } from '../database/drops.ts';
import { afterCommit, dropAfterCommit } from '../database/transaction.ts';
import { Outbox } from '../events/outbox.ts';
import { MerchantContacts, type MerchantContact } from '../http/merchant-contacts.ts';
import { PolicyNames } from '../http/policy-names.ts';
import { Clock, instant } from '../kernel/clock.ts';
import { invalidField, NotFound } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { PageRequest } from '../kernel/pages.ts';
import { step } from '../kernel/transitions.ts';
import { ACCOUNT, type MerchantSignal, type MerchantStatus } from './account.machine.ts';
import { MerchantClosing, MerchantSuspended } from './accounts.errors.ts';
import { Recent } from './credentials/recent.ts';

export type { MerchantStatus } from './account.machine.ts';
export { newToken } from './credentials/token-format.ts';

/** The plan of whoever has chosen none; always there (product.md, Memberships). */
const FREE_PLAN = 'starter';

/** What is told of a step. */
const TOLD: Readonly<Partial<Record<MerchantSignal, 'merchant.suspended' | 'merchant.reinstated'>>> = {
  suspend: 'merchant.suspended',
  reinstate: 'merchant.reinstated',
};

/** A merchant, as other modules see it. */
export interface MerchantRecord {
  id: string;
  name: string;
  email: string;
  /** Null: not verified; blocks payouts, nothing else. */
  emailVerifiedAt: Date | null;
  /** ISO 3166 */
  country: string;
  /** Home currency, ISO 4217. */
  currency: string;
  status: MerchantStatus;
  /** Null: the house's default. */
  policy: string | null;
  plan: string;
  createdAt: Date;
}

export interface NewMerchant {
  name: string;
  email: string;
  country: string;
  currency: string;
}

/** What a merchant, or staff for it, may change; what is left out stays. */
export interface MerchantChange {
  name?: string | undefined;
  email?: string | undefined;
  country?: string | undefined;
  policy?: string | null | undefined;
}

const COLUMNS = `id, name, email, email_verified_at AS "emailVerifiedAt", country, currency, status, policy, plan, created_at AS "createdAt"`;

const find = (db: Db, id: string): Promise<MerchantRecord | null> =>
  one<MerchantRecord>(db, `SELECT ${COLUMNS} FROM merchant WHERE id = $1`, [id]);

const CACHE = 'merchant';

/** Merchants: who they are, in which state, under which policy and plan. */
@Injectable()
export class AccountsService implements MerchantContacts {
  private readonly recent = new Recent<MerchantRecord>();
  /** Whom a transaction has changed: it sees its own changes. */
  private readonly changed = new WeakMap<EntityManager, Set<string>>();

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly policyNames: PolicyNames,
    private readonly drops: Drops,
  ) {
    drops.register(CACHE, (id) => {
      this.recent.drop(id);
    });
  }

  /**
   * The merchant as it was 5 seconds ago at the most; changes made in this process are seen at once.
   * @param db the caller's transaction, where there is one: it must not wait for a second connection
   * @throws NotFound
   */
  async merchant(id: string, db: Db = asHouse(this.db)): Promise<MerchantRecord> {
    const found =
      db instanceof EntityManager
        ? ((this.isChangedBy(db, id) ? undefined : this.recent.known(id)) ?? (await this.findWithin(db, id)))
        : await this.recent.get(id, () => find(db, id));
    if (found === null) throw new NotFound('merchant');
    return found;
  }

  /**
   * The merchant, if it may place orders.
   * @param db as for `merchant`
   * @throws MerchantSuspended, MerchantClosing, NotFound
   */
  async requireActive(id: string, db: Db = asHouse(this.db)): Promise<MerchantRecord> {
    const merchant = await this.merchant(id, db);
    this.refuseInactive(merchant);
    return merchant;
  }

  /** @throws MerchantSuspended, MerchantClosing */
  refuseInactive({ status }: MerchantRecord): void {
    if (status === 'suspended') throw new MerchantSuspended();
    if (status !== 'active') throw new MerchantClosing(status);
  }

  /** The merchant as it is, locked until the transaction ends. @throws NotFound */
  async hold(tx: EntityManager, id: string): Promise<MerchantRecord> {
    const held = await one<MerchantRecord>(tx, `SELECT ${COLUMNS} FROM merchant WHERE id = $1 FOR UPDATE`, [id]);
    if (held === null) throw new NotFound('merchant');
    return held;
  }

  /** As it is now: what blocks a payout must not be some seconds old. */
  async contact(db: Db, id: string): Promise<MerchantContact> {
    const found = await find(db, id);
    if (found === null) throw new NotFound('merchant');
    const { name, email, emailVerifiedAt, country, currency, status } = found;
    return { name, email, emailVerified: emailVerifiedAt !== null, country, currency, status };
  }

  /** A new merchant, on the free plan; its first user and key are the sign-up's. Tells merchant.registered. */
  async register(tx: EntityManager, given: NewMerchant): Promise<MerchantRecord> {
    const at = this.clock.now();
    const id = newId();
    const made = await one<MerchantRecord>(
      tx,
      `INSERT INTO merchant (id, name, email, country, currency, status, plan, created_at)
       VALUES ($1, $2, $3, $4, $5, 'active', $6, $7) RETURNING ${COLUMNS}`,
      [id, given.name, given.email, given.country, given.currency, FREE_PLAN, at],
    );
    if (made === null) throw new Error('The merchant was not stored.');
    this.outbox.tell(tx, 'merchant.registered', { merchantId: id, currency: given.currency, at: instant(at) });
    return made;
  }

  /**
   * @throws NotFound
   * @throws InvalidFields no version of that policy is in force
   */
  async change(tx: EntityManager, id: string, change: MerchantChange): Promise<MerchantRecord> {
    const { name = null, email = null, country = null, policy } = change;
    if (typeof policy === 'string' && !(await this.policyNames.isInForce(policy))) {
      throw invalidField('/policy', 'unknown_policy', `There is no policy ${policy}; GET /v1/policies lists them.`);
    }
    const changed = await one<MerchantRecord>(
      tx,
      `UPDATE merchant SET name = coalesce($2, name), country = coalesce($3, country), email = coalesce($4, email),
         email_verified_at = CASE WHEN lower($4) <> lower(email) THEN NULL ELSE email_verified_at END,
         policy = CASE WHEN $5 THEN $6 ELSE policy END
       WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, name, country, email, policy !== undefined, policy ?? null],
    );
    if (changed === null) throw new NotFound('merchant');
    this.dropAfterCommit(tx, id);
    return changed;
  }

  /**
   * Suspends, reinstates, closes.
   * @throws IllegalStep with the state and the steps that are legal
   * @throws NotFound
   */
  async signal(tx: EntityManager, id: string, signal: MerchantSignal): Promise<MerchantRecord> {
    const status = step(ACCOUNT, 'merchant account', (await this.hold(tx, id)).status, signal);
    const changed = await one<MerchantRecord>(
      tx,
      `UPDATE merchant SET status = $2, closed_at = CASE WHEN $2 = 'closed' THEN $3::timestamptz END WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, status, this.clock.now()],
    );
    if (changed === null) throw new NotFound('merchant');
    this.dropAfterCommit(tx, id);
    const told = TOLD[signal];
    if (told !== undefined) this.outbox.tell(tx, told, { merchantId: id, at: instant(this.clock.now()) });
    return changed;
  }

  /** The plan that the merchant is on from now on, as memberships say. */
  async setPlan(tx: EntityManager, id: string, plan: string): Promise<void> {
    await rows(tx, 'UPDATE merchant SET plan = $2 WHERE id = $1', [id, plan]);
    this.dropAfterCommit(tx, id);
  }

  /**
   * The address that was mailed belongs to the merchant.
   * @returns null: the merchant has another address by now
   */
  async verifyEmail(tx: EntityManager, id: string, email: string): Promise<MerchantRecord | null> {
    const verified = await one<MerchantRecord>(
      tx,
      `UPDATE merchant SET email_verified_at = coalesce(email_verified_at, $3) WHERE id = $1 AND email = $2 RETURNING ${COLUMNS}`,
      [id, email, this.clock.now()],
    );
    this.dropAfterCommit(tx, id);
    if (verified !== null)
      this.outbox.tell(tx, 'merchant.email_verified', { merchantId: id, at: instant(this.clock.now()) });
    return verified;
  }

  /** The mailbox of a merchant that was closed long ago. @returns false where it was erased before */
  async eraseMailbox(tx: EntityManager, id: string, at: Date): Promise<boolean> {
    const erased = await rows(
      tx,
      `UPDATE merchant SET email = 'erased', email_verified_at = NULL, erased_at = $2
       WHERE id = $1 AND erased_at IS NULL RETURNING id`,
      [id, at],
    );
    this.dropAfterCommit(tx, id);
    return erased.length > 0;
  }

  /** Newest first; one row more than the page, where there is one. */
  list(status: MerchantStatus | null, request: PageRequest): Promise<MerchantRecord[]> {
    const { clauses, params } = filtersOf(
      [],
      [
        ['id <', request.after?.[0]],
        ['status =', status],
      ],
    );
    return rows<MerchantRecord>(
      asHouse(this.db),
      `SELECT ${COLUMNS} FROM merchant ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(request.limit + 1)}`,
      params,
    );
  }

  /** Nobody else waits for it, and others see it where the transaction commits. */
  private async findWithin(tx: EntityManager, id: string): Promise<MerchantRecord | null> {
    const keep = this.recent.keeping(id);
    const found = await find(tx, id);
    if (found !== null)
      afterCommit(tx, () => {
        keep(found);
      });
    return found;
  }

  private isChangedBy(tx: EntityManager, id: string): boolean {
    return this.changed.get(tx)?.has(id) === true;
  }

  private dropAfterCommit(tx: EntityManager, id: string): void {
    this.changed.set(tx, (this.changed.get(tx) ?? new Set()).add(id));
    dropAfterCommit(tx, () => {
      this.recent.drop(id);
      this.drops.tell(CACHE, id);
    });
  }
}
