import type { EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../database/filters.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import type { PageRequest } from '../kernel/pages.ts';
import type { Period } from './billing/period.policy.ts';

/** What the API shows; `ended` rows are history. */
export const STATUSES = ['trial', 'active', 'past_due'] as const;
export type MembershipStatus = (typeof STATUSES)[number];
export const PERIOD_KINDS = ['trial', 'paid', 'waived', 'unpaid'] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];
export type EndReason = 'replaced' | 'asked' | 'unpaid' | 'closing';

/** A merchant's stay on paid plans, from joining one until it is left for starter or for one that begins anew. */
export interface Membership {
  merchantId: string;
  id: string;
  plan: string;
  status: MembershipStatus;
  /** Of the period that is paid, or owed. */
  price: Money;
  anchorDay: number;
  period: Period;
  scheduledPlan: string | null;
  /** Tries that failed, of the period that is owed. */
  failures: number;
  dunningFrom: Date | null;
  /** When it renews or is tried again; null: it waits until the account is reinstated. */
  nextAt: Date | null;
  /** It began with a trial. */
  tried: boolean;
  createdAt: Date;
}

export interface PeriodRecord extends Period {
  membershipId: string;
  kind: PeriodKind;
  plan: string;
  amount: Money;
  journalId: string | null;
  chargedAt: Date | null;
}

interface Row {
  merchant_id: string;
  id: string;
  plan: string;
  status: MembershipStatus;
  currency: string;
  price_minor: string;
  anchor_day: number;
  period_start: Date;
  period_end: Date;
  scheduled_plan: string | null;
  failures: number;
  dunning_from: Date | null;
  next_at: Date | null;
  tried: boolean;
  created_at: Date;
}

interface PeriodRow {
  id: string;
  membership_id: string;
  kind: PeriodKind;
  plan: string;
  start_at: Date;
  end_at: Date;
  currency: string;
  amount_minor: string;
  journal_id: string | null;
  charged_at: Date | null;
}

function toRecord(row: Row): Membership {
  return {
    ...{ merchantId: row.merchant_id, id: row.id, plan: row.plan, status: row.status },
    ...{ price: Money.ofMinor(row.price_minor, row.currency), anchorDay: row.anchor_day },
    period: { start: row.period_start, end: row.period_end },
    ...{ scheduledPlan: row.scheduled_plan, failures: row.failures, dunningFrom: row.dunning_from },
    ...{ nextAt: row.next_at, tried: row.tried, createdAt: row.created_at },
  };
}

/** The merchant's membership of a paid plan; null: it is on the free one. */
export async function findOpen(db: Db, merchantId: string): Promise<Membership | null> {
  const row = await one<Row>(db, `SELECT * FROM membership WHERE merchant_id = $1 AND status <> 'ended'`, [merchantId]);
  return row === null ? null : toRecord(row);
}

/** The same, locked until the transaction ends. */
export async function lockOpen(tx: EntityManager, merchantId: string): Promise<Membership | null> {
  const sql = `SELECT * FROM membership WHERE merchant_id = $1 AND status <> 'ended' FOR NO KEY UPDATE`;
  const row = await one<Row>(tx, sql, [merchantId]);
  return row === null ? null : toRecord(row);
}

/** A merchant tries once, whatever the plan. */
export async function hasTried(tx: EntityManager, merchantId: string): Promise<boolean> {
  return (await rows(tx, 'SELECT 1 FROM membership WHERE merchant_id = $1 AND tried LIMIT 1', [merchantId])).length > 0;
}

