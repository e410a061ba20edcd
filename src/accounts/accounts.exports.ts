import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { Exports } from '../exports/exports.service.ts';
import { idPageRequest } from '../http/lists.ts';
import { page } from '../kernel/pages.ts';
import { AccountsService } from './accounts.service.ts';
import { keyView, merchantView, userView } from './accounts.views.ts';
import { KeysService } from './credentials/keys.service.ts';
import { PeopleService } from './people.service.ts';

/** The account, its people and its keys (never their secrets), for exports. */
@Injectable()
export class AccountsExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly exports: Exports,
    private readonly accounts: AccountsService,
    private readonly people: PeopleService,
    private readonly keys: KeysService,
  ) {}

  onModuleInit(): void {
    this.exports.register('merchant', ['merchant'], async (merchantId) => ({
      data: [merchantView(await this.accounts.merchant(merchantId))],
      next_cursor: null,
    }));
    this.exports.register('users', ['account_user'], async (merchantId) => ({
      data: (await this.people.of(asMerchant(this.db, merchantId), merchantId)).map(userView),
      next_cursor: null,
    }));
    this.exports.register('api_keys', ['api_key'], async (merchantId, query) => {
      const request = idPageRequest(query);
      const found = await this.keys.list({ merchantId, userId: null }, request);
      return page(found, request.limit, keyView, ({ id }) => [id]);
    });
  }
}
