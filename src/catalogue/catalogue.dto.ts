import { Choice, Country, Flag, InstantField, Int, List, MoneyBody, Text, TextList } from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import { HANDLING } from './catalogue.store.ts';

/** A kilometre and a hundred tonnes: beyond that somebody mistook the unit. */
const MAX_MM = 1_000_000;
const MAX_G = 100_000_000;
const HS_CODE = /^\d[\d.]{1,19}$/;

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