export async function insertMembership(tx: EntityManager, m: Membership): Promise<void> {
  await rows(
    tx,
    `INSERT INTO membership (merchant_id, id, plan, status, currency, price_minor, anchor_day, period_start, period_end,
       next_at, tried, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[m.merchantId, m.id, m.plan, m.status, m.price.currency, m.price.minor, m.anchorDay, m.period.start],
      ...[m.period.end, m.nextAt, m.tried, m.createdAt],
    ],
  );
}

export async function saveMembership(tx: EntityManager, m: Membership): Promise<void> {
  await rows(
    tx,
    `UPDATE membership SET plan = $3, status = $4, price_minor = $5, period_start = $6, period_end = $7,
       scheduled_plan = $8, failures = $9, dunning_from = $10, next_at = $11 WHERE merchant_id = $1 AND id = $2`,
    [
      ...[m.merchantId, m.id, m.plan, m.status, m.price.minor, m.period.start, m.period.end],
      ...[m.scheduledPlan, m.failures, m.dunningFrom, m.nextAt],
    ],
  );
}

/** Its last period ends with it. */
export async function endMembership(
  tx: EntityManager,
  { merchantId, id }: Membership,
  { at, reason }: { at: Date; reason: EndReason },
): Promise<void> {
  await rows(
    tx,
    `UPDATE membership SET status = 'ended', ended_at = $3, end_reason = $4, scheduled_plan = NULL, next_at = NULL
     WHERE merchant_id = $1 AND id = $2`,
    [merchantId, id, at, reason],
  );
  await rows(
    tx,
    `UPDATE membership_period SET end_at = $3 WHERE merchant_id = $1 AND membership_id = $2 AND end_at > $3
       AND number = (SELECT max(number) FROM membership_period WHERE merchant_id = $1 AND membership_id = $2)`,
    [merchantId, id, at],
  );
}

export async function insertPeriod(tx: EntityManager, merchantId: string, period: PeriodRecord): Promise<void> {
  const { membershipId, kind, plan, start, end, amount, journalId, chargedAt } = period;
  await rows(
    tx,
    `INSERT INTO membership_period (merchant_id, membership_id, id, number, after_number, kind, plan, start_at, end_at,
       currency, amount_minor, journal_id, charged_at)
     SELECT $1, $2, $3, coalesce(max(number), 0) + 1, max(number), $4, $5, $6, $7, $8, $9, $10, $11
     FROM membership_period WHERE merchant_id = $1 AND membership_id = $2`,
    [
      ...[merchantId, membershipId, newId(), kind, plan, start, end],
      ...[amount.currency, amount.minor, journalId, chargedAt],
    ],
  );
}

/** Newest first, one more than the page holds. */
export async function listPeriods(
  db: Db,
  merchantId: string,
  { limit, after }: PageRequest,
): Promise<(PeriodRecord & { id: string })[]> {
  const { clauses, params } = filtersOf(
    [],
    [
      ['merchant_id =', merchantId],
      ['id <', after?.[0]],
    ],
  );
  const found = await rows<PeriodRow>(
    db,
    `SELECT * FROM membership_period ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`,
    params,
  );
  return found.map((row) => ({
    ...{
      id: row.id,
      membershipId: row.membership_id,
      kind: row.kind,
      plan: row.plan,
      start: row.start_at,
      end: row.end_at,
    },
    ...{ amount: Money.ofMinor(row.amount_minor, row.currency), journalId: row.journal_id, chargedAt: row.charged_at },
  }));
}

/** Every merchant's, newest first, for staff. */
export async function listOpen(
  db: Db,
  { merchantId, plan, status }: { merchantId: string | null; plan?: string | undefined; status?: string | undefined },
  { limit, after }: PageRequest,
): Promise<Membership[]> {
  const { clauses, params } = filtersOf(
    [],
    [
      ['merchant_id =', merchantId],
      ['id <', after?.[0]],
      ['plan =', plan],
      ['status =', status],
    ],
  );
  const found = await rows<Row>(
    db,
    `SELECT * FROM membership ${whereOf(["status <> 'ended'", ...clauses])}
     ORDER BY id DESC LIMIT $${params.push(limit + 1)}`,
    params,
  );
  return found.map(toRecord);
}

/** Whose next period is on that plan, in one of the currencies, by merchant; for a house's notice. */
export async function membersOf(
  tx: EntityManager,
  of: { plan: string; currencies: readonly string[]; after: string; limit: number },
): Promise<Membership[]> {
  const found = await rows<Row>(
    tx,
    `SELECT * FROM membership WHERE status IN ('trial', 'active') AND coalesce(scheduled_plan, plan) = $1
       AND currency = ANY ($2::text[]) AND merchant_id > $3 ORDER BY merchant_id LIMIT $4`,
    [of.plan, of.currencies, of.after, of.limit],
  );
  return found.map(toRecord);
}

/** Merchants whose membership renews or is tried again, the first first. */
export async function dueMembers(db: Db, now: Date, limit: number): Promise<string[]> {
  const found = await rows<{ merchant_id: string }>(
    db,
    'SELECT merchant_id FROM membership WHERE next_at <= $1 ORDER BY next_at, merchant_id LIMIT $2',
    [now, limit],
  );
  return found.map((row) => row.merchant_id);
}

export async function nextDue(db: Db): Promise<Date | null> {
  return (await one<{ due: Date | null }>(db, 'SELECT min(next_at) AS due FROM membership'))?.due ?? null;
}
