import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Cache } from '../database/cache.ts';
import { Drops } from '../database/drops.ts';
import { asHouse } from '../database/scope.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import type { PolicyNames } from '../http/policy-names.ts';
import { Clock } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import type { PageRequest } from '../kernel/pages.ts';
import { clauseOf } from './deciding/clauses.policy.ts';
import { decide, explained } from './deciding/decide.policy.ts';
import type { Clause, Decision, Facts } from './deciding/facts.policy.ts';
import { shares, type PaidOrder, type Parcel, type Share } from './deciding/shares.policy.ts';
import { settlementDays, type Language, type Terms } from './deciding/terms.policy.ts';
import { UnknownPolicy } from './policies.errors.ts';
import { PRESETS } from './presets/presets.ts';

export { DecisionView } from './policies.dto.ts';
export { CLAIM_TYPES, FAULTS, isDispatched, isEnded, REMEDIES } from './deciding/facts.policy.ts';
export { shares } from './deciding/shares.policy.ts';
export type {
  Clause,
  ClaimType,
  Decision,
  Evidence,
  FactPackage,
  FactRequest,
  Facts,
  Inspection,
  Outcome,
  Remedy,
  RequestKind,
} from './deciding/facts.policy.ts';
export type { PaidOrder, Parcel, Share } from './deciding/shares.policy.ts';
export type { Language, Terms } from './deciding/terms.policy.ts';

/** A version of a policy: immutable once published. */
export interface PolicyVersion {
  id: string;
  version: number;
  terms: Terms;
  publishedAt: Date;
  /** Null: it shipped with the product. */
  publishedBy: string | null;
  /** Why, where whoever published it said so. */
  note: string | null;
}

interface VersionRow {
  policy_id: string;
  version: number;
  terms: Terms;
  published_at: Date;
  published_by: string | null;
  note: string | null;
}

/** Policy versions, and the one function through which all after-sales money goes. */
@Injectable()
export class PoliciesService implements OnModuleInit, PolicyNames {
  /** Versions never change, so they are kept for good. */
  private readonly known = new Map<string, PolicyVersion>();
  private readonly inForce: Cache<Map<string, PolicyVersion>>;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    drops: Drops,
  ) {
    this.inForce = new Cache('policies', drops, () => this.loadInForce());
  }

  /** Ships the presets as version 1; several starts at once publish them once. */
  async onModuleInit(): Promise<void> {
    await inTransaction(asHouse(this.db), (tx) => this.publishPresets(tx));
  }

  /**
   * The version that a new order keeps.
   * @throws UnknownPolicy none of that code is published
   */
  async versionInForce(id: string): Promise<PolicyVersion> {
    const found = (await this.inForce.get()).get(id);
    if (found === undefined) throw new UnknownPolicy(id);
    return found;
  }

  async isInForce(id: string): Promise<boolean> {
    return (await this.inForce.get()).has(id);
  }

  /** The version that an order keeps. @throws NotFound */
  async load(id: string, version: number): Promise<PolicyVersion> {
    const key = `${id}@${version}`;
    const kept = this.known.get(key);
    if (kept !== undefined) return kept;
    const row = await one<VersionRow>(asHouse(this.db), `${SELECT} WHERE policy_id = $1 AND version = $2`, [
      id,
      version,
    ]);
    if (row === null) throw new NotFound('policy');
    const found = toVersion(row);
    this.known.set(key, found);
    return found;
  }

  /** Every policy in its version in force, by code. */
  async list(): Promise<PolicyVersion[]> {
    return [...(await this.inForce.get()).values()];
  }

  /** Every version of a policy, newest first; one more than the page, where there is one. */
  async history(id: string, { limit, after }: PageRequest, db: Db = asHouse(this.db)): Promise<PolicyVersion[]> {
    const found = await rows<VersionRow>(
      db,
      `${SELECT} WHERE policy_id = $1 AND ($2::int IS NULL OR version < $2) ORDER BY version DESC LIMIT $3`,
      [id, after?.[0] ?? null, limit + 1],
    );
    return found.map(toVersion);
  }

  /**
   * Adds a version, which is in force from the commit on: here at once, in other processes within 5 seconds. Orders that
   * were placed before keep theirs.
   */
  async publish(
    tx: EntityManager,
    published: Omit<PolicyVersion, 'version' | 'publishedAt'> & { at: Date },
  ): Promise<PolicyVersion> {
    const { id, terms, publishedBy, note, at } = published;
    const row = await one<VersionRow>(
      tx,
      `INSERT INTO policy_version (policy_id, version, terms, published_at, published_by, note)
       SELECT $1, coalesce(max(version), 0) + 1, $2::json, $3, $4, $5 FROM policy_version WHERE policy_id = $1
       RETURNING ${COLUMNS}`,
      [id, JSON.stringify(terms), at, publishedBy, note],
    );
    if (row === null) throw new Error('The version was not stored.');
    this.inForce.dropAfterCommit(tx);
    return toVersion(row);
  }

  /** policies.md: pure; the same terms and facts always give the same decision. */
  decide(terms: Terms, facts: Facts, language: Language = 'en'): Decision {
    return decide(terms, facts, language);
  }

  /** The decision with what its refund is made of, before deductions and the cap. */
  explain(terms: Terms, facts: Facts): { decision: Decision; worth: Share | null } {
    return explained(terms, facts);
  }

  /** The sentence of every page under which a person decides. */
  personsClause(terms: Terms): Clause {
    return clauseOf(terms, 'operator/person', 'en');
  }

  /** Each package's share of what was paid for an order (policies.md, "The amount"), by the package's id. */
  shares(order: PaidOrder, parcels: readonly Parcel[]): Map<string, Share> {
    return shares(order, parcels);
  }

  /** Days from delivery after which nothing can be asked any more, so that a package can be settled. */
  settlementDays(terms: Terms): number {
    return settlementDays(terms);
  }

  private async publishPresets(tx: EntityManager): Promise<void> {
    await rows(
      tx,
      `INSERT INTO policy_version (policy_id, version, terms, published_at)
       SELECT p.id, 1, p.terms, $2 FROM json_to_recordset($1::json) AS p(id text, terms json)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(PRESETS.map((terms) => ({ id: terms.id, terms }))), this.clock.now()],
    );
  }

  private async loadInForce(): Promise<Map<string, PolicyVersion>> {
    const found = await rows<VersionRow>(
      asHouse(this.db),
      `SELECT DISTINCT ON (policy_id) ${COLUMNS} FROM policy_version ORDER BY policy_id, version DESC`,
    );
    return new Map(found.map((row) => [row.policy_id, toVersion(row)]));
  }
}

const COLUMNS = `policy_id, version, terms, published_at, published_by, note`;
const SELECT = `SELECT ${COLUMNS} FROM policy_version`;

function toVersion(row: VersionRow): PolicyVersion {
  const { policy_id: id, version, terms, published_at: publishedAt, published_by: publishedBy, note } = row;
  return { id, version, terms, publishedAt, publishedBy, note };
}
