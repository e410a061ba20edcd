import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { MerchantContacts } from '../http/merchant-contacts.ts';
import { Clock } from '../kernel/clock.ts';
import { Money } from '../kernel/money.ts';
import { WalletService, type Balance } from './wallet.service.ts';

/** The balances that a merchant is shown: its home currency's is there from its very first question on. */
@Injectable()
export class ShownBalances {
  constructor(
    private readonly db: DataSource,
    private readonly wallet: WalletService,
    private readonly contacts: MerchantContacts,
    private readonly clock: Clock,
  ) {}

  async of(merchantId: string): Promise<Balance[]> {
    const scope = asMerchant(this.db, merchantId);
    const balances = await this.wallet.balances(scope, merchantId, this.clock.now());
    if (balances.length > 0) return balances;
    // just signed up: the wallet has not heard of it yet
    const { currency } = await this.contacts.contact(scope, merchantId);
    const none = Money.zero(currency);
    return [{ currency, available: none, held: none, promotional: none }];
  }
}
