import { Global, Module } from '@nestjs/common';
import { Identities } from '../http/identities.ts';
import { MerchantContacts } from '../http/merchant-contacts.ts';
import { MerchantsController, OwnMerchantController, UsersController } from './accounts.controller.ts';
import { AccountsExports } from './accounts.exports.ts';
import { AccountsListeners } from './accounts.listeners.ts';
import { AccountsService } from './accounts.service.ts';
import { AccountsSweep } from './accounts.sweep.ts';
import { ClosedAccounts } from './closed-accounts.ts';
import { ClosingService } from './closing.service.ts';
import {
  EmailVerificationsController,
  KeysController,
  PasswordResetsController,
  SessionsController,
} from './credentials.controller.ts';
import { CredentialCache } from './credentials/credential-cache.ts';
import { AccountIdentities } from './credentials/identities.service.ts';
import { KeysService } from './credentials/keys.service.ts';
import { LoginFailures } from './credentials/login-failures.ts';
import { MailTokensService } from './credentials/mail-tokens.service.ts';
import { Passwords } from './credentials/passwords.ts';
import { SessionsService } from './credentials/sessions.service.ts';
import { FirstAdmin } from './first-admin.ts';
import { PeopleService } from './people.service.ts';
import { SignUpService } from './sign-up.service.ts';

/** Merchants, people, roles, keys and sessions; tells the http floor who calls. */
@Global()
@Module({
  controllers: [
    MerchantsController,
    OwnMerchantController,
    UsersController,
    SessionsController,
    PasswordResetsController,
    EmailVerificationsController,
    KeysController,
  ],
  providers: [
    AccountsService,
    PeopleService,
    SignUpService,
    ClosingService,
    ClosedAccounts,
    AccountsListeners,
    AccountsExports,
    FirstAdmin,
    AccountsSweep,
    CredentialCache,
    KeysService,
    LoginFailures,
    MailTokensService,
    Passwords,
    SessionsService,
    AccountIdentities,
    { provide: Identities, useExisting: AccountIdentities },
    { provide: MerchantContacts, useExisting: AccountsService },
  ],
  exports: [AccountsService, PeopleService, Identities, MerchantContacts],
})
export class AccountsModule {}
