import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one, rows } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import type { ClosingWallets, WaitingFor } from '../../http/closing-wallets.ts';
import type { Destination } from '../../http/destination.ts';
import { Clock, instant } from '../../kernel/clock.ts';
import { idOut } from '../../kernel/ids.ts';
import { HouseVerbs } from '../ledger/house-verbs.ts';
import { TopUpsService } from '../top-ups.service.ts';
import { WalletService } from '../wallet.service.ts';
import { Blockers } from './blockers.ts';
import { PayoutsService } from './payouts.service.ts';

interface ClosingRow {
  destination: Destination | null;
}

/**
 * The money of an account that closes (product.md, Closing an account): when every order is settled and nothing is open
 * the promotional credit lapses and the cash is paid out; with the last payout paid the wallet is empty.
 */
@Injectable()
export class Closing implements ClosingWallets {
  constructor(
    private readonly wallet: WalletService,
    private readonly verbs: HouseVerbs,
    private readonly payouts: PayoutsService,
    private readonly topUps: TopUpsService,
    private readonly blockers: Blockers,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async close(tx: EntityManager, merchantId: string, destination: Destination | null): Promise<WaitingFor[]> {
    const closing = await one<ClosingRow>(
      tx,
      `INSERT INTO wallet_closing (merchant_id, destination, since) VALUES ($1, $2::jsonb, $3)
       ON CONFLICT (merchant_id) DO UPDATE SET destination = coalesce(excluded.destination, wallet_closing.destination)
       RETURNING destination`,
      [merchantId, destination === null ? null : JSON.stringify(destination), this.clock.now()],
    );
    await this.proceed(tx, merchantId);
    return this.waitingFor(tx, merchantId, closing?.destination ?? null);
  }

  /** Takes the next step where one can be taken; a wallet that is not closing, or that waits, stays as it is. */
  async proceed(tx: EntityManager, merchantId: string): Promise<void> {
    const closing = await one<ClosingRow>(
      tx,
      'SELECT destination FROM wallet_closing WHERE merchant_id = $1 AND emptied_at IS NULL FOR UPDATE',
      [merchantId],
    );
    if (closing === null) return;
    const { destination } = closing;
    if ((await this.waitingFor(tx, merchantId, destination)).length > 0) return;
    await this.topUps.giveUp(tx, merchantId);
    await this.forfeit(tx, merchantId);
    const now = this.clock.now();
    const left = (await this.wallet.balances(tx, merchantId, now)).filter(({ available }) => available.isPositive());
    if (destination !== null) {
      for (const { available } of left)
        await this.payouts.request(tx, { merchantId, amount: available, destination, closing: true });
    }
    if (left.length > 0) return;
    await rows(tx, 'UPDATE wallet_closing SET emptied_at = $2 WHERE merchant_id = $1', [merchantId, now]);
    this.outbox.tell(tx, 'wallet.emptied', { merchantId, at: instant(now) });
  }

  /** The bank has sent the rest back: it waits for another destination. */
  async cameBack(tx: EntityManager, merchantId: string): Promise<void> {
    await rows(tx, 'UPDATE wallet_closing SET destination = NULL WHERE merchant_id = $1', [merchantId]);
  }

  private async waitingFor(
    tx: EntityManager,
    merchantId: string,
    destination: Destination | null,
  ): Promise<WaitingFor[]> {
    const plain = { cause: null, since: null, until: null };
    const now = this.clock.now();
    const open = await this.payouts.open(tx, merchantId);
    const raised = await this.blockers.of(tx, merchantId, now);
    const balances = await this.wallet.balances(tx, merchantId, now);
    // an e-mail that nobody has verified blocks payouts alone (api.md), and nothing is to be paid out of an empty wallet
    const isEmpty = balances.every(({ available, held }) => available.isZero() && held.isZero());
    const inTheWay = raised.filter(({ name }) => !isEmpty || name !== 'email_unverified');
    const mayHoldCash = !isEmpty || inTheWay.length > 0; // what is open may end in a refund
    return [
      ...(destination === null && mayHoldCash ? [{ ...plain, name: 'destination_needed' }] : []),
      ...inTheWay,
      ...open.map(({ id, requestedAt }) => ({
        ...{ name: 'payout_not_paid', cause: { type: 'payout', id: idOut('pay', id) } },
        ...{ since: instant(requestedAt), until: null },
      })),
    ];
  }

  private async forfeit(tx: EntityManager, merchantId: string): Promise<void> {
    const lots = await rows<{ currency: string; number: number }>(
      tx,
      'SELECT currency, number FROM ledger_account WHERE merchant_id = $1 AND open ORDER BY currency, number',
      [merchantId],
    );
    for (const { currency, number } of lots) {
      await this.verbs.forfeit(tx, {
        ...{ merchantId, currency, number, most: null, at: this.clock.now() },
        ...{ key: `forfeit:${currency}:${number}`, cause: { type: 'merchant', id: merchantId } },
        text: 'Promotional credit of an account that closes',
      });
    }
  }
}
