import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import { Clock, instant } from '../../kernel/clock.ts';
import { InvalidFields, NotFound, invalidField } from '../../kernel/errors.ts';
import { HOUSE_ID } from '../../kernel/ids.ts';
import type { Terms } from '../deciding/terms.policy.ts';
import { NoDraft, PolicyExists } from '../policies.errors.ts';
import { PoliciesService, type PolicyVersion } from '../policies.service.ts';
import { faultsOf } from './draft.check.ts';
import { isObject, merged, type Change } from './merging.policy.ts';

/** What staff write before it is published: one a policy. Always sound: a broken one is refused, not kept. */
export interface PolicyDraft {
  id: string;
  /** The version that it was begun from. */
  basedOn: { id: string; version: number };
  terms: Terms;
  updatedBy: string;
  updatedAt: Date;
}

/** Who writes, and what they want otherwise. */
export interface Wish {
  change: Change;
  /** Where the change stands in the request: '' or '/terms'. */
  pointer: string;
  byUser: string;
}

/** Terms with the name that a comparison calls them by: `2`, `draft`, `courier-proof@1`. */
export interface Named {
  name: string;
  terms: Terms;
}

interface DraftRow {
  policy_id: string;
  based_on_id: string;
  based_on_version: number;
  terms: Terms;
  updated_by: string;
  updated_at: Date;
}

const COLUMNS = 'policy_id, based_on_id, based_on_version, terms, updated_by, updated_at';
/** Addresses beside the policies' own. */
const RESERVED: readonly string[] = ['schema'];

