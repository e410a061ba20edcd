import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Cache } from '../database/cache.ts';
import { Drops } from '../database/drops.ts';
import { asHouse } from '../database/scope.ts';
import { one, rows, type Db } from '../database/sql.ts';
import { Clock, instantOrNull } from '../kernel/clock.ts';
import { InvalidFields, invalidField, NotFound } from '../kernel/errors.ts';
import { Money } from '../kernel/money.ts';
import { page, type Page, type PageRequest } from '../kernel/pages.ts';
import type { DiscountCode, PriceTiers } from './discount.policy.ts';
import type { DiscountCodeView, PriceTiersBody, PriceTiersView, PutDiscountCodeBody } from './promotions.dto.ts';
import { DiscountCodeRefused } from './pricing.errors.ts';

interface TierRow {
  kind: 'quantity' | 'order_value';
  currency: string | null;
  fromUnits: number | null;
  overMinor: string | null;
  percent: string;
}

interface CodeRow {
  code: string;
  percent: string | null;
  amountMinor: string | null;
  amountCurrency: string | null;
  from: Date | null;
  until: Date | null;
  minimumMinor: string | null;
  minimumCurrency: string | null;
  maxUses: number | null;
  maxUsesPerMerchant: number | null;
  uses: number;
}

interface Promotions {
  tiers: PriceTiers;
  codes: ReadonlyMap<string, DiscountCode>;
}

const TIERS = `SELECT kind, currency, from_units AS "fromUnits", over_minor AS "overMinor", trim_scale(percent)::text AS percent
  FROM price_tier ORDER BY kind, position`;
const CODE = `SELECT code, trim_scale(percent)::text AS percent, amount_minor AS "amountMinor", amount_currency AS "amountCurrency",
  valid_from AS "from", valid_until AS "until", minimum_minor AS "minimumMinor", minimum_currency AS "minimumCurrency",
  max_uses AS "maxUses", max_uses_per_merchant AS "maxUsesPerMerchant", uses FROM discount_code`;
const CODE_FORM = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

