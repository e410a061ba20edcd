import { setTimeout as pause } from 'node:timers/promises';
import { Body, Controller, Delete, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import { Access } from '../http/access.ts';
import { CurrentActor, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { AtMost } from '../http/limits.ts';
import { idPageRequest, ListQuery } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { instant } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { page, type Page } from '../kernel/pages.ts';
import {
  ChangeKeyBody,
  EmailVerifiedView,
  KeyUsageView,
  KeyView,
  NewKeyBody,
  NewKeyView,
  ResetAskedView,
  ResetBody,
  ResetDoneView,
  ResetRequestBody,
  SessionView,
  SignInBody,
} from './accounts.dto.ts';
import { keyView, newKeyView, userView } from './accounts.views.ts';
import { grantedScopes, ownerOf } from './credentials/key-rights.ts';
import { KeysService } from './credentials/keys.service.ts';
import { MailTokensService } from './credentials/mail-tokens.service.ts';
import { Passwords } from './credentials/passwords.ts';
import { SessionsService } from './credentials/sessions.service.ts';

/** A request for a reset answers after this long, whether anybody has the e-mail or not. */
const RESET_ANSWER_MS = 250;
const USAGE_DAYS = 90;
const KEYS_A_MINUTE = 20;
const EVERYBODY = ['warehouse', 'support', 'finance', 'admin'] as const;

@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly commands: Commands,
  ) {}

  /** Signs in; 5 failures in 15 minutes of one e-mail from one address are answered 429. */
  @Post()
  @Access({ public: true })
  @Returns(201, SessionView)
  async open(@Body() { email, password }: SignInBody, @CurrentCall() call: Call): Promise<Answer> {
    const person = await this.sessions.signIn(email, password, call.actor.kind === 'public' ? call.actor.address : '');
    return this.commands.run(
      call,
      async (tx): Promise<SessionView> => {
        const { token, expiresAt } = await this.sessions.open(tx, person);
        return { token, expires_at: instant(expiresAt), user: userView(person) };
      },
      { secret: true },
    );
  }

  /** Signs out. */
  @Delete('current')
  @Access({ merchant: 'account:read', staff: [...EVERYBODY, 'tracking'] })
  @Returns(204, null)
  close(@Headers('authorization') authorization: string, @CurrentCall() call: Call): Promise<Answer> {
    const { actor } = call;
    if (actor.kind === 'public' || actor.keyId !== null) throw new NotFound('session: these credentials are a key');
    const token = authorization.split(' ')[1] ?? '';
    return this.commands.run(call, (tx) => this.sessions.close(tx, token));
  }
}

@Controller('v1/password-resets')
export class PasswordResetsController {
  constructor(
    private readonly tokens: MailTokensService,
    private readonly passwords: Passwords,
    private readonly commands: Commands,
  ) {}

  /** Always accepted, and after the same time: nobody learns who has an account. */
  @Post()
  @Access({ public: true })
  @Returns(202, ResetAskedView)
  async ask(@Body() { email }: ResetRequestBody, @CurrentCall() call: Call): Promise<Answer> {
    const asked = this.commands.run(call, async (tx): Promise<ResetAskedView> => {
      await this.tokens.requestReset(tx, email);
      return { status: 'accepted' };
    });
    const [answer] = await Promise.all([asked, pause(RESET_ANSWER_MS)]);
    return answer;
  }

  /** Sets the password and signs the person out everywhere. The token is good for 30 minutes, once. */
  @Post(':token')
  @Access({ public: true })
  @Returns(200, ResetDoneView)
  async reset(
    @Param('token') token: string,
    @Body() { password }: ResetBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    if (call.idempotencyKey === null) await this.tokens.requireResetToken(token);
    const passwordHash = await this.passwords.hash(password);
    return this.commands.run(call, async (tx): Promise<ResetDoneView> => {
      await this.tokens.resetPassword(tx, token, passwordHash);
      return { status: 'password_changed' };
    });
  }
}

