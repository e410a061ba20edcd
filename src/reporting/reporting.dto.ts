import {
  Choice,
  InstantField,
  Int,
  List,
  MoneyBody,
  MoneyField,
  Num,
  Percent,
  QueryInstant,
  Text,
} from '../http/fields.ts';

export const DIMENSIONS = ['courier', 'country', 'sku', 'merchant'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export class ReportQuery {
  @QueryInstant({ optional: true, description: 'Inclusive; from the beginning where nothing is said.' }) from?: string;
  @QueryInstant({ optional: true, description: 'Inclusive; everything so far where nothing is said.' }) to?: string;
  @Choice(DIMENSIONS, {
    optional: true,
    description: 'What a row is about, courier where nothing is said. A package counts at each of its SKUs.',
  })
  by?: Dimension;
}

const GROUP = 'A courier’s or SKU’s code, a country, a merchant’s id; null where it is not known.';

class PackagesRow {
  @Text({ nullable: true, description: GROUP, example: 'dhl' }) group: string | null;
  @Int({ description: 'Packages that were handed over in the period.' }) shipped: number;
}

export class RtoRateRow extends PackagesRow {
  @Int() delivered: number;
  @Int({ description: 'Turned back by the courier, or back already.' }) rto: number;
  @Int() lost: number;
  @Int({ description: 'Given up without coming back.' }) failed: number;
  @Int() under_way: number;
  @Percent({ nullable: true, description: '`rto` of those that have come to an end; null where none has.' })
  rto_rate: string | null;
}

export class DeliveryTimesRow extends PackagesRow {
  @Int() delivered: number;
  @Num({ nullable: true, description: 'Median days from hand-over to the courier’s first word.' })
  days_to_first_scan: number | null;
  @Num({ nullable: true, description: 'Median days from hand-over to delivery.' }) days_to_door: number | null;
  @Num({ nullable: true, description: 'Nine of ten were delivered within so many days.' })
  days_to_door_p90: number | null;
  @Percent({ nullable: true, description: 'Delivered without a failed attempt, of those that were attempted.' })
  first_attempt_rate: string | null;
}

export class CourierRow extends PackagesRow {
  @Text({ description: 'The courier’s code.', example: 'dhl' }) courier: string;
  @Int() delivered: number;
  @Int() rto: number;
  @Int() lost: number;
  @Int({ description: 'Over the policy’s limit.' }) late: number;
  @Percent({ nullable: true }) rto_rate: string | null;
  @Percent({ nullable: true }) lost_rate: string | null;
  @Percent({ nullable: true }) first_attempt_rate: string | null;
  @Num({ nullable: true }) days_to_first_scan: number | null;
  @Num({ nullable: true }) days_to_door: number | null;
}

export class RefundsRow {
  @Text({ nullable: true, description: GROUP, example: 'dhl' }) group: string | null;
  @Text({ description: 'undelivered, cancellation, claim or return.', example: 'undelivered' }) cause: string;
  @Int({ description: 'Credits.' }) refunds: number;
  @MoneyField() amount: MoneyBody;
}

/** What every report says of itself. */
class Report {
  @InstantField({ nullable: true }) from: string | null;
  @InstantField({ nullable: true }) to: string | null;
  @Choice(DIMENSIONS) by: Dimension;
}

export class RtoRateReport extends Report {
  @List(() => RtoRateRow) data: RtoRateRow[];
}

export class DeliveryTimesReport extends Report {
  @List(() => DeliveryTimesRow) data: DeliveryTimesRow[];
}

export class CouriersReport extends Report {
  @List(() => CourierRow) data: CourierRow[];
}

export class RefundsReport extends Report {
  @List(() => RefundsRow, { description: 'A row a group, cause and currency.' }) data: RefundsRow[];
}
