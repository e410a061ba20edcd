import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../database/sql.ts';
import type { StaffRole } from '../http/actor.ts';
import { Clock } from '../kernel/clock.ts';
import { HOUSE_ID, newId } from '../kernel/ids.ts';
import type { PageRequest } from '../kernel/pages.ts';
import { EmailTaken } from './accounts.errors.ts';

export type MerchantRole = 'owner' | 'member';
/** The roles that a person of the operator can have; `tracking` comes from a key alone. */
export type GivenRole = Exclude<StaffRole, 'tracking'>;
export const STAFF_ROLES: readonly GivenRole[] = ['warehouse', 'support', 'finance', 'admin'];

/** Somebody who signs in: of a merchant, or of the operator. */
export interface Person {
  /** Null: the operator's staff. */
  merchantId: string | null;
  id: string;
  email: string;
  name: string | null;
  roles: readonly string[];
  passwordHash: string;
  createdAt: Date;
}

export interface NewPerson {
  merchantId: string | null;
  email: string;
  name: string | null;
  roles: readonly (MerchantRole | GivenRole)[];
  passwordHash: string;
}

interface PersonRow {
  merchant_id: string;
  id: string;
  email: string;
  name: string | null;
  roles: string[];
  password_hash: string;
  created_at: Date;
}

/** The same mailbox however it is typed. */
export function sameEmail(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

/** The people of merchants and of the operator, and the e-mails with which they sign in. */
@Injectable()
export class PeopleService {
  constructor(private readonly clock: Clock) {}

  /** @throws EmailTaken somebody signs in with this e-mail already, in upper or lower case */
  async add(tx: EntityManager, person: NewPerson): Promise<Person> {
    const id = newId();
    const house = person.merchantId ?? HOUSE_ID;
    const claimed = await rows(
      tx,
      `INSERT INTO login (email, merchant_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING user_id`,
      [sameEmail(person.email), house, id],
    );
    if (claimed.length === 0) throw new EmailTaken();
    const added = await one<PersonRow>(
      tx,
      `INSERT INTO account_user (merchant_id, id, email, name, roles, password_hash, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *`,
      [house, id, person.email, person.name, person.roles, person.passwordHash, this.clock.now()],
    );
    if (added === null) throw new Error('The user was not stored.');
    return toPerson(added);
  }

  async byEmail(db: Db, email: string): Promise<Person | null> {
    const found = await one<PersonRow>(
      db,
      `SELECT u.* FROM login l JOIN account_user u ON u.merchant_id = l.merchant_id AND u.id = l.user_id WHERE l.email = $1`,
      [sameEmail(email)],
    );
    return found === null ? null : toPerson(found);
  }

  /** The person, held until the transaction ends: the password cannot change meanwhile. */
  async hold(tx: EntityManager, { merchantId, id }: Pick<Person, 'merchantId' | 'id'>): Promise<Person | null> {
    const found = await one<PersonRow>(tx, `SELECT * FROM account_user WHERE merchant_id = $1 AND id = $2 FOR SHARE`, [
      merchantId ?? HOUSE_ID,
      id,
    ]);
    return found === null ? null : toPerson(found);
  }

  async setPassword(
    tx: EntityManager,
    { merchantId, id }: Pick<Person, 'merchantId' | 'id'>,
    passwordHash: string,
  ): Promise<void> {
    await rows(tx, `UPDATE account_user SET password_hash = $3 WHERE merchant_id = $1 AND id = $2`, [
      merchantId ?? HOUSE_ID,
      id,
      passwordHash,
    ]);
  }

  /** A merchant's people, the owner first. */
  async ofMerchant(db: Db, merchantId: string): Promise<Person[]> {
    const found = await rows<PersonRow>(
      db,
      `SELECT * FROM account_user WHERE merchant_id = $1 ORDER BY NOT 'owner' = ANY (roles), id`,
      [merchantId],
    );
    return found.map(toPerson);
  }

  /** The people of a merchant, oldest first. */
  async of(db: Db, merchantId: string): Promise<Person[]> {
    const sql = `SELECT * FROM account_user WHERE merchant_id = $1 ORDER BY id`;
    return (await rows<PersonRow>(db, sql, [merchantId])).map(toPerson);
  }

  /** The operator's people, newest first; one row more than the page, where there is one. */
  async staff(db: Db, request: PageRequest): Promise<Person[]> {
    const found = await rows<PersonRow>(
      db,
      `SELECT * FROM account_user WHERE merchant_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [HOUSE_ID, request.after?.[0] ?? null, request.limit + 1],
    );
    return found.map(toPerson);
  }

  async hasAdmin(db: Db): Promise<boolean> {
    const sql = `SELECT 1 FROM account_user WHERE merchant_id = $1 AND 'admin' = ANY (roles) LIMIT 1`;
    return (await one(db, sql, [HOUSE_ID])) !== null;
  }
}

function toPerson(row: PersonRow): Person {
  return {
    merchantId: row.merchant_id === HOUSE_ID ? null : row.merchant_id,
    id: row.id,
    email: row.email,
    name: row.name,
    roles: row.roles,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
  };
}