/** Price tiers and discount codes: set by staff, read by every price, uses counted by the database. */
@Injectable()
export class PromotionsService {
  private readonly cache: Cache<Promotions>;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    drops: Drops,
  ) {
    this.cache = new Cache('promotions', drops, () => this.load());
  }

  async tiers(): Promise<PriceTiers> {
    return (await this.cache.get()).tiers;
  }

  /** @throws InvalidFields there is no such code */
  async code(code: string): Promise<DiscountCode> {
    const found = (await this.cache.get()).codes.get(code);
    if (found === undefined)
      throw invalidField('/discount_code', 'unknown_discount_code', `There is no discount code ${code}.`);
    return found;
  }

  /** Before a quote: has it been used up already? @throws DiscountCodeRefused */
  async checkUses(db: Db, code: DiscountCode, merchantId: string): Promise<void> {
    if (code.maxUses === null && code.maxUsesPerMerchant === null) return;
    const counted = await one<{ uses: number; own: number }>(
      db,
      `SELECT uses, (SELECT count(*) FROM discount_code_use u WHERE u.merchant_id = $2 AND u.code = c.code)::int AS own
       FROM discount_code c WHERE code = $1`,
      [code.code, merchantId],
    );
    refuseUsedUp(code, counted?.uses ?? 0, counted?.own ?? 0);
  }

  /**
   * Counts a use for an order. The code's row is locked until the transaction ends: of two that want the last use, one gets it.
   * @throws DiscountCodeRefused it has been used up
   */
  async redeem(tx: EntityManager, use: { code: string; merchantId: string; orderId: string }): Promise<void> {
    const row = await one<CodeRow>(tx, `${CODE} WHERE code = $1 FOR UPDATE`, [use.code]);
    if (row === null) throw new DiscountCodeRefused(use.code, 'expired');
    const own = await one<{ count: number }>(
      tx,
      'SELECT count(*)::int AS count FROM discount_code_use WHERE merchant_id = $1 AND code = $2',
      [use.merchantId, use.code],
    );
    refuseUsedUp(toCode(row), row.uses, own?.count ?? 0);
    await rows(
      tx,
      `WITH used AS (INSERT INTO discount_code_use (merchant_id, code, order_id, used_at) VALUES ($1, $2, $3, $4))
       UPDATE discount_code SET uses = uses + 1 WHERE code = $2`,
      [use.merchantId, use.code, use.orderId, this.clock.now()],
    );
  }

  async putTiers(
    tx: EntityManager,
    { quantity = [], order_value: orderValue = [] }: PriceTiersBody,
  ): Promise<PriceTiersView> {
    const seen = new Set<string>();
    const limits = [
      ...quantity.map((t, i) => ({ key: `${t.currency ?? '*'} ${t.from}`, pointer: `/quantity/${i}` })),
      ...orderValue.map((t, i) => ({ key: `${t.over.currency} over ${t.over.amount}`, pointer: `/order_value/${i}` })),
    ];
    const repeated = limits.filter(({ key }) => seen.size === seen.add(key).size);
    if (repeated.length > 0) {
      throw new InvalidFields(
        repeated.map(({ pointer }) => ({ pointer, code: 'repeated', detail: 'This limit stands here twice.' })),
      );
    }
    const all = [
      ...quantity.map((t) => ({
        kind: 'quantity',
        currency: t.currency ?? null,
        from: t.from,
        over: null,
        percent: t.percent,
      })),
      ...orderValue.map(({ over, percent }) => ({
        ...{ kind: 'order_value', currency: over.currency, from: null, percent },
        over: Money.fromJson(over).minor.toString(),
      })),
    ];
    await rows(tx, 'DELETE FROM price_tier');
    await rows(
      tx,
      `INSERT INTO price_tier (kind, position, currency, from_units, over_minor, percent)
       SELECT t.kind, t.position, t.currency, t.from_units, t.over_minor, t.percent
       FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::numeric[]) WITH ORDINALITY
         AS t (kind, currency, from_units, over_minor, percent, position)`,
      [
        all.map((t) => t.kind),
        all.map((t) => t.currency),
        all.map((t) => t.from),
        all.map((t) => t.over),
        all.map((t) => t.percent),
      ],
    );
    this.cache.dropAfterCommit(tx);
    return tiersView(tiersOf(await rows<TierRow>(tx, TIERS)));
  }

  async readTiers(): Promise<PriceTiersView> {
    return tiersView(tiersOf(await rows<TierRow>(asHouse(this.db), TIERS)));
  }

  /** Creates a code or replaces its terms; its uses stay counted. */
  async putCode(tx: EntityManager, code: string, body: PutDiscountCodeBody): Promise<DiscountCodeView> {
    checkCode(code, body);
    const amount = body.amount === undefined ? null : Money.fromJson(body.amount);
    const minimum = body.minimum_order === undefined ? null : Money.fromJson(body.minimum_order);
    await rows(
      tx,
      `INSERT INTO discount_code (code, percent, amount_minor, amount_currency, valid_from, valid_until, minimum_minor,
         minimum_currency, max_uses, max_uses_per_merchant, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (code) DO UPDATE SET percent = $2, amount_minor = $3, amount_currency = $4, valid_from = $5, valid_until = $6,
         minimum_minor = $7, minimum_currency = $8, max_uses = $9, max_uses_per_merchant = $10`,
      [
        ...[code, body.percent ?? null, amount?.minor.toString() ?? null, amount?.currency ?? null],
        ...[body.from ?? null, body.until ?? null, minimum?.minor.toString() ?? null, minimum?.currency ?? null],
        ...[body.max_uses ?? null, body.max_uses_per_merchant ?? null, this.clock.now()],
      ],
    );
    this.cache.dropAfterCommit(tx);
    return this.readCode(code, tx);
  }

  /** @throws NotFound */
  async readCode(code: string, db: Db = asHouse(this.db)): Promise<DiscountCodeView> {
    const row = await one<CodeRow>(db, `${CODE} WHERE code = $1`, [code]);
    if (row === null) throw new NotFound('discount code');
    return codeView(row);
  }

  async listCodes({ limit, after }: PageRequest): Promise<Page<DiscountCodeView>> {
    const sql = `${CODE} WHERE $1::text IS NULL OR code > $1 ORDER BY code LIMIT $2`;
    const found = await rows<CodeRow>(asHouse(this.db), sql, [after?.[0] ?? null, limit + 1]);
    return page(found, limit, codeView, ({ code }) => [code]);
  }

  private async load(): Promise<Promotions> {
    const tiers = tiersOf(await rows<TierRow>(asHouse(this.db), TIERS));
    const codes = (await rows<CodeRow>(asHouse(this.db), CODE)).map(toCode);
    return { tiers, codes: new Map(codes.map((c) => [c.code, c])) };
  }
}

