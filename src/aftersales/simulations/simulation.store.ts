import type { EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../../database/filters.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import { takeTime } from '../../database/transaction.ts';
import { Money } from '../../kernel/money.ts';
import type { PageRequest } from '../../kernel/pages.ts';
import type { Decision, Facts, Terms } from '../../policies/policies.service.ts';
import type { Past, ReplayedCase } from './replaying.ts';
import type { Report } from './tally.ts';

/** Terms run over the cases of a period; the report, once it is done. */
export interface SimulationRecord {
  id: string;
  policyId: string;
  /** Null: the draft. */
  version: number | null;
  terms: Terms;
  from: Date;
  to: Date;
  /** Null: every one. */
  currency: string | null;
  merchantId: string | null;
  status: 'running' | 'done' | 'failed';
  /** Stored decisions that were gone through, of how many. */
  done: number;
  total: number;
  report: Report | null;
  createdBy: string;
  createdAt: Date;
  /** Real time. */
  beatAt: Date;
  finishedAt: Date | null;
}

const COLUMNS = `id, policy_id AS "policyId", policy_version AS version, terms, from_at AS "from", to_at AS "to", currency,
  only_merchant AS "merchantId", status, done, total, report, created_by AS "createdBy", created_at AS "createdAt",
  beat_at AS "beatAt", finished_at AS "finishedAt"`;

export async function insertSimulation(tx: EntityManager, it: SimulationRecord): Promise<void> {
  await rows(
    tx,
    `INSERT INTO policy_simulation (id, policy_id, policy_version, terms, from_at, to_at, currency, only_merchant, status,
       created_by, created_at, beat_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, $10, $11)`,
    [
      ...[it.id, it.policyId, it.version, JSON.stringify(it.terms), it.from, it.to, it.currency, it.merchantId],
      ...[it.createdBy, it.createdAt, it.beatAt],
    ],
  );
}

export function findSimulation(db: Db, policyId: string, id: string): Promise<SimulationRecord | null> {
  return one<SimulationRecord>(db, `SELECT ${COLUMNS} FROM policy_simulation WHERE policy_id = $1 AND id = $2`, [
    policyId,
    id,
  ]);
}

/** Newest first; one more than the page, where there is one. */
export function listSimulations(db: Db, policyId: string, request: PageRequest): Promise<SimulationRecord[]> {
  const { clauses, params } = filtersOf(
    [],
    [
      ['policy_id =', policyId],
      ['id <', request.after?.[0]],
    ],
  );
  return rows<SimulationRecord>(
    db,
    `SELECT ${COLUMNS} FROM policy_simulation ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(request.limit + 1)}`,
    params,
  );
}

/** How far it is. @param beatAt real time */
export async function beat(db: Db, id: string, how: { done: number; total: number; beatAt: Date }): Promise<void> {
  await rows(
    db,
    `UPDATE policy_simulation SET done = $2, total = $3, beat_at = $4 WHERE id = $1 AND status = 'running'`,
    [...[id, how.done, how.total, how.beatAt]],
  );
}

export async function finish(
  db: Db,
  id: string,
  end: { done: number; report: Report | null; at: Date },
): Promise<void> {
  await rows(
    db,
    `UPDATE policy_simulation SET status = $2, done = $3, total = greatest(total, $3), report = $4, finished_at = $5 WHERE id = $1`,
    [
      id,
      end.report === null ? 'failed' : 'done',
      end.done,
      end.report === null ? null : JSON.stringify(end.report),
      end.at,
    ],
  );
}

const PERIOD = `decided_at >= $1 AND decided_at <= $2 AND ($3::char(3) IS NULL OR currency = $3) AND ($4::uuid IS NULL OR merchant_id = $4)`;

function period(it: SimulationRecord): unknown[] {
  return [it.from, it.to, it.currency, it.merchantId];
}

/** How many decisions there are to go through, and under which versions they were made. */
export async function surveyed(
  db: Db,
  it: SimulationRecord,
): Promise<{ total: number; versions: { id: string; version: number }[] }> {
  const found = await rows<{ id: string; version: number; n: number }>(
    db,
    `SELECT policy_id AS id, policy_version AS version, count(*)::int AS n FROM decision WHERE ${PERIOD} GROUP BY 1, 2`,
    period(it),
  );
  return { total: found.reduce((sum, { n }) => sum + n, 0), versions: found };
}

interface PastRow {
  merchant_id: string;
  id: string;
  order_id: string;
  package_id: string | null;
  cause: string;
  policy_id: string;
  policy_version: number;
  facts: Facts;
  decision: Decision;
  credited_minor: string;
  currency: string;
  decided_at: Date;
}

/** Opens the way through the period's decisions, package by package, each package's oldest first. */
export async function openPast(tx: EntityManager, it: SimulationRecord, statementTimeoutMs: number): Promise<void> {
  takeTime(tx, statementTimeoutMs); // a year is sorted in one go
  await rows(
    tx,
    `DECLARE past NO SCROLL CURSOR FOR
     SELECT merchant_id, id, order_id, package_id, cause, policy_id, policy_version, facts, decision, credited_minor, currency, decided_at
     FROM decision WHERE ${PERIOD} ORDER BY merchant_id, coalesce(package_id, order_id), id`,
    period(it),
  );
}

/** The next ones; none: that was all. */
export async function nextPast(tx: EntityManager, count: number): Promise<Past[]> {
  return (await rows<PastRow>(tx, `FETCH ${count} FROM past`)).map((row) => ({
    ...{ merchantId: row.merchant_id, id: row.id, orderId: row.order_id, packageId: row.package_id, cause: row.cause },
    ...{ policy: { id: row.policy_id, version: row.policy_version }, facts: row.facts, decision: row.decision },
    credited: Money.ofMinor(row.credited_minor, row.currency),
    decidedAt: row.decided_at,
  }));
}

/** A changed case with its place in the report. */
export interface NumberedChange {
  n: number;
  it: ReplayedCase;
}

export async function insertChanges(tx: EntityManager, id: string, changes: readonly NumberedChange[]): Promise<void> {
  const list = changes.map(({ n, it }) => ({
    ...{ merchant_id: it.merchantId, simulation_id: id, n, order_id: it.orderId, package_id: it.packageId },
    ...{ decision_id: it.decisionId, cause: it.cause, decided_at: it.decidedAt, currency: it.now.cost.currency },
    ...{ now_outcome: it.now.outcome, now_minor: it.now.cost.minor.toString(), now_clause: it.now.clause },
    ...{ then_outcome: it.then.outcome, then_minor: it.then.cost.minor.toString(), then_clause: it.then.clause },
  }));
  await rows(
    tx,
    `INSERT INTO policy_simulation_change SELECT * FROM json_populate_recordset(NULL::policy_simulation_change, $1::json)`,
    [JSON.stringify(list)],
  );
}

export interface ChangeRow {
  n: number;
  merchant_id: string;
  order_id: string;
  package_id: string | null;
  decision_id: string;
  cause: string;
  decided_at: Date;
  currency: string;
  now_outcome: string;
  now_minor: string;
  now_clause: string;
  then_outcome: string;
  then_minor: string;
  then_clause: string;
}

/** Changed cases after a place, in their order. */
export function changesAfter(db: Db, simulationId: string, n: number, limit: number): Promise<ChangeRow[]> {
  return rows<ChangeRow>(
    db,
    `SELECT * FROM policy_simulation_change WHERE simulation_id = $1 AND n > $2 ORDER BY n LIMIT $3`,
    [simulationId, n, limit],
  );
}
