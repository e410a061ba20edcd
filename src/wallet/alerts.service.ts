import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { one, rows } from '../database/sql.ts';
import { Money } from '../kernel/money.ts';
import type { AlertsBody, AlertsView } from './wallet.dto.ts';
import { NoPaymentProvider } from './wallet.errors.ts';

interface ProfileRow {
  low_balance_minor: string | null;
  low_balance_currency: string | null;
}

/** What a merchant wants to be told of its balance. The falls themselves are seen by the ledger, with each journal. */
@Injectable()
export class AlertsService {
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
   * @throws NoPaymentProvider automatic top-ups need one
   */
  async set(tx: EntityManager, merchantId: string, { low_balance, auto_top_up }: AlertsBody): Promise<AlertsView> {
    if (auto_top_up !== undefined && auto_top_up !== null) throw new NoPaymentProvider('automatic top-ups');
    const limit = low_balance === null ? null : Money.fromJson(low_balance);
    const row = await one<ProfileRow>(
      tx,
      `INSERT INTO wallet_profile AS p (merchant_id, low_balance_minor, low_balance_currency, low)
       VALUES ($1, $2::bigint, $3::char(3), coalesce((SELECT posted_minor - held_minor FROM ledger_account
         WHERE merchant_id = $1 AND currency = $3::char(3) AND number = 1), 0) < coalesce($2::bigint, 0))
       ON CONFLICT (merchant_id) DO UPDATE SET low_balance_minor = excluded.low_balance_minor,
         low_balance_currency = excluded.low_balance_currency, low = excluded.low
       RETURNING low_balance_minor, low_balance_currency`,
      [merchantId, limit?.minor ?? null, limit?.currency ?? null],
    );
    return viewOf(row);
  }

  async get(db: DataSource, merchantId: string): Promise<AlertsView> {
    return viewOf(
      await one<ProfileRow>(
        db,
        'SELECT low_balance_minor, low_balance_currency FROM wallet_profile WHERE merchant_id = $1',
        [merchantId],
      ),
    );
  }
}

function viewOf(row: ProfileRow | null): AlertsView {
  const minor = row?.low_balance_minor ?? null;
  const currency = row?.low_balance_currency ?? null;
  const lowBalance = minor === null || currency === null ? null : Money.ofMinor(minor, currency).toJSON();
  return { low_balance: lowBalance, auto_top_up: null };
}
