import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../database/filters.ts';
import { asCaller } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';
import { Clock, instant, instantOrNull } from '../kernel/clock.ts';
import { invalidField } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import type { RestockRequestBody, RestockRequestView } from './catalogue.dto.ts';
import { CatalogueService } from './catalogue.service.ts';

interface RequestRow {
  id: string;
  sku: string;
  quantity: number;
  createdAt: Date;
  restockedAt: Date | null;
}

const ROW = `id, sku, quantity, created_at AS "createdAt", restocked_at AS "restockedAt"`;

/** What merchants want to hear of when it is back. Stock tells them, once (`stock.restocked`). */
@Injectable()
export class RestockService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
  ) {}

  /** One open request a merchant and SKU: asked again, its quantity is the new one. */
  async ask(tx: EntityManager, merchantId: string, { sku, quantity }: RestockRequestBody): Promise<RestockRequestView> {
    const { variants } = await this.catalogue.snapshot();
    if (!variants.has(sku)) throw invalidField('/sku', 'unknown_sku', `There is no SKU ${sku}.`);
    const row = await one<RequestRow>(
      tx,
      `INSERT INTO restock_request (merchant_id, id, sku, quantity, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (merchant_id, sku) WHERE restocked_at IS NULL DO UPDATE SET quantity = $4 RETURNING ${ROW}`,
      [merchantId, newId(), sku, quantity, this.clock.now()],
    );
    if (row === null) throw new Error('The request was not stored.');
    return view(row);
  }

  /** @param merchantId null: of all merchants */
  async list(merchantId: string | null, { limit, after }: PageRequest): Promise<Page<RestockRequestView>> {
    const { clauses, params } = filtersOf(
      [],
      [
        ['merchant_id =', merchantId],
        ['id <', after?.[0]],
      ],
    );
    const found = await rows<RequestRow>(
      asCaller(this.db, merchantId),
      `SELECT ${ROW} FROM restock_request ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`,
      params,
    );
    return page(found, limit, view, (row) => [row.id]);
  }
}

function view({ sku, quantity, createdAt, restockedAt }: RequestRow): RestockRequestView {
  const status = restockedAt === null ? 'open' : 'restocked';
  return { sku, quantity, status, created_at: instant(createdAt), restocked_at: instantOrNull(restockedAt) };
}
