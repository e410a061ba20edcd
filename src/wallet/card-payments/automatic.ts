import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one } from '../../database/sql.ts';
import { MerchantContacts } from '../../http/merchant-contacts.ts';
import { Clock, realNow } from '../../kernel/clock.ts';
import { Money } from '../../kernel/money.ts';
import { TopUpsService } from '../top-ups.service.ts';

interface Rule {
  amount: string;
  cap: string;
  currency: string;
}

/** Tops up by the saved card when the balance falls low, up to a cap a day. */
@Injectable()
export class AutomaticTopUps {
  constructor(
    private readonly topUps: TopUpsService,
    private readonly contacts: MerchantContacts,
    private readonly clock: Clock,
  ) {}

  /** The balance has fallen below the merchant's limit. The card is charged afterwards, outside the transaction. */
  async consider(tx: EntityManager, merchantId: string): Promise<void> {
    const rule = await one<Rule>(
      tx,
      `SELECT p.auto_top_up_minor AS amount, p.auto_top_up_cap_minor AS cap, p.low_balance_currency AS currency
       FROM wallet_profile p JOIN saved_card c USING (merchant_id)
       WHERE p.merchant_id = $1 AND p.auto_top_up_minor IS NOT NULL FOR UPDATE OF p`,
      [merchantId],
    );
    const { status } = await this.contacts.contact(tx, merchantId);
    if (rule === null || status !== 'active') return;
    if ((await this.today(tx, merchantId)) + BigInt(rule.amount) > BigInt(rule.cap)) return;
    const amount = Money.ofMinor(rule.amount, rule.currency);
    await this.topUps.open(tx, merchantId, { amount, method: 'card', askAt: realNow() });
  }

  /** What was topped up by itself since midnight UTC, and what is under way. */
  private async today(tx: EntityManager, merchantId: string): Promise<bigint> {
    const day = new Date(this.clock.now());
    day.setUTCHours(0, 0, 0, 0);
    const sum = await one<{ minor: string }>(
      tx,
      `SELECT coalesce(sum(amount_minor), 0) AS minor FROM top_up
       WHERE merchant_id = $1 AND automatic AND status IN ('pending', 'received') AND created_at >= $2`,
      [merchantId, day],
    );
    return BigInt(sum?.minor ?? 0);
  }
}
