import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MERCHANT_SCOPES } from '../http/actor.ts';
import { AccountsService, type MerchantChange, type MerchantRecord, type NewMerchant } from './accounts.service.ts';
import { KeysService, type NewKey } from './credentials/keys.service.ts';
import { MailTokensService } from './credentials/mail-tokens.service.ts';
import { PeopleService, sameEmail, type Person } from './people.service.ts';

export interface SignedUp {
  merchant: MerchantRecord;
  owner: Person;
  key: NewKey;
}

/** What happens to merchant, people, keys and mailbox together. */
@Injectable()
export class SignUpService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly people: PeopleService,
    private readonly keys: KeysService,
    private readonly tokens: MailTokensService,
  ) {}

  /**
   * A merchant with its owner and a key of every scope; the e-mail is asked to be verified.
   * @param passwordHash hashed before the transaction
   * @throws EmailTaken
   */
  async signUp(tx: EntityManager, given: NewMerchant, passwordHash: string): Promise<SignedUp> {
    const merchant = await this.accounts.register(tx, given);
    const owner = await this.people.add(tx, {
      merchantId: merchant.id,
      email: given.email,
      name: null,
      roles: ['owner'],
      passwordHash,
    });
    const key = await this.keys.add(
      tx,
      { merchantId: merchant.id, userId: null },
      { name: 'sign-up', scopes: MERCHANT_SCOPES },
    );
    await this.tokens.askToVerify(tx, merchant);
    return { merchant, owner, key };
  }

  /**
   * A new address is asked to be verified, the old one is told; people go on signing in with theirs.
   * @throws NotFound, InvalidFields as AccountsService.change does
   */
  async change(tx: EntityManager, merchantId: string, change: MerchantChange): Promise<MerchantRecord> {
    const before = await this.accounts.hold(tx, merchantId);
    const after = await this.accounts.change(tx, merchantId, change);
    if (sameEmail(before.email) !== sameEmail(after.email)) {
      await this.tokens.askToVerify(tx, after);
      await this.tokens.tellOldAddress(tx, before);
    }
    return after;
  }
}
