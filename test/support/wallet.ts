import { DataSource, type EntityManager } from 'typeorm';
import { CAUSE, line, T0 } from '../../src/cli/chaos/ledger-ops.ts';
import { serviceOptions } from '../../src/database/data-source.ts';
import { asHouse, type Scope } from '../../src/database/scope.ts';
import { rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { Outbox } from '../../src/events/outbox.ts';
import { RealClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { Money } from '../../src/kernel/money.ts';
import { Shortfalls } from '../../src/wallet/card-payments/shortfalls.ts';
import { HouseVerbs } from '../../src/wallet/ledger/house-verbs.ts';
import { Telling } from '../../src/wallet/ledger/telling.ts';
import { LedgerVerification } from '../../src/wallet/ledger/verification.ts';
import {
  WalletService,
  type Charge,
  type Charged,
  type Refund,
  type Refunded,
} from '../../src/wallet/wallet.service.ts';

function walletOf(outbox: Outbox): WalletService {
  const telling = new Telling(outbox);
  const verbs = new HouseVerbs(telling);
  return new WalletService(telling, new Shortfalls(verbs, outbox), verbs);
}

/** The wallet alone, as the service's own role, on this spec file's database. */
export class WalletBench {
  readonly wallet = walletOf(new Outbox(new RealClock()));
  readonly verification: LedgerVerification;

  private constructor(readonly db: Scope) {
    this.verification = new LedgerVerification(db.source);
  }

  static async open(poolSize = 10): Promise<WalletBench> {
    const url = process.env['DATABASE_URL'];
    if (url === undefined) throw new Error('The spec file has no database.');
    const options = serviceOptions(url, poolSize);
    // as many callers as the test likes may wait for one book here
    const extra = { ...(options.extra as object), connectionTimeoutMillis: 20_000 };
    return new WalletBench(asHouse(await new DataSource({ ...options, extra }).initialize()));
  }

  close(): Promise<void> {
    return this.db.source.destroy();
  }

  run<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return inTransaction(this.db, (tx) => work(tx));
  }

  /** A merchant with cash. */
  async merchantWith(cash: Money, at = T0): Promise<string> {
    const merchantId = newId();
    await this.topUp(merchantId, cash, at);
    return merchantId;
  }

  topUp(merchantId: string, amount: Money, at = T0): Promise<{ journalId: string }> {
    const topUp = {
      merchantId,
      key: `top_up:${newId()}`,
      cause: CAUSE,
      amount,
      at,
      clearing: 'bank_clearing' as const,
    };
    return this.run((tx) => this.wallet.topUp(tx, { ...topUp, explanation: [{ text: 'Transfer', amount }] }));
  }

  charge(charge: Partial<Charge> & Pick<Charge, 'merchantId' | 'amount' | 'key'>): Promise<Charged> {
    const usual = {
      contra: 'orders_in_progress',
      type: 'order_charge',
      cause: CAUSE,
      at: T0,
      explanation: line(charge.amount),
    } as const;
    return this.run((tx) => this.wallet.charge(tx, { ...usual, ...charge }));
  }

  refund(refund: Partial<Refund> & Pick<Refund, 'merchantId' | 'amount' | 'key' | 'charge'>): Promise<Refunded> {
    const usual = {
      packageId: null,
      causeKind: 'cancellation',
      paidForPackage: null,
      cause: CAUSE,
      at: T0,
      explanation: line(refund.amount),
    };
    return this.run((tx) => this.wallet.refund(tx, { ...usual, ...refund }));
  }

  async balance(merchantId: string, at = T0): Promise<{ available: string; held: string; promotional: string }> {
    const [balance] = await this.wallet.balances(this.db, merchantId, at);
    if (balance === undefined) return { available: 'none', held: 'none', promotional: 'none' };
    return { available: balance.available.amount, held: balance.held.amount, promotional: balance.promotional.amount };
  }

  async journals(merchantId: string): Promise<number> {
    const [found] = await rows<{ n: string }>(
      this.db,
      'SELECT count(*) AS n FROM ledger_journal WHERE merchant_id = $1',
      [merchantId],
    );
    return Number.parseInt(found?.n ?? '0', 10);
  }

  async told(merchantId: string): Promise<string[]> {
    const found = await rows<{ name: string }>(
      this.db,
      'SELECT name FROM event WHERE merchant_id = $1 ORDER BY position',
      [merchantId],
    );
    return found.map((row) => row.name);
  }
}

export { CAUSE, line, T0 };

export const usd = (amount: string): Money => Money.parse(amount, 'USD');
