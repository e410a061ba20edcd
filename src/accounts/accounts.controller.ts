import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { Access } from '../http/access.ts';
import { CurrentActor, merchantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { idPageRequest, ListQuery } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { page, type Page } from '../kernel/pages.ts';
import {
  ChangeMerchantBody,
  ChangeMerchantByStaffBody,
  CloseBody,
  ClosingView,
  MerchantsQuery,
  MerchantView,
  NewUserBody,
  SignedUpView,
  SignUpBody,
  UserView,
} from './accounts.dto.ts';
import { AccountsService } from './accounts.service.ts';
import { merchantView, newKeyView, userView } from './accounts.views.ts';
import { ClosingService } from './closing.service.ts';
import { Passwords } from './credentials/passwords.ts';
import { PeopleService } from './people.service.ts';
import { SignUpService } from './sign-up.service.ts';

@Controller('v1/merchants')
export class MerchantsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly signUps: SignUpService,
    private readonly passwords: Passwords,
    private readonly commands: Commands,
  ) {}

  /** Signs a merchant up. The key has every scope; its secret is shown this once. */
  @Post()
  @Access({ public: true })
  @Returns(201, SignedUpView)
  async signUp(@Body() { password, ...given }: SignUpBody, @CurrentCall() call: Call): Promise<Answer> {
    const passwordHash = await this.passwords.hash(password);
    return this.commands.run(
      call,
      async (tx): Promise<SignedUpView> => {
        const { merchant, owner, key } = await this.signUps.signUp(tx, given, passwordHash);
        return { merchant: merchantView(merchant), user: userView(owner), api_key: newKeyView(key) };
      },
      { secret: true },
    );
  }

  @Get()
  @Access({ staff: ['support', 'finance'] })
  @Returns(200, MerchantView, { list: true })
  async list(@Query() query: MerchantsQuery): Promise<Page<MerchantView>> {
    const request = idPageRequest(query);
    return page(await this.accounts.list(query.status ?? null, request), request.limit, merchantView, ({ id }) => [id]);
  }

  @Get(':id')
  @Access({ staff: ['support', 'finance'] })
  @Returns(200, MerchantView)
  async get(@Param('id', IdPipe('mer')) id: string): Promise<MerchantView> {
    return merchantView(await this.accounts.merchant(id));
  }

  @Patch(':id')
  @Access({ staff: ['support'] })
  @Returns(200, MerchantView)
  change(
    @Param('id', IdPipe('mer')) id: string,
    @Body() body: ChangeMerchantByStaffBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    return this.commands.run(call, async (tx) => merchantView(await this.signUps.change(tx, id, body)));
  }

  /** A suspended merchant reads, but does not place. */
  @Post(':id/suspend')
  @Access({ staff: ['support', 'finance'] })
  @Returns(200, MerchantView)
  suspend(@Param('id', IdPipe('mer')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, async (tx) => merchantView(await this.accounts.signal(tx, id, 'suspend')));
  }

  @Post(':id/reinstate')
  @Access({ staff: ['support', 'finance'] })
  @Returns(200, MerchantView)
  reinstate(@Param('id', IdPipe('mer')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, async (tx) => merchantView(await this.accounts.signal(tx, id, 'reinstate')));
  }
}

/** The caller's own account. */
@Controller('v1/merchant')
export class OwnMerchantController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly signUps: SignUpService,
    private readonly closing: ClosingService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ merchant: 'account:read' })
  @Returns(200, MerchantView)
  async get(@CurrentActor() actor: Actor): Promise<MerchantView> {
    return merchantView(await this.accounts.merchant(merchantOf(actor)));
  }

  /** A new e-mail address is mailed a token to verify it; signing in goes on with the old one. */
  @Patch()
  @Access({ merchant: 'account:write' })
  @Returns(200, MerchantView)
  change(@Body() body: ChangeMerchantBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, async (tx) =>
      merchantView(await this.signUps.change(tx, merchantOf(call.actor), body)),
    );
  }

  /**
   * New orders and renewals end at once. When every order is settled and nothing is open, the cash is paid out and keys
   * are revoked; with the payout paid the account is closed. While there is cash and nobody has said where it goes, it
   * waits for `destination_needed`. Said again, the new destination counts.
   */
  @Post('close')
  @Access({ merchant: 'account:write' })
  @Returns(202, ClosingView)
  close(@Body() { destination }: CloseBody, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.closing.close(tx, merchantOf(call.actor), destination ?? null));
  }
}

/** The operator's people. */
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly db: DataSource,
    private readonly people: PeopleService,
    private readonly passwords: Passwords,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ staff: ['admin'] })
  @Returns(200, UserView, { list: true })
  async list(@Query() query: ListQuery): Promise<Page<UserView>> {
    const request = idPageRequest(query);
    return page(await this.people.staff(asHouse(this.db), request), request.limit, userView, ({ id }) => [id]);
  }

  @Post()
  @Access({ staff: ['admin'] })
  @Returns(201, UserView)
  async add(@Body() { email, password, name, roles }: NewUserBody, @CurrentCall() call: Call): Promise<Answer> {
    const passwordHash = await this.passwords.hash(password);
    const person = { merchantId: null, email, name: name ?? null, roles: [...new Set(roles)], passwordHash };
    return this.commands.run(call, async (tx) => userView(await this.people.add(tx, person)));
  }
}
