import { Controller, Get, Headers, Query, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { stringify } from 'csv-stringify/sync';
import { Access } from '../http/access.ts';
import { CurrentActor, tenantOf, type Actor } from '../http/actor.ts';
import { Returns } from '../http/returns.ts';
import { invalidField } from '../kernel/errors.ts';
import { CouriersReport, DeliveryTimesReport, RefundsReport, ReportQuery, RtoRateReport } from './reporting.dto.ts';
import { ReportingService, type Scope } from './reporting.service.ts';

const STAFF = ['warehouse', 'support', 'finance'] as const;

/** A merchant sees its own figures, staff everybody's; JSON, or a table with `Accept: text/csv`. */
@ApiTags('reports')
@ApiProduces('application/json', 'text/csv')
@Controller('v1/reports')
export class ReportingController {
  constructor(private readonly reports: ReportingService) {}

  @Get('rto-rate')
  @Access({ merchant: 'packages:read', staff: STAFF })
  @Returns(200, RtoRateReport)
  async rtoRate(
    @Query() query: ReportQuery,
    @CurrentActor() actor: Actor,
    @Headers('accept') accept: string | undefined,
  ): Promise<RtoRateReport | StreamableFile> {
    const scope = scopeOf(query, actor);
    return answer('rto-rate', accept, { ...said(scope), data: await this.reports.rtoRate(scope) });
  }

  @Get('delivery-times')
  @Access({ merchant: 'packages:read', staff: STAFF })
  @Returns(200, DeliveryTimesReport)
  async deliveryTimes(
    @Query() query: ReportQuery,
    @CurrentActor() actor: Actor,
    @Headers('accept') accept: string | undefined,
  ): Promise<DeliveryTimesReport | StreamableFile> {
    const scope = scopeOf(query, actor);
    return answer('delivery-times', accept, { ...said(scope), data: await this.reports.deliveryTimes(scope) });
  }

  @Get('couriers')
  @Access({ merchant: 'packages:read', staff: STAFF })
  @Returns(200, CouriersReport)
  async couriers(
    @Query() query: ReportQuery,
    @CurrentActor() actor: Actor,
    @Headers('accept') accept: string | undefined,
  ): Promise<CouriersReport | StreamableFile> {
    const scope = scopeOf(query, actor);
    return answer('couriers', accept, { ...said(scope), data: await this.reports.couriers(scope) });
  }

  @Get('refunds')
  @Access({ merchant: 'wallet:read', staff: STAFF })
  @Returns(200, RefundsReport)
  async refunds(
    @Query() query: ReportQuery,
    @CurrentActor() actor: Actor,
    @Headers('accept') accept: string | undefined,
  ): Promise<RefundsReport | StreamableFile> {
    const scope = scopeOf(query, actor);
    return answer('refunds', accept, { ...said(scope), data: await this.reports.refunds(scope) });
  }
}

/** @throws InvalidFields the period ends before it begins */
function scopeOf({ from = null, to = null, by = 'courier' }: Nullable<ReportQuery>, actor: Actor): Scope {
  if (from !== null && to !== null && from > to) throw invalidField('/from', 'range', '`from` must not be after `to`.'); // both are UTC with milliseconds here
  return { merchantId: tenantOf(actor), from, to, by: by ?? 'courier' };
}

type Nullable<T> = { [K in keyof T]: T[K] | null };

const said = ({ from, to, by }: Scope) => ({ from, to, by });

/** The columns of each table, which has them also where nothing is to be told. */
const COLUMNS = {
  'rto-rate': ['group', 'shipped', 'delivered', 'rto', 'lost', 'failed', 'under_way', 'rto_rate'],
  'delivery-times': [
    ...['group', 'shipped', 'delivered', 'days_to_first_scan', 'days_to_door', 'days_to_door_p90'],
    'first_attempt_rate',
  ],
  couriers: [
    ...['group', 'courier', 'shipped', 'delivered', 'rto', 'lost', 'late', 'rto_rate', 'lost_rate'],
    ...['first_attempt_rate', 'days_to_first_scan', 'days_to_door'],
  ],
  refunds: ['group', 'cause', 'refunds', 'amount', 'currency'],
} as const;

function answer<R extends { data: object[] }>(
  name: keyof typeof COLUMNS,
  accept: string | undefined,
  report: R,
): R | StreamableFile {
  if (accept?.includes('text/csv') !== true) return report;
  return new StreamableFile(Buffer.from(csvOf(COLUMNS[name], report.data)), {
    type: 'text/csv; charset=utf-8',
    disposition: `attachment; filename="${name}.csv"`,
  });
}

/** Money is two columns. A group may be a merchant's own word for its goods: what a spreadsheet would run is escaped. */
function csvOf(columns: readonly string[], data: readonly object[]): string {
  const flat = data.map((row): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(row).flatMap(([name, value]: [string, unknown]) =>
        typeof value === 'object' && value !== null ? Object.entries(value) : [[name, value]],
      ),
    ),
  );
  return stringify([columns, ...flat.map((row) => columns.map((column) => row[column]))], { escape_formulas: true });
}