function refuseUsedUp(code: DiscountCode, uses: number, own: number): void {
  if (code.maxUses !== null && uses >= code.maxUses) throw new DiscountCodeRefused(code.code, 'used_up');
  if (code.maxUsesPerMerchant !== null && own >= code.maxUsesPerMerchant)
    throw new DiscountCodeRefused(code.code, 'used_up_by_merchant');
}

function checkCode(code: string, { percent, amount, from, until }: PutDiscountCodeBody): void {
  if (!CODE_FORM.test(code))
    throw invalidField('/code', 'format', 'A discount code has 1 to 64 letters, digits and . _ + -.');
  if ((percent === undefined) === (amount === undefined)) {
    throw invalidField('/percent', 'required', 'A discount code has either a percent or an amount.');
  }
  if (percent !== undefined && /^0+(\.0+)?$/.test(percent))
    throw invalidField('/percent', 'positive', 'The percent is more than zero.');
  if (from !== undefined && until !== undefined && new Date(until) < new Date(from)) {
    throw invalidField('/until', 'too_small', 'The end is not before the beginning.');
  }
}

function tiersOf(found: readonly TierRow[]): PriceTiers {
  return {
    quantity: found.flatMap(({ kind, currency, fromUnits, percent }) =>
      kind === 'quantity' && fromUnits !== null ? [{ currency, from: fromUnits, percent }] : [],
    ),
    orderValue: found.flatMap(({ currency, overMinor, percent }) =>
      currency === null || overMinor === null ? [] : [{ over: Money.ofMinor(overMinor, currency), percent }],
    ),
  };
}

function tiersView({ quantity, orderValue }: PriceTiers): PriceTiersView {
  return {
    quantity: quantity.map(({ currency, from, percent }) => ({
      ...(currency === null ? {} : { currency }),
      from,
      percent,
    })),
    order_value: orderValue.map(({ over, percent }) => ({ over: over.toJSON(), percent })),
  };
}

function moneyOrNull(minor: string | null, currency: string | null): Money | null {
  return minor === null || currency === null ? null : Money.ofMinor(minor, currency);
}

function toCode(row: CodeRow): DiscountCode {
  const { code, percent, from, until, maxUses, maxUsesPerMerchant } = row;
  return {
    ...{ code, percent, from, until, maxUses, maxUsesPerMerchant },
    amount: moneyOrNull(row.amountMinor, row.amountCurrency),
    minimumOrder: moneyOrNull(row.minimumMinor, row.minimumCurrency),
  };
}

function codeView(row: CodeRow): DiscountCodeView {
  const { code, percent, amount, from, until, maxUses, maxUsesPerMerchant, minimumOrder } = toCode(row);
  return {
    ...{ code, percent, amount: amount?.toJSON() ?? null, from: instantOrNull(from), until: instantOrNull(until) },
    ...{ max_uses: maxUses, max_uses_per_merchant: maxUsesPerMerchant, minimum_order: minimumOrder?.toJSON() ?? null },
    uses: row.uses,
  };
}
