import { Injectable } from '@nestjs/common';
import type { Db } from '../../database/sql.ts';
import { one } from '../../database/sql.ts';
import type { WaitingFor } from '../../http/closing-wallets.ts';
import { MerchantContacts } from '../../http/merchant-contacts.ts';
import { instant, instantOrNull } from '../../kernel/clock.ts';
import { causeOut } from '../ledger/causes.ts';
import { WalletService, type Blocker } from '../wallet.service.ts';

const NAMES: Readonly<Record<string, string>> = {
  order: 'order_not_settled',
  claim: 'claim_open',
  return: 'return_open',
  top_up: 'top_up_disputed',
};

/** What blocks payouts and closing: rows that orders and cases raise, and what the merchant's account says itself. */
@Injectable()
export class Blockers {
  constructor(
    private readonly wallet: WalletService,
    private readonly contacts: MerchantContacts,
  ) {}

  /** Oldest first; the account's own before them. */
  async of(db: Db, merchantId: string, at: Date): Promise<WaitingFor[]> {
    const { emailVerified, status } = await this.contacts.contact(db, merchantId);
    const own = [
      ...(emailVerified ? [] : ['email_unverified']),
      ...(status === 'suspended' ? ['account_suspended'] : []),
    ];
    const raised = await this.wallet.blockers(db, merchantId);
    return [
      ...own.map((name) => ({ name, cause: null, since: null, until: null })),
      ...raised.map((b) => named(b, at)),
    ];
  }

  /** What is charged for orders that are not settled, in minor units. */
  async unsettled(db: Db, merchantId: string, currency: string): Promise<bigint> {
    const row = await one<{ posted_minor: string }>(
      db,
      'SELECT posted_minor FROM ledger_account WHERE merchant_id = $1 AND currency = $2 AND number = 21',
      [merchantId, currency],
    );
    return BigInt(row?.posted_minor ?? 0);
  }
}

function named({ cause, since, until }: Blocker, at: Date): WaitingFor {
  const [type = cause, ...id] = cause.split(':');
  const known = until !== null && until > at ? until : null;
  return {
    name: NAMES[type] ?? type,
    cause: id.length === 0 ? null : causeOut({ type, id: id.join(':') }),
    since: instant(since),
    until: instantOrNull(known),
  };
}
