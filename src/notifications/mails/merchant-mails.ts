import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountsService } from '../../accounts/accounts.service.ts';
import { FulfilmentService, type PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import type { MoneyJson } from '../../kernel/money.ts';
import { newId } from '../../kernel/ids.ts';
import { MailService } from '../../mail/mail.service.ts';
import { OrdersService, type OrderRecord } from '../../orders/orders.service.ts';
import { StatementService } from '../../wallet/statement.service.ts';
import { TopUpsService } from '../../wallet/top-ups.service.ts';
import { setLetter, type Letter } from './layout.ts';
import { languageOf, WORDS } from './languages.ts';
import type { OrderFacts, PackageFacts, PackageLine, Words } from './words.ts';

/** Which letter tells of a package. */
export type PackageLetter = 'packageDelivered' | 'deliveryAttemptFailed' | 'rtoInitiated' | 'rtoDelivered';

interface Posting {
  merchantId: string;
  /** `order_confirmed`; with what it is about it is the mail's key. */
  kind: string;
  about: string;
}

const money = ({ amount, currency }: MoneyJson): string => `${amount} ${currency}`;

/** Letters to merchants, in their language, each once for what it is about. */
@Injectable()
export class MerchantMails {
  constructor(
    private readonly accounts: AccountsService,
    private readonly orders: OrdersService,
    private readonly fulfilment: FulfilmentService,
    private readonly statements: StatementService,
    private readonly topUps: TopUpsService,
    private readonly mail: MailService,
  ) {}

  /** @param letter which of the letters about an order @param about makes the mail's key: the event, or a request of its own */
  async aboutOrder(
    tx: EntityManager,
    { merchantId, orderId, about }: { merchantId: string; orderId: string; about: string },
    letter: 'orderConfirmed' | 'orderWaiting' | 'orderShipped',
  ): Promise<string> {
    const { order, packages } = await this.orders.load(tx, merchantId, orderId);
    const facts = orderFacts(order, packages);
    return this.post(tx, { merchantId, kind: snake(letter), about }, (words) => words[letter](facts));
  }

  /** The confirmation of an order, sent again: what it says is how the order stands. @returns the address */
  async confirmAgain(tx: EntityManager, merchantId: string, orderId: string): Promise<string> {
    const { order } = await this.orders.load(tx, merchantId, orderId);
    const letter = order.status === 'awaiting_funds' ? 'orderWaiting' : 'orderConfirmed';
    return this.aboutOrder(tx, { merchantId, orderId, about: newId() }, letter);
  }

  async aboutPackage(
    tx: EntityManager,
    told: { merchantId: string; orderId: string; packageId: string; reason: string | null; about: string },
    letter: PackageLetter,
  ): Promise<void> {
    const { merchantId, orderId, packageId, reason, about } = told;
    const { order } = await this.orders.load(tx, merchantId, orderId);
    const parcel = await this.fulfilment.get(tx, merchantId, packageId);
    const facts: PackageFacts = { ...packageLine(parcel), reference: order.reference, reason };
    await this.post(tx, { merchantId, kind: snake(letter), about }, (words) => words[letter](facts));
  }

  async refunded(tx: EntityManager, merchantId: string, journalId: string, about: string): Promise<void> {
    const { amount, balance_after, explanation } = await this.statements.transaction(tx, merchantId, journalId);
    const lines = explanation.map((line) => [line.text, money(line.amount)] as const);
    await this.post(tx, { merchantId, kind: 'refunded', about }, (words) =>
      words.refunded({ amount: money(amount), balance: money(balance_after), lines }),
    );
  }

  async topUpReceived(tx: EntityManager, merchantId: string, topUpId: string, about: string): Promise<void> {
    const { amount, received, reference } = await this.topUps.get(tx, merchantId, topUpId);
    await this.post(tx, { merchantId, kind: 'top_up_received', about }, (words) =>
      words.topUpReceived({ amount: money(received ?? amount), reference }),
    );
  }

  async lowBalance(
    tx: EntityManager,
    told: { merchantId: string; available: MoneyJson; limit: MoneyJson; daysLeft: number | null },
    about: string,
  ): Promise<void> {
    const facts = { available: money(told.available), limit: money(told.limit), daysLeft: told.daysLeft };
    await this.post(tx, { merchantId: told.merchantId, kind: 'low_balance', about }, (words) =>
      words.lowBalance(facts),
    );
  }

  /** @returns the address that it goes to */
  async post(
    tx: EntityManager,
    { merchantId, kind, about }: Posting,
    write: (words: Words) => Letter,
  ): Promise<string> {
    const { email, country } = await this.accounts.merchant(merchantId, tx);
    const language = languageOf(country);
    const words = WORDS[language];
    const letter = setLetter(write(words), language, words.signature);
    await this.mail.post(tx, { key: `${kind}:${about}`, to: email, kind, merchantId, ...letter });
    return email;
  }
}

const snake = (letter: string): string => letter.replace(/[A-Z]/g, (sign) => `_${sign.toLowerCase()}`);

function packageLine({ courier, trackingNumber, items }: PackageRecord): PackageLine {
  return { courier, trackingNumber, items: items.map(({ sku, quantity }) => `${quantity} x ${sku}`).join(', ') };
}

function orderFacts(order: OrderRecord, packages: readonly PackageRecord[]): OrderFacts {
  return {
    reference: order.reference,
    total: order.total.toString(),
    items: order.lines.map(({ title, quantity, paid }) => ({ title, quantity, paid: paid.toString() })),
    packages: packages.filter(({ status }) => status !== 'cancelled').map(packageLine),
  };
}
