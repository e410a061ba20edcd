import {
  Choice,
  Country,
  Flag,
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
import { HANDLING } from './catalogue.store.ts';

/** A kilometre and a hundred tonnes: beyond that somebody mistook the unit. */
const MAX_MM = 1_000_000;
const MAX_G = 100_000_000;
const HS_CODE = /^\d[\d.]{1,19}$/;
const REASONS = ['receipt', 'adjustment', 'damage', 'return'] as const;

export class VariantsQuery extends ListQuery {
  @Text({ optional: true, description: 'A part of the SKU or of the title, in any case.' })
  q?: string;
}

export class PutVariantBody {
  @Text({ example: 'Desk lamp, oak' })
  title: string;

  @List(() => MoneyBody, { min: 1, max: 200, description: 'One price a currency.' })
  prices: MoneyBody[];

  @Int({ min: 1, max: MAX_G, description: 'Of one unit, packed for sale.' })
  weight_g: number;

  @Int({ min: 1, max: MAX_MM })
  length_mm: number;

  @Int({ min: 1, max: MAX_MM })
  width_mm: number;

  @Int({ min: 1, max: MAX_MM })
  height_mm: number;

  @TextList({
    optional: true,
    max: 4,
    choices: HANDLING,
    description: 'Goods share a package only where these are equal.',
  })
  handling?: string[];

  @Text({
    optional: true,
    max: 20,
    pattern: HS_CODE,
    says: 'hs_code must be digits and dots such as 9405.20',
    example: '9405.20',
  })
  hs_code?: string;

  @Country({ optional: true, description: 'Where it was made, for customs.' })
  origin?: string;

  @Flag({ optional: true, description: 'May be ordered when there is none left; no where nothing is said.' })
  backorder?: boolean;

  @Flag({ optional: true, description: 'Looked at when packed: packing needs the result. No where nothing is said.' })
  quality_check?: boolean;
}

export class VariantStockView {
  @Text()
  warehouse: string;

  @Int({ description: 'Units that can still be ordered.' })
  available: number;

  @Int({ optional: true, description: 'For staff.' })
  on_hand?: number;

  @Int({ optional: true, description: 'For staff: promised to orders.' })
  reserved?: number;

  @Int({ optional: true, description: 'For staff: promised to orders and not there yet.' })
  backordered?: number;
}

export class VariantView {
  @Text()
  sku: string;

  @Text()
  title: string;

  @List(() => MoneyBody)
  prices: MoneyBody[];

  @Int()
  weight_g: number;

  @Int()
  length_mm: number;

  @Int()
  width_mm: number;

  @Int()
  height_mm: number;

  @TextList({ choices: HANDLING })
  handling: string[];

  @Text({ nullable: true })
  hs_code: string | null;

  @Country({ nullable: true })
  origin: string | null;

  @Flag()
  backorder: boolean;

  @Flag()
  quality_check: boolean;

  @Int({ description: 'Units that can still be ordered, in all warehouses.' })
  available: number;

  @List(() => VariantStockView)
  stock: VariantStockView[];
}

export class RestockRequestBody {
  @Text({ max: 64 })
  sku: string;

  @Int({ min: 1, max: 1_000_000 })
  quantity: number;
}

export class RestockRequestView {
  @Text()
  sku: string;

  @Int({ min: 1 })
  quantity: number;

  @Choice(['open', 'restocked'])
  status: string;

  @InstantField()
  created_at: string;

  @InstantField({ nullable: true, description: 'When the merchant was told.' })
  restocked_at: string | null;
}

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
  @Text({ max: 64, example: 'easypost' })
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
