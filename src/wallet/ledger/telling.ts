import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../../events/outbox.ts';
import { instant } from '../../kernel/clock.ts';
import { Money } from '../../kernel/money.ts';
import { causeText } from './causes.ts';
import type { TransactionType } from './chart.ts';
import type { Movement } from './movements.ts';
import type { Outcome } from './verbs.ts';

/** Tells what moved for the merchant, and that the balance fell low. What a key had done before is not told again. */
@Injectable()
export class Telling {
  constructor(private readonly outbox: Outbox) {}

  /** @param change of what the merchant can spend: more than zero is credited, less debited */
  of(tx: EntityManager, movement: Movement, type: TransactionType, outcome: Outcome, change: Money): void {
    const { journalId } = outcome;
    if (outcome.replayed || journalId === null) return;
    const { currency } = change;
    const { merchantId } = movement;
    const at = instant(outcome.countsAt);
    const amount = (change.isNegative() ? change.negated() : change).toJSON();
    const balanceAfter = Money.ofMinor(outcome.balanceAfterMinor ?? 0n, currency).toJSON();
    const told = { merchantId, currency, amount, type, balanceAfter, journalId, cause: causeText(movement.cause), at };
    this.outbox.tell(tx, change.isNegative() ? 'wallet.debited' : 'wallet.credited', told);
    if (outcome.low === null) return;
    const available = Money.ofMinor(outcome.availableMinor ?? 0n, currency).toJSON();
    const limit = Money.ofMinor(outcome.low.limitMinor, currency).toJSON();
    this.outbox.tell(tx, 'wallet.low_balance', {
      merchantId,
      currency,
      available,
      limit,
      daysLeft: outcome.low.daysLeft,
      at,
    });
  }
}
