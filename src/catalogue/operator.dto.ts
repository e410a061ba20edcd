import {
  Choice,
  Country,
  InstantField,
  Int,
  List,
  MoneyBody,
  MoneyField,
  Nested,
  Text,
  TextList,
} from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';

/** A hundred tonnes: beyond that somebody mistook the unit. */
const MAX_G = 100_000_000;
const REASONS = ['receipt', 'adjustment', 'damage', 'return'] as const;

export class PutWarehouseBody {
  @Text()
  name: string;

  @Country()
  country: string;

  @Int({
    optional: true,
    max: 365,
    description: 'Working days from payment to hand-over that are promised; 2 where nothing is said.',
  })
  dispatch_days?: number;
}

export class WarehouseView {
  @Text()
  code: string;

  @Text()
  name: string;

  @Country()
  country: string;

  @Int()
  dispatch_days: number;
}

export class StockMovementBody {
  @Text({ max: 64 })
  sku: string;

  @Text({ max: 64 })
  warehouse: string;

  @Int({
    min: -1_000_000,
    max: 1_000_000,
    description: 'Units. An adjustment may go either way; damage takes away, whatever its sign.',
  })
  quantity: number;

  @Choice(REASONS)
  reason: (typeof REASONS)[number];
}

export class StockMovementsQuery extends ListQuery {
  @Text({ optional: true, max: 64 })
  sku?: string;

  @Text({ optional: true, max: 64 })
  warehouse?: string;
}

export class StockMovementView {
  @Text()
  sku: string;

  @Text()
  warehouse: string;

  @Int({ min: -1_000_000, description: 'Below zero where units left.' })
  quantity: number;

  @Choice([...REASONS, 'shipment'])
  reason: string;

  @InstantField()
  created_at: string;
}

/** What a movement left behind. */
export class StockMovedView extends StockMovementView {
  @Int()
  on_hand: number;

  @Int()
  reserved: number;

  @Int()
  backordered: number;

  @Int()
  available: number;
}

export class DaysBody {
  @Int({ max: 365 })
  min: number;

  @Int({ max: 365 })
  max: number;
}

export class ServicePriceBody {
  @Int({ min: 1, max: MAX_G, description: 'The step goes up to this weight and includes it.' })
  up_to_g: number;

  @MoneyField()
  amount: MoneyBody;
}

export class CourierServiceBody {
  @Text({ max: 64 })
  code: string;

  @Choice(['standard', 'express'], { optional: true, description: 'standard where nothing is said.' })
  class?: 'standard' | 'express';

  @TextList({ min: 1, max: 250, pattern: /^([A-Z]{2}|\*)$/, description: 'ISO 3166 codes, or `*` for everywhere.' })
  countries: string[];

  @Nested(() => DaysBody, { description: 'Working days from hand-over.' })
  days: DaysBody;

  @Int({ min: 1, max: MAX_G })
  max_weight_g: number;

  @Int({ min: 1, max: 1_000_000 })
  max_units: number;

  @Int({ optional: true, min: 1, max: 2_000_000_000 })
  max_volume_cm3?: number;

  @List(() => ServicePriceBody, { min: 1, max: 500 })
  prices: ServicePriceBody[];

  @TextList({
    optional: true,
    max: 2,
    choices: ['phone', 'postal_code'],
    description: 'What the courier demands of an address.',
  })
  needs?: ('phone' | 'postal_code')[];
}

export class CourierTrackingBody {
  @Text({
    max: 64,
    example: 'easypost',
    description: 'Who tells of its parcels; an unknown one is refused with the known.',
  })
  source: string;

  @Text({ optional: true, max: 64, description: 'The courier’s name there, where it is another.', example: 'USPS' })
  carrier?: string;
}

export class PutCourierBody {
  @Text()
  name: string;

  @List(() => CourierServiceBody, { max: 100 })
  services: CourierServiceBody[];

  @List(() => CourierTrackingBody, { optional: true, max: 20 })
  tracking?: CourierTrackingBody[];
}

export class CourierView extends PutCourierBody {
  @Text()
  code: string;
}

export class PutSettingsBody {
  @Text({ optional: true, max: 64, description: 'Policy of new orders whose merchant has none of its own.' })
  default_policy?: string;

  @Text({ optional: true, max: 64, example: 'Europe/Paris' })
  time_zone?: string;

  @TextList({ optional: true, max: 1000, length: 10, description: 'Local dates that are no working days.' })
  holidays?: string[];

  @Int({
    optional: true,
    min: 1,
    max: 365,
    description: 'An order that waits for money is cancelled after so many days.',
  })
  awaiting_funds_days?: number;
}

export class SettingsView {
  @Text()
  default_policy: string;

  @Text()
  time_zone: string;

  @TextList()
  holidays: string[];

  @Int({ min: 1 })
  awaiting_funds_days: number;
}
