import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { Clock } from '../kernel/clock.ts';
import { InvalidFields, NotFound, type FieldError } from '../kernel/errors.ts';
import { Money } from '../kernel/money.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import type { PutVariantBody, VariantStockView, VariantView } from './catalogue.dto.ts';
import { CatalogueService } from './catalogue.service.ts';
import { checkCode, repeated } from './codes.ts';
import { putVariant, type Handling, type Variant } from './catalogue.store.ts';

interface VariantRow extends Omit<Variant, 'prices'> {
  prices: Record<string, string>;
  stock: { warehouse: string; onHand: number; reserved: number; backordered: number }[];
  createdAt: Date;
}

const SELECT = `
  SELECT v.sku, v.title, v.weight_g AS "weightG", v.length_mm AS "lengthMm", v.width_mm AS "widthMm", v.height_mm AS "heightMm",
    v.handling, v.hs_code AS "hsCode", v.origin, v.backorder, v.quality_check AS "qualityCheck",
    v.created_at AS "createdAt",
    coalesce((SELECT jsonb_object_agg(p.currency, p.price_minor::text) FROM variant_price p WHERE p.sku = v.sku), '{}') AS prices,
    coalesce((SELECT jsonb_agg(jsonb_build_object('warehouse', s.warehouse, 'onHand', s.on_hand, 'reserved', s.reserved,
      'backordered', s.backordered) ORDER BY s.warehouse) FROM stock s WHERE s.sku = v.sku), '[]') AS stock
  FROM variant v`;

/** The operator's goods, as merchants and staff see them and as staff set them. */
@Injectable()
export class VariantsService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
  ) {}

  /** @param q a part of the SKU or the title */
  async list(q: string | null, { limit, after }: PageRequest, forStaff: boolean): Promise<Page<VariantView>> {
    const pattern = q === null ? null : `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    const found = await rows<VariantRow>(
      asHouse(this.db),
      `${SELECT} WHERE ($1::text IS NULL OR v.sku ILIKE $1 OR v.title ILIKE $1)
         AND ($2::timestamptz IS NULL OR (v.created_at, v.sku) < ($2, $3)) ORDER BY v.created_at DESC, v.sku DESC LIMIT $4`,
      [pattern, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
    return page(
      found,
      limit,
      (row) => view(row, forStaff),
      (row) => [row.createdAt.toISOString(), row.sku],
    );
  }

  /** @throws NotFound */
  async get(sku: string, forStaff: boolean, db: Db = asHouse(this.db)): Promise<VariantView> {
    const found = await this.find(sku, forStaff, db);
    if (found === null) throw new NotFound('variant');
    return found;
  }

  /** Null: there is none. */
  async find(sku: string, forStaff: boolean, db: Db = asHouse(this.db)): Promise<VariantView | null> {
    const row = await one<VariantRow>(db, `${SELECT} WHERE v.sku = $1`, [sku]);
    return row === null ? null : view(row, forStaff);
  }

  async put(tx: EntityManager, sku: string, body: PutVariantBody): Promise<VariantView> {
    checkCode('sku', sku);
    const errors = [...moneyFaults(body.prices), ...repeated(body.prices, (p) => p.currency, '/prices')];
    if (errors.length > 0) throw new InvalidFields(errors);
    await putVariant(tx, { sku, ...read(body) }, this.clock.now());
    this.catalogue.changed(tx);
    return this.get(sku, true, tx);
  }
}

/** Money inside a list is checked here: the list checks the fields' form, not the currency's digits. */
function moneyFaults(prices: readonly { amount: string; currency: string }[]): FieldError[] {
  return prices.flatMap((price, index) => {
    try {
      const isNegative = Money.fromJson(price).isNegative();
      return isNegative
        ? [{ pointer: `/prices/${index}`, code: 'not_negative', detail: 'A price is not below zero.' }]
        : [];
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'This is no money.';
      return [{ pointer: `/prices/${index}`, code: 'money', detail }];
    }
  });
}

function read(body: PutVariantBody): Omit<Variant, 'sku'> {
  return {
    title: body.title,
    prices: new Map(body.prices.map((p) => [p.currency, Money.fromJson(p)])),
    ...{ weightG: body.weight_g, lengthMm: body.length_mm, widthMm: body.width_mm, heightMm: body.height_mm },
    handling: [...new Set((body.handling ?? []) as Handling[])].sort(),
    ...{ hsCode: body.hs_code ?? null, origin: body.origin ?? null, backorder: body.backorder ?? false },
    qualityCheck: body.quality_check ?? false,
  };
}

function view(row: VariantRow, forStaff: boolean): VariantView {
  const stock = row.stock.map(({ warehouse, onHand, reserved, backordered }): VariantStockView => {
    const counted = forStaff ? { on_hand: onHand, reserved, backordered } : {};
    return { warehouse, available: onHand - reserved, ...counted };
  });
  return {
    ...{ sku: row.sku, title: row.title },
    prices: Object.entries(row.prices)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, minor]) => Money.ofMinor(minor, currency).toJSON()),
    ...{ weight_g: row.weightG, length_mm: row.lengthMm, width_mm: row.widthMm, height_mm: row.heightMm },
    ...{ handling: [...row.handling], hs_code: row.hsCode, origin: row.origin, backorder: row.backorder },
    quality_check: row.qualityCheck,
    available: stock.reduce((sum, s) => sum + s.available, 0),
    stock,
  };
}