/** Writing policies: copy one, change it, publish it as the next version. */
@Injectable()
export class DraftsService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly policies: PoliciesService,
  ) {}

  /**
   * Begins a policy as a copy of another one's version in force, with changes.
   * @throws PolicyExists
   * @throws InvalidFields no such policy to copy; the result is no policy
   */
  async begin(tx: EntityManager, id: string, basedOn: string, wish: Wish): Promise<PolicyDraft> {
    if (RESERVED.includes(id)) throw invalidField('/id', 'not_allowed', `"${id}" is an address of its own.`);
    const base = await this.newest(tx, basedOn);
    if (base === null) throw invalidField('/based_on', 'unknown_policy', `No policy "${basedOn}" is published.`);
    if ((await this.newest(tx, id)) !== null) throw new PolicyExists(id);
    const title = Object.fromEntries(base.terms.languages.map((language) => [language, titleOf(id)]));
    const terms = sound({ ...base.terms, id, title: { en: titleOf(id), ...title } }, wish);
    const stored = await one<DraftRow>(
      tx,
      `INSERT INTO policy_draft (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [id, base.id, base.version, JSON.stringify(terms), wish.byUser, this.clock.now()],
    );
    if (stored === null) throw new PolicyExists(id);
    return toDraft(stored);
  }

  /**
   * Changes the draft; what the change does not name stays as the draft has it, and without a draft as the version in
   * force has it.
   * @throws NotFound
   * @throws InvalidFields the result is no policy
   */
  async write(tx: EntityManager, id: string, wish: Wish): Promise<PolicyDraft> {
    const before = (await this.find(tx, id, { lock: true })) ?? (await this.inForce(tx, id));
    const terms = sound(before.terms, wish);
    const { basedOn } = before;
    const stored = await one<DraftRow>(
      tx,
      `INSERT INTO policy_draft (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (policy_id) DO UPDATE SET terms = excluded.terms, updated_by = excluded.updated_by, updated_at = excluded.updated_at
       RETURNING ${COLUMNS}`,
      [id, basedOn.id, basedOn.version, JSON.stringify(terms), wish.byUser, this.clock.now()],
    );
    if (stored === null) throw new Error('The draft was not stored.');
    return toDraft(stored);
  }

  /**
   * Makes the draft the policy's next version: new orders get it, placed ones keep theirs.
   * @throws NotFound
   * @throws NoDraft
   */
  async publish(tx: EntityManager, id: string, byUser: string, note: string | null): Promise<PolicyVersion> {
    const { terms } = await this.require(tx, id, { lock: true });
    const at = this.clock.now();
    const published = await this.policies.publish(tx, { id, terms, publishedBy: byUser, note, at });
    await rows(tx, 'DELETE FROM policy_draft WHERE policy_id = $1', [id]);
    const told = { merchantId: HOUSE_ID, policyId: id, version: published.version, at: instant(at) };
    this.outbox.tell(tx, 'policy.published', told);
    return published;
  }

  /** @throws NotFound */
  async drop(tx: EntityManager, id: string): Promise<void> {
    await this.get(tx, id, { lock: true });
    await rows(tx, 'DELETE FROM policy_draft WHERE policy_id = $1', [id]);
  }

  /** What is addressed as the draft itself. @throws NotFound there is none */
  async get(db: Db, id: string, options: { lock?: boolean } = {}): Promise<PolicyDraft> {
    const draft = await this.find(db, id, options);
    if (draft === null) throw new NotFound('draft');
    return draft;
  }

  /**
   * For whoever does something with a policy's draft.
   * @throws NotFound there is no such policy, not even a draft of one
   * @throws NoDraft it is published and has no draft
   */
  async require(db: Db, id: string, options: { lock?: boolean } = {}): Promise<PolicyDraft> {
    const draft = await this.find(db, id, options);
    if (draft !== null) return draft;
    throw (await this.newest(db, id)) === null ? new NotFound('policy') : new NoDraft(id);
  }

  /** The terms that a draft's changes are told against: the newest version, or what it was copied from. */
  async before(db: Db, draft: PolicyDraft): Promise<Terms> {
    const own = await this.newest(db, draft.id);
    return own?.terms ?? (await this.policies.load(draft.basedOn.id, draft.basedOn.version)).terms;
  }

  /**
   * Two versions to be compared.
   * @param asked numbers, or `draft`; by default what is in force and the version before it
   * @throws NotFound @throws NoDraft
   * @throws InvalidFields neither a number nor `draft`
   */
  async compared(id: string, asked: { from?: string; to?: string }): Promise<[Named, Named]> {
    const newest = await this.newest(asHouse(this.db), id);
    const to = asked.to ?? (newest === null ? 'draft' : String(newest.version));
    const after = { name: to, terms: await this.termsOf(id, to, '/to') };
    if (asked.from !== undefined)
      return [{ name: asked.from, terms: await this.termsOf(id, asked.from, '/from') }, after];
    if (to !== 'draft') {
      const from = String(Math.max(Number.parseInt(to, 10) - 1, 1));
      return [{ name: from, terms: await this.termsOf(id, from, '/from') }, after];
    }
    const draft = await this.require(asHouse(this.db), id);
    const name = newest === null ? `${draft.basedOn.id}@${draft.basedOn.version}` : String(newest.version);
    return [{ name, terms: await this.before(asHouse(this.db), draft) }, after];
  }

  private async termsOf(id: string, which: string, pointer: string): Promise<Terms> {
    if (which === 'draft') return (await this.require(asHouse(this.db), id)).terms;
    if (!/^[1-9]\d{0,8}$/.test(which)) throw invalidField(pointer, 'format', 'It is a version’s number, or draft.');
    return (await this.policies.load(id, Number.parseInt(which, 10))).terms;
  }

  /** @returns null: there is none, or no such policy */
  async find(db: Db, id: string, { lock = false }: { lock?: boolean } = {}): Promise<PolicyDraft | null> {
    const row = await one<DraftRow>(
      db,
      `SELECT ${COLUMNS} FROM policy_draft WHERE policy_id = $1${lock ? ' FOR UPDATE' : ''}`,
      [id],
    );
    return row === null ? null : toDraft(row);
  }

  private async inForce(db: Db, id: string): Promise<Pick<PolicyDraft, 'basedOn' | 'terms'>> {
    const found = await this.newest(db, id);
    if (found === null) throw new NotFound('policy');
    return { basedOn: { id, version: found.version }, terms: found.terms };
  }

  /** Past the cache, in the caller's transaction. */
  private async newest(db: Db, id: string): Promise<PolicyVersion | null> {
    const [found] = await this.policies.history(id, { limit: 1, after: null }, db);
    return found ?? null;
  }
}

function toDraft(row: DraftRow): PolicyDraft {
  return {
    id: row.policy_id,
    basedOn: { id: row.based_on_id, version: row.based_on_version },
    terms: row.terms,
    updatedBy: row.updated_by,
    updatedAt: row.updated_at,
  };
}

/** `no-fuss` is called `No fuss` until somebody says otherwise. */
function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @throws InvalidFields each fault with its place in the request */
function sound(base: Terms, { change, pointer }: Wish): Terms {
  const terms = merged(base, change);
  const faults = isObject(terms) && terms['id'] !== base.id ? [foreign(base.id)] : faultsOf(terms);
  if (faults.length > 0) {
    throw new InvalidFields(faults.map((fault) => ({ ...fault, pointer: `${pointer}${fault.pointer}` })));
  }
  return terms as Terms; // faultsOf has said so
}

function foreign(id: string): { pointer: string; code: string; detail: string } {
  return { pointer: '/id', code: 'not_allowed', detail: `These are terms of another policy than "${id}".` };
}
