import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Money } from '../../kernel/money.ts';
import { CONTRA, type Clearing, type Contra } from './chart.ts';
import { holdCash } from './holding.ts';
import type { Hold, Movement } from './movements.ts';
import { request } from './request.ts';
import { Telling } from './telling.ts';
import { post } from './verbs.ts';

/** Verbs that no other module needs: what providers keep and take back, and the end of credit before its time. */
@Injectable()
export class HouseVerbs {
  constructor(private readonly telling: Telling) {}

  /** What a provider keeps of the money in its clearing account; nothing of the merchant's moves. */
  async fee(tx: EntityManager, movement: Movement, amount: Money, clearing: Contra): Promise<void> {
    await post(tx, 'fee', request(movement, amount.currency, null, '[]'), [amount.minor, CONTRA[clearing]]);
  }

  /**
   * What a clearing account waited for has come on the bank, has been turned into another currency, or was a fee that
   * the provider gives back; nothing of the merchant's moves.
   * @param amount out of the clearing account; below zero: into it; zero: nothing is written
   */
  async clear(
    tx: EntityManager,
    movement: Movement & { clearing: Clearing; against: 'bank' | 'fx' | 'provider_fees' },
    amount: Money,
  ): Promise<void> {
    const said = request(movement, amount.currency, null, '[]');
    await post(tx, 'clear', said, [amount.minor, CONTRA[movement.clearing], CONTRA[movement.against]]);
  }

  /**
   * Takes cash that a provider or a bank took back: as much of it as is available.
   * @param taking.text as the merchant reads it
   * @returns what was taken
   */
  async takeBack(
    tx: EntityManager,
    taking: Movement & { amount: Money; clearing: Contra; text: string },
  ): Promise<Money> {
    const { amount, clearing, text } = taking;
    const { currency } = amount;
    const said = request(taking, currency, 'reversal', JSON.stringify([text]));
    const outcome = await post(tx, 'take_back', said, [amount.minor, CONTRA[clearing]]);
    if (outcome.status !== 'done') return Money.zero(currency);
    const change = Money.ofMinor(outcome.amountMinor, currency);
    this.telling.of(tx, taking, 'reversal', outcome, change);
    return change.negated();
  }

  /** Sets cash aside: as much of the amount as is available. @returns what was set aside */
  async setAside(tx: EntityManager, hold: Hold): Promise<Money> {
    const { currency } = hold.amount;
    const whole = await holdCash(tx, this.telling, hold);
    if (whole.status !== 'short') return hold.amount;
    const amount = Money.ofMinor(whole.availableMinor ?? 0n, currency);
    if (amount.isPositive()) await holdCash(tx, this.telling, { ...hold, amount }); // the book is locked: it is still there
    return amount;
  }

  /**
   * Lets a lot go before its expiry, visibly.
   * @param lot.most at most so much of it; null: all that is left
   */
  async forfeit(
    tx: EntityManager,
    lot: Movement & { currency: string; number: number; most: Money | null; text: string },
  ): Promise<void> {
    const said = request(lot, lot.currency, 'promotion', JSON.stringify([lot.text]));
    const outcome = await post(tx, 'forfeit', said, [lot.number, lot.most?.minor ?? null]);
    if (outcome.status === 'done')
      this.telling.of(tx, lot, 'promotion', outcome, Money.ofMinor(outcome.amountMinor, lot.currency));
  }
}
