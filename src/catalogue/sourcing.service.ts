import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../database/filters.ts';
import { asCaller } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';
import { Outbox } from '../events/outbox.ts';
import { Clock, instant, instantOrNull } from '../kernel/clock.ts';
import { invalidField, NotFound } from '../kernel/errors.ts';
import { idOut, newId } from '../kernel/ids.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import { step } from '../kernel/transitions.ts';
import { SOURCING, type SourcingStatus } from './sourcing.machine.ts';
import type { SourcingAnswerBody, SourcingBody, SourcingView } from './sourcing.dto.ts';

interface SourcingRow {
  merchantId: string;
  id: string;
  name: string;
  link: string | null;
  picture: string | null;
  quantity: number | null;
  note: string | null;
  status: SourcingStatus;
  sku: string | null;
  answer: string | null;
  createdAt: Date;
  answeredAt: Date | null;
}

const ROW = `merchant_id AS "merchantId", id, name, link, picture, quantity, note, status, sku, answer,
  created_at AS "createdAt", answered_at AS "answeredAt"`;

/** Goods that merchants ask for and the catalogue does not have. */
@Injectable()
export class SourcingService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  async ask(tx: EntityManager, merchantId: string, body: SourcingBody): Promise<SourcingView> {
    const { name, link = null, picture = null, quantity = null, note = null } = body;
    const row = await one<SourcingRow>(
      tx,
      `INSERT INTO sourcing_request (merchant_id, id, name, link, picture, quantity, note, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${ROW}`,
      [merchantId, newId(), name, link, picture, quantity, note, this.clock.now()],
    );
    if (row === null) throw new Error('The request was not stored.');
    return view(row);
  }

  /** @param merchantId null: staff @throws NotFound */
  async get(merchantId: string | null, id: string): Promise<SourcingView> {
    const sql = `SELECT ${ROW} FROM sourcing_request WHERE id = $1 AND ($2::uuid IS NULL OR merchant_id = $2)`;
    const row = await one<SourcingRow>(asCaller(this.db, merchantId), sql, [id, merchantId]);
    if (row === null) throw new NotFound('sourcing request');
    return view(row);
  }

  /** @param merchantId null: of all merchants */
  async list(
    { merchantId, status }: { merchantId: string | null; status: string | undefined },
    { limit, after }: PageRequest,
  ): Promise<Page<SourcingView>> {
    const { clauses, params } = filtersOf(
      [],
      [
        ['merchant_id =', merchantId],
        ['id <', after?.[0]],
        ['status =', status],
      ],
    );
    const found = await rows<SourcingRow>(
      asCaller(this.db, merchantId),
      `SELECT ${ROW} FROM sourcing_request ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`,
      params,
    );
    return page(found, limit, view, (row) => [row.id]);
  }

  /**
   * A variant or a no, once.
   * @throws NotFound, IllegalStep it was answered
   * @throws InvalidFields found without a variant of the catalogue, declined without a reason
   */
  async answer(tx: EntityManager, id: string, body: SourcingAnswerBody, byUser: string): Promise<SourcingView> {
    const asked = await one<SourcingRow>(tx, `SELECT ${ROW} FROM sourcing_request WHERE id = $1 FOR UPDATE`, [id]);
    if (asked === null) throw new NotFound('sourcing request');
    const status = step(SOURCING, 'sourcing request', asked.status, body.status === 'found' ? 'find' : 'decline');
    const sku = body.status === 'found' ? await this.variant(tx, body.sku) : null;
    if (status === 'declined' && body.answer === undefined) throw invalidField('/answer', 'required', 'A no says why.');
    const at = this.clock.now();
    const row = await one<SourcingRow>(
      tx,
      `UPDATE sourcing_request SET status = $3, sku = $4, answer = $5, answered_at = $6, answered_by = $7
       WHERE merchant_id = $1 AND id = $2 RETURNING ${ROW}`,
      [asked.merchantId, id, status, sku, body.answer ?? null, at, byUser],
    );
    if (row === null) throw new Error('The request is gone.');
    const { merchantId, name, answer } = row;
    const told = { merchantId, sourcingRequestId: id, name, status, sku, answer, at: instant(at) };
    this.outbox.tell(tx, 'sourcing.answered', told);
    return view(row);
  }

  private async variant(tx: EntityManager, sku: string | undefined): Promise<string> {
    if (sku === undefined) throw invalidField('/sku', 'required', 'Name the variant that it has become.');
    const known = await one(tx, `SELECT 1 FROM variant WHERE sku = $1`, [sku]);
    if (known === null) throw invalidField('/sku', 'unknown_sku', `There is no SKU ${sku}.`);
    return sku;
  }
}

function view(row: SourcingRow): SourcingView {
  const { name, link, picture, quantity, note, status, sku, answer } = row;
  return {
    ...{ id: idOut('srq', row.id), name, link, picture, quantity, note, status, sku, answer },
    ...{ created_at: instant(row.createdAt), answered_at: instantOrNull(row.answeredAt) },
  };
}