@Controller('v1/email-verifications')
export class EmailVerificationsController {
  constructor(
    private readonly tokens: MailTokensService,
    private readonly commands: Commands,
  ) {}

  @Post(':token')
  @Access({ public: true })
  @Returns(200, EmailVerifiedView)
  verify(@Param('token') token: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, async (tx): Promise<EmailVerifiedView> => {
      const { email } = await this.tokens.verifyEmail(tx, token);
      return { email, email_verified: true };
    });
  }
}

/** Keys of merchants, and of staff for scanners and warehouse systems. */
@Controller('v1/api-keys')
export class KeysController {
  constructor(
    private readonly keys: KeysService,
    private readonly commands: Commands,
  ) {}

  /** Those that work. Staff see their own, an admin all of the staff's. */
  @Get()
  @Access({ merchant: 'account:read', staff: EVERYBODY })
  @Returns(200, KeyView, { list: true })
  async list(@Query() query: ListQuery, @CurrentActor() actor: Actor): Promise<Page<KeyView>> {
    const request = idPageRequest(query);
    return page(await this.keys.list(ownerOf(actor), request), request.limit, keyView, ({ id }) => [id]);
  }

  /** A key never has more than its maker. */
  @Post()
  @Access({ merchant: 'account:write', staff: EVERYBODY })
  @AtMost(KEYS_A_MINUTE, 'new-keys')
  @Returns(201, NewKeyView)
  create(@Body() { name, scopes, allowed_ips: allowedIps }: NewKeyBody, @CurrentCall() call: Call): Promise<Answer> {
    const granted = grantedScopes(call.actor, scopes);
    const owner = { ...ownerOf(call.actor), userId: call.actor.kind === 'staff' ? call.actor.userId : null };
    const given = { name: name ?? null, scopes: granted, allowedIps };
    return this.commands.run(call, async (tx) => newKeyView(await this.keys.create(tx, owner, given)), {
      secret: true,
    });
  }

  /** Its name, and from where it may be used; felt within 5 seconds. What is left out stays. */
  @Patch(':id')
  @Access({ merchant: 'account:write', staff: EVERYBODY })
  @Returns(200, KeyView)
  change(
    @Param('id', IdPipe('key')) id: string,
    @Body() { name, allowed_ips: allowedIps }: ChangeKeyBody,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const owner = ownerOf(call.actor);
    const change = { ...(name === undefined ? {} : { name }), ...(allowedIps === undefined ? {} : { allowedIps }) };
    return this.commands.run(call, async (tx) => keyView(await this.keys.change(tx, owner, id, change)));
  }

  /** The days of the last 90 on which it was used, to the minute. */
  @Get(':id/usage')
  @Access({ merchant: 'account:read', staff: EVERYBODY })
  @Returns(200, KeyUsageView)
  async usage(@Param('id', IdPipe('key')) id: string, @CurrentActor() actor: Actor): Promise<KeyUsageView> {
    return { data: await this.keys.usage(ownerOf(actor), id, USAGE_DAYS) };
  }

  /** A new key with the same scopes; the one before works for 7 more days, an older one of the same line no more. */
  @Post(':id/rotate')
  @Access({ merchant: 'account:write', staff: EVERYBODY })
  @AtMost(KEYS_A_MINUTE, 'new-keys')
  @Returns(201, NewKeyView)
  rotate(@Param('id', IdPipe('key')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    const owner = ownerOf(call.actor);
    return this.commands.run(call, async (tx) => newKeyView(await this.keys.rotate(tx, owner, id)), { secret: true });
  }

  /** It stops working within 5 seconds. */
  @Delete(':id')
  @Access({ merchant: 'account:write', staff: EVERYBODY })
  @Returns(204, null)
  revoke(@Param('id', IdPipe('key')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    const owner = ownerOf(call.actor);
    return this.commands.run(call, (tx) => this.keys.revoke(tx, owner, id));
  }
}
