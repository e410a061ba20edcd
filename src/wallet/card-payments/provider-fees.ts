import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { one, rows } from '../../database/sql.ts';
import { Clock } from '../../kernel/clock.ts';
import { Money } from '../../kernel/money.ts';
import { HouseVerbs } from '../ledger/house-verbs.ts';
import { lockTopUp, type TopUpRow } from '../top-up.store.ts';

/**
 * What a provider keeps, and the currency that it settles in: booked once, whether the provider's answer, its message or
 * its report said it first. A payment in another currency leaves its clearing account through `fx` into the one of the
 * currency it was turned into, which the fee then comes out of.
 */
@Injectable()
export class ProviderFees {
  constructor(
    private readonly verbs: HouseVerbs,
    private readonly clock: Clock,
  ) {}

  /** Of the payment itself. @param gross the payment in the provider's currency */
  async ofPayment(tx: EntityManager, topUpId: string, { fee, gross }: { fee: Money; gross: Money }): Promise<void> {
    const topUp = await lockTopUp(tx, topUpId);
    if (topUp === null) return;
    await rows(tx, 'UPDATE top_up SET ask_at = NULL, fee_minor = $3 WHERE merchant_id = $1 AND id = $2', [
      ...[topUp.merchant_id, topUp.id, fee.minor],
    ]);
    const settled = await this.settledAs(tx, topUp, gross);
    await this.upTo(tx, { ...settled, fee_minor: fee.minor.toString() }, `top_up_fee:${topUp.id}`);
  }

  /** Of a dispute: what is said again is booked once. @param topUp locked */
  async ofDispute(tx: EntityManager, topUp: TopUpRow, dispute: string, fee: Money): Promise<void> {
    if (fee.currency !== settledCurrency(topUp)) return; // the provider's report names it in its own currency
    const fresh = await rows(
      tx,
      'UPDATE top_up_dispute SET fee_minor = $3 WHERE merchant_id = $1 AND id = $2 AND fee_minor = 0 RETURNING id',
      [topUp.merchant_id, dispute, fee.minor],
    );
    if (fresh.length > 0) await this.upTo(tx, topUp, `dispute_fee:${dispute}`);
  }

  /**
   * A line of the provider's report: what it turned the money into, and what it kept or gave back with it.
   * @param line.paid in the payer's currency; null: in the report's
   * @param topUp locked
   * @returns false: the line names another currency than the payment, and not what the payer paid
   */
  async ofReport(
    tx: EntityManager,
    topUp: TopUpRow,
    line: { id: string; amount: Money; fee: Money; paid: Money | null; isPayment: boolean },
  ): Promise<boolean> {
    const { amount, fee, paid, isPayment } = line;
    const isForeign = amount.currency !== topUp.currency;
    if (isForeign && (paid ?? amount).currency !== topUp.currency) return false;
    let stands = topUp;
    if (isPayment) stands = await this.settledAs(tx, topUp, amount);
    else if (isForeign && paid !== null)
      await this.convert(tx, topUp, { key: `report:${line.id}`, from: paid, to: amount });
    if (amount.currency !== settledCurrency(stands)) return false;
    const reported = await one<{ minor: string }>(
      tx,
      `SELECT coalesce(sum(fee_minor), 0) AS minor FROM bank_line WHERE source = 'stripe' AND payment = $1 AND currency = $2`,
      [topUp.payment, amount.currency],
    );
    const missing = BigInt(reported?.minor ?? 0) - BigInt(stands.fees_minor);
    const back = fee.isNegative() ? (missing < fee.minor ? fee.minor : missing) : 0n;
    const change = missing > 0n ? missing : back;
    await this.book(tx, stands, `report_fee:${line.id}`, change);
    return true;
  }

  /** All that was said of fees so far, less what is booked. */
  private async upTo(tx: EntityManager, topUp: TopUpRow, key: string): Promise<void> {
    const disputes = await one<{ minor: string }>(
      tx,
      'SELECT coalesce(sum(fee_minor), 0) AS minor FROM top_up_dispute WHERE merchant_id = $1 AND top_up_id = $2',
      [topUp.merchant_id, topUp.id],
    );
    const known = BigInt(topUp.fee_minor ?? 0) + BigInt(disputes?.minor ?? 0);
    const missing = known - BigInt(topUp.fees_minor);
    await this.book(tx, topUp, key, missing > 0n ? missing : 0n);
  }

  private async book(tx: EntityManager, topUp: TopUpRow, key: string, minor: bigint): Promise<void> {
    if (minor === 0n) return;
    const fee = Money.ofMinor(minor, settledCurrency(topUp));
    const movement = { ...this.movement(topUp, key), clearing: 'psp_clearing' as const };
    if (minor > 0n) await this.verbs.fee(tx, movement, fee, 'psp_clearing');
    else await this.verbs.clear(tx, { ...movement, against: 'provider_fees' }, fee);
    await rows(tx, 'UPDATE top_up SET fees_minor = fees_minor + $3 WHERE merchant_id = $1 AND id = $2', [
      ...[topUp.merchant_id, topUp.id, minor],
    ]);
  }

  /** Once: what was paid becomes what the provider made of it. */
  private async settledAs(tx: EntityManager, topUp: TopUpRow, gross: Money): Promise<TopUpRow> {
    if (gross.currency === topUp.currency || topUp.settled_currency !== null) return topUp;
    const from = Money.ofMinor(topUp.received_minor ?? 0n, topUp.currency);
    await this.convert(tx, topUp, { key: `settled:${topUp.id}`, from, to: gross });
    const row = await one<TopUpRow>(
      tx,
      'UPDATE top_up SET settled_currency = $3, settled_minor = $4 WHERE merchant_id = $1 AND id = $2 RETURNING *',
      [topUp.merchant_id, topUp.id, gross.currency, gross.minor],
    );
    return row ?? topUp;
  }

  private async convert(
    tx: EntityManager,
    topUp: TopUpRow,
    { key, from, to }: { key: string; from: Money; to: Money },
  ): Promise<void> {
    const how = { clearing: 'psp_clearing' as const, against: 'fx' as const };
    await this.verbs.clear(tx, { ...this.movement(topUp, `${key}:${from.currency}`), ...how }, from);
    await this.verbs.clear(tx, { ...this.movement(topUp, `${key}:${to.currency}`), ...how }, to.negated());
  }

  private movement({ merchant_id: merchantId, id }: TopUpRow, key: string) {
    return { merchantId, key, cause: { type: 'top_up', id }, at: this.clock.now() };
  }
}

function settledCurrency({ settled_currency: settled, currency }: TopUpRow): string {
  return settled ?? currency;
}
