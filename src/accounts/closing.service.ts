import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../events/outbox.ts';
import { ClosingWallets } from '../http/closing-wallets.ts';
import type { Destination } from '../http/destination.ts';
import { Clock, instant } from '../kernel/clock.ts';
import type { ClosingView } from './accounts.dto.ts';
import { AccountsService } from './accounts.service.ts';
import { KeysService } from './credentials/keys.service.ts';

/** How an account ends (product.md, Closing an account): closing, its cash paid out, closed. */
@Injectable()
export class ClosingService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly keys: KeysService,
    private readonly wallets: ClosingWallets,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * @param destination where the cash goes; while it is closing, another one; null: nothing new
   * @throws IllegalStep it is suspended, or closed
   */
  async close(tx: EntityManager, merchantId: string, destination: Destination | null): Promise<ClosingView> {
    const { status } = await this.accounts.hold(tx, merchantId);
    if (status !== 'closing') {
      await this.accounts.signal(tx, merchantId, 'close');
      this.outbox.tell(tx, 'merchant.closing', { merchantId, at: instant(this.clock.now()) });
    }
    const waitingFor = await this.wallets.close(tx, merchantId, destination);
    return { status: 'closing', waiting_for: waitingFor };
  }

  /** The rest is on its way out: stores have nothing to ask any more. People go on signing in. */
  async revokeKeys(tx: EntityManager, merchantId: string): Promise<void> {
    await this.keys.revokeAll(tx, merchantId);
  }

  /** Nothing is left in the wallet. */
  async finish(tx: EntityManager, merchantId: string): Promise<void> {
    await this.accounts.signal(tx, merchantId, 'finish_closing');
    await this.keys.revokeAll(tx, merchantId);
    this.outbox.tell(tx, 'merchant.closed', { merchantId, at: instant(this.clock.now()) });
  }
}
