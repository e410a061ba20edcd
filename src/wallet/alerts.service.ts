import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Scope } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';
import { invalidField } from '../kernel/errors.ts';
import { Money, type MoneyJson } from '../kernel/money.ts';
import { StripePayments } from './card-payments/stripe.ts';
import type { AlertsBody, AlertsView, AutoTopUpBody } from './wallet.dto.ts';
import { NoPaymentProvider, NoSavedCard } from './wallet.errors.ts';

interface ProfileRow {
  low_balance_minor: string | null;
  low_balance_currency: string | null;
  auto_top_up_minor: string | null;
  auto_top_up_cap_minor: string | null;
  card: string | null;
}

const PROFILE = `SELECT low_balance_minor, low_balance_currency, auto_top_up_minor, auto_top_up_cap_minor,
  (SELECT label FROM saved_card c WHERE c.merchant_id = p.merchant_id) AS card FROM wallet_profile p WHERE merchant_id = $1`;

/** What a merchant wants to be told of its balance. The falls themselves are seen by the ledger, with each journal. */
@Injectable()
export class AlertsService {
  constructor(private readonly stripe: StripePayments) {}

  /** First word of a merchant: its home currency, which the wallet shows even before money comes. */
  async welcome(tx: EntityManager, merchantId: string, currency: string | null): Promise<void> {
    await rows(
      tx,
      `INSERT INTO wallet_profile (merchant_id, home_currency) VALUES ($1, $2)
       ON CONFLICT (merchant_id) DO UPDATE SET home_currency = coalesce(excluded.home_currency, wallet_profile.home_currency)`,
      [merchantId, currency],
    );
  }

  /**
   * A balance that is below the new limit already has no fall to tell of: the next one is, after a rise to it.
   * @throws NoPaymentProvider, NoSavedCard automatic top-ups need both
   * @throws InvalidFields another currency than the limit's, or a cap below the amount
   */
  async set(
    tx: EntityManager,
    merchantId: string,
    { low_balance, auto_top_up = null }: AlertsBody,
  ): Promise<AlertsView> {
    const limit = low_balance === null ? null : Money.fromJson(low_balance);
    if (auto_top_up !== null) await this.requireCard(tx, merchantId);
    const rule = auto_top_up === null ? null : ruleOf(auto_top_up, limit);
    await rows(
      tx,
      `INSERT INTO wallet_profile AS p (merchant_id, low_balance_minor, low_balance_currency, auto_top_up_minor, auto_top_up_cap_minor, low)
       VALUES ($1, $2::bigint, $3::char(3), $4, $5, coalesce((SELECT posted_minor - held_minor FROM ledger_account
         WHERE merchant_id = $1 AND currency = $3::char(3) AND number = 1), 0) < coalesce($2::bigint, 0))
       ON CONFLICT (merchant_id) DO UPDATE SET low_balance_minor = excluded.low_balance_minor,
         low_balance_currency = excluded.low_balance_currency, auto_top_up_minor = excluded.auto_top_up_minor,
         auto_top_up_cap_minor = excluded.auto_top_up_cap_minor, low = excluded.low`,
      [merchantId, limit?.minor ?? null, limit?.currency ?? null, rule?.amount.minor ?? null, rule?.cap.minor ?? null],
    );
    return viewOf(await one<ProfileRow>(tx, PROFILE, [merchantId]));
  }

  async get(db: Scope, merchantId: string): Promise<AlertsView> {
    return viewOf(await one<ProfileRow>(db, PROFILE, [merchantId]));
  }

  private async requireCard(tx: EntityManager, merchantId: string): Promise<void> {
    if (!this.stripe.isConfigured) throw new NoPaymentProvider('automatic top-ups');
    const card = await one(tx, 'SELECT 1 FROM saved_card WHERE merchant_id = $1', [merchantId]);
    if (card === null) throw new NoSavedCard();
  }
}

function ruleOf(
  { amount, daily_cap: cap = amount }: AutoTopUpBody,
  limit: Money | null,
): { amount: Money; cap: Money } {
  const rule = { amount: Money.fromJson(amount), cap: Money.fromJson(cap) };
  if (limit === null) throw invalidField('/low_balance', 'required', 'Automatic top-ups need a limit to fall below.');
  if (rule.amount.currency !== limit.currency)
    throw invalidField('/auto_top_up/amount/currency', 'currency', `The limit is in ${limit.currency}.`);
  if (rule.cap.currency !== limit.currency || rule.cap.compare(rule.amount) < 0)
    throw invalidField('/auto_top_up/daily_cap', 'too_small', 'The cap must be at least the amount, in its currency.');
  return rule;
}

function viewOf(row: ProfileRow | null): AlertsView {
  const currency = row?.low_balance_currency ?? null;
  const money = (minor: string | null): MoneyJson | null =>
    minor === null || currency === null ? null : Money.ofMinor(minor, currency).toJSON();
  const [amount, cap] = [money(row?.auto_top_up_minor ?? null), money(row?.auto_top_up_cap_minor ?? null)];
  return {
    low_balance: money(row?.low_balance_minor ?? null),
    auto_top_up: amount === null || cap === null ? null : { amount, daily_cap: cap, card: row?.card ?? '' },
  };
}
