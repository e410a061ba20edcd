import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../database/sql.ts';
import { Money } from '../kernel/money.ts';
import type { Decision, Facts, RequestKind } from '../policies/policies.service.ts';

/** A decision as it was made, for ever: what was known, which rules, what came of it. */
export interface DecisionRecord {
  merchantId: string;
  id: string;
  orderId: string;
  packageId: string | null;
  kind: RequestKind;
  /** Of the credit: `cancellation`, `undelivered`, `claim:<id>` or `return:<id>`. */
  cause: string;
  policy: { id: string; version: number };
  facts: Facts;
  decision: Decision;
  /** What the wallet gave back. */
  credited: Money;
  journalId: string | null;
  /** The decision that this one ends. */
  follows: string | null;
  note: string | null;
  decidedBy: string | null;
  decidedAt: Date;
}

interface Row {
  merchant_id: string;
  id: string;
  order_id: string;
  package_id: string | null;
  kind: RequestKind;
  cause: string;
  policy_id: string;
  policy_version: number;
  facts: Facts;
  decision: Decision;
  credited_minor: string;
  currency: string;
  journal_id: string | null;
  follows: string | null;
  note: string | null;
  decided_by: string | null;
  decided_at: Date;
}

function toRecord(row: Row): DecisionRecord {
  return {
    merchantId: row.merchant_id,
    id: row.id,
    orderId: row.order_id,
    packageId: row.package_id,
    kind: row.kind,
    cause: row.cause,
    policy: { id: row.policy_id, version: row.policy_version },
    facts: row.facts,
    decision: row.decision,
    credited: Money.ofMinor(row.credited_minor, row.currency),
    journalId: row.journal_id,
    follows: row.follows,
    note: row.note,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
  };
}

export async function storeDecision(tx: EntityManager, made: DecisionRecord): Promise<void> {
  await rows(
    tx,
    `INSERT INTO decision (merchant_id, id, order_id, package_id, kind, cause, outcome, policy_id, policy_version, facts,
       decision, credited_minor, currency, journal_id, follows, note, decided_by, decided_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
    [
      ...[made.merchantId, made.id, made.orderId, made.packageId, made.kind, made.cause, made.decision.outcome],
      ...[made.policy.id, made.policy.version, JSON.stringify(made.facts), JSON.stringify(made.decision)],
      ...[made.credited.minor.toString(), made.credited.currency, made.journalId, made.follows, made.note],
      ...[made.decidedBy, made.decidedAt],
    ],
  );
}

/** A package's decisions, newest first. */
export async function decisionsOf(db: Db, merchantId: string, packageId: string): Promise<DecisionRecord[]> {
  const found = await rows<Row>(
    db,
    `SELECT * FROM decision WHERE merchant_id = $1 AND package_id = $2 ORDER BY id DESC`,
    [merchantId, packageId],
  );
  return found.map(toRecord);
}

export async function findDecision(db: Db, merchantId: string, id: string): Promise<DecisionRecord | null> {
  const row = await one<Row>(db, `SELECT * FROM decision WHERE merchant_id = $1 AND id = $2`, [merchantId, id]);
  return row === null ? null : toRecord(row);
}

/** Several decisions, of several merchants where staff look; by their ids. */
export async function findDecisions(
  db: Db,
  decisions: readonly { merchantId: string; id: string }[],
): Promise<Map<string, DecisionRecord>> {
  const found = await rows<Row>(
    db,
    `SELECT d.* FROM decision d JOIN unnest($1::uuid[], $2::uuid[]) AS k (merchant_id, id)
       ON d.merchant_id = k.merchant_id AND d.id = k.id`,
    [decisions.map(({ merchantId }) => merchantId), decisions.map(({ id }) => id)],
  );
  return new Map(found.map((row) => [row.id, toRecord(row)]));
}

/** The decision that ended another one. */
export async function findFollowUp(db: Db, merchantId: string, follows: string): Promise<DecisionRecord | null> {
  const row = await one<Row>(db, `SELECT * FROM decision WHERE merchant_id = $1 AND follows = $2`, [
    merchantId,
    follows,
  ]);
  return row === null ? null : toRecord(row);
}
