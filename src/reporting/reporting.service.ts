import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { rows } from '../database/sql.ts';
import { idOut } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import type { CourierRow, DeliveryTimesRow, Dimension, RefundsRow, RtoRateRow } from './reporting.dto.ts';

/** What a report is about. */
export interface Scope {
  /** Null: all merchants. */
  merchantId: string | null;
  from: string | null;
  to: string | null;
  by: Dimension;
}

const GROUP: Readonly<Record<Dimension, string>> = {
  courier: 'p.courier',
  country: 'p.country',
  sku: 'i.sku',
  merchant: 'p.merchant_id::text',
};
const ITEMS = 'report_package_item i ON i.merchant_id = p.merchant_id AND i.package_id = p.package_id';

const percentOf = (part: string, whole: string): string =>
  `CASE WHEN ${whole} = 0 THEN NULL ELSE trim_scale(round(100.0 * ${part} / ${whole}, 2))::text END`;
const count = (test: string): string => `count(*) FILTER (WHERE ${test})`;
/** A courier's clock may be behind the warehouse's: no day is below zero. `greatest` alone would take a null for one. */
const days = (share: number, until: string): string =>
  `round((percentile_cont(${share}) WITHIN GROUP (ORDER BY CASE WHEN ${until} IS NOT NULL
     THEN greatest(extract(epoch FROM ${until} - p.handed_over_at), 0) / 86400 END))::numeric, 2)::float8`;

const DELIVERED = count(`p.outcome = 'delivered'`);
const RTO = count(`p.outcome = 'rto'`);
const LOST = count(`p.outcome = 'lost'`);
const ENDED = count(`p.outcome <> 'under_way'`);
const FIRST_ATTEMPT_RATE = percentOf(
  count(`p.outcome = 'delivered' AND p.failed_attempts = 0`),
  count(`p.outcome = 'delivered' OR p.failed_attempts > 0`),
);
const DAYS_TO_FIRST_SCAN = days(0.5, 'p.first_scan_at');
const DELIVERED_AT = `CASE WHEN p.outcome = 'delivered' THEN p.ended_at END`;

/** Figures over what was handed over, or credited, in a period (product.md, Modules: reporting). */
@Injectable()
export class ReportingService {
  constructor(private readonly db: DataSource) {}

  rtoRate(scope: Scope): Promise<RtoRateRow[]> {
    return this.packages(
      scope,
      `count(*)::int AS shipped, ${DELIVERED}::int AS delivered, ${RTO}::int AS rto, ${LOST}::int AS lost,
       ${count(`p.outcome = 'failed'`)}::int AS failed, ${count(`p.outcome = 'under_way'`)}::int AS under_way, ${percentOf(RTO, ENDED)} AS rto_rate`,
    );
  }

  deliveryTimes(scope: Scope): Promise<DeliveryTimesRow[]> {
    return this.packages(
      scope,
      `count(*)::int AS shipped, ${DELIVERED}::int AS delivered, ${DAYS_TO_FIRST_SCAN} AS days_to_first_scan,
       ${days(0.5, DELIVERED_AT)} AS days_to_door, ${days(0.9, DELIVERED_AT)} AS days_to_door_p90, ${FIRST_ATTEMPT_RATE} AS first_attempt_rate`,
    );
  }

  /** The scorecard: a row a courier, within each group where that is another. */
  couriers(scope: Scope): Promise<CourierRow[]> {
    return this.packages(
      scope,
      `p.courier, count(*)::int AS shipped, ${DELIVERED}::int AS delivered, ${RTO}::int AS rto, ${LOST}::int AS lost,
       ${count('p.late')}::int AS late, ${percentOf(RTO, ENDED)} AS rto_rate, ${percentOf(LOST, ENDED)} AS lost_rate,
       ${FIRST_ATTEMPT_RATE} AS first_attempt_rate, ${DAYS_TO_FIRST_SCAN} AS days_to_first_scan, ${days(0.5, DELIVERED_AT)} AS days_to_door`,
      ', p.courier',
    );
  }

  async refunds(scope: Scope): Promise<RefundsRow[]> {
    const { where, params } = period('r', 'credited_at', scope);
    const items = scope.by === 'sku' ? `LEFT JOIN ${ITEMS}` : '';
    const group = scope.by === 'merchant' ? 'r.merchant_id::text' : GROUP[scope.by]; // nothing of it need have left
    const found = await rows<{ group: string | null; cause: string; refunds: number; currency: string; minor: string }>(
      asHouse(this.db),
      `SELECT ${group} AS "group", r.cause, count(*)::int AS refunds, r.currency, sum(r.amount_minor)::text AS minor
       FROM report_refund r LEFT JOIN report_package p ON p.merchant_id = r.merchant_id AND p.package_id = r.package_id ${items} ${where}
       GROUP BY 1, 2, r.currency ORDER BY 1 NULLS LAST, 2, r.currency`,
      params,
    );
    return found.map(({ group: key, cause, refunds, currency, minor }) => ({
      ...{ group: shown(scope.by, key), cause, refunds },
      amount: Money.ofMinor(minor, currency).toJSON(),
    }));
  }

  private async packages<R extends { group: string | null }>(scope: Scope, figures: string, alsoBy = ''): Promise<R[]> {
    const { where, params } = period('p', 'handed_over_at', scope);
    const items = scope.by === 'sku' ? `JOIN ${ITEMS}` : '';
    const found = await rows<R>(
      asHouse(this.db),
      `SELECT ${GROUP[scope.by]} AS "group", ${figures} FROM report_package p ${items} ${where} GROUP BY 1${alsoBy} ORDER BY 1${alsoBy}`,
      params,
    );
    return found.map((row) => ({ ...row, group: shown(scope.by, row.group) }));
  }
}

function period(table: string, column: string, { merchantId, from, to }: Scope): { where: string; params: unknown[] } {
  const params: unknown[] = [];
  const tests = (
    [
      [`${table}.merchant_id =`, merchantId],
      [`${table}.${column} >=`, from],
      [`${table}.${column} <=`, to],
    ] as const
  ).flatMap(([test, value]) => (value === null ? [] : [`${test} $${params.push(value)}`]));
  return { where: tests.length === 0 ? '' : `WHERE ${tests.join(' AND ')}`, params };
}

const shown = (by: Dimension, group: string | null): string | null =>
  by === 'merchant' && group !== null ? idOut('mer', group) : group;
