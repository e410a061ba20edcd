import { Body, Controller, Get, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asMerchant } from '../database/scope.ts';
import { Access } from '../http/access.ts';
import { CurrentActor, Forbidden, merchantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { Returns } from '../http/returns.ts';
import { idOut } from '../kernel/ids.ts';
import { MerchantMails } from './mails/merchant-mails.ts';
import { modesOf, PreferencesService, type Reader } from './mails/preferences.service.ts';
import { ConfirmationView, PreferencesBody, PreferencesView } from './notifications.dto.ts';

/** Which letters a person gets: the one who is signed in; asked with a key, the owner. */
@ApiTags('notifications')
@Controller('v1/notification-preferences')
export class PreferencesController {
  constructor(
    private readonly db: DataSource,
    private readonly preferences: PreferencesService,
    private readonly commands: Commands,
  ) {}

  @Get()
  @Access({ merchant: 'account:read' })
  @Returns(200, PreferencesView)
  async get(@CurrentActor() actor: Actor): Promise<PreferencesView> {
    const { merchantId, userId } = personOf(actor);
    return viewOf(await this.preferences.of(asMerchant(this.db, merchantId), merchantId, userId));
  }

  /** What is left out stays. Letters about the account's security and its end are always sent. */
  @Put()
  @Access({ merchant: 'account:write' })
  @Returns(200, PreferencesView)
  change(@Body() { language, preferences }: PreferencesBody, @CurrentCall() call: Call): Promise<Answer> {
    const modes = Object.fromEntries((preferences ?? []).map(({ type, mode }) => [type, mode]));
    const person = personOf(call.actor);
    return this.commands.run(call, async (tx) =>
      viewOf(await this.preferences.change(tx, person, { language, modes })),
    );
  }
}

/** The confirmation of an order, sent again. */
@ApiTags('orders')
@Controller('v1/orders')
export class ConfirmationsController {
  constructor(
    private readonly mails: MerchantMails,
    private readonly commands: Commands,
  ) {}

  /** Mails the order as it stands to the merchant's address. */
  @Post(':id/confirmation')
  @Access({ merchant: 'orders:write' })
  @Returns(200, ConfirmationView)
  confirm(@Param('id', IdPipe('ord')) id: string, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, async (tx): Promise<ConfirmationView> => {
      const address = await this.mails.confirmAgain(tx, merchantOf(call.actor), id);
      return { order: idOut('ord', id), sent_to: address };
    });
  }
}

function personOf(actor: Actor): { merchantId: string; userId: string | null } {
  if (actor.kind !== 'merchant') throw new Forbidden("This call is a merchant's own; use a merchant's key or session.");
  return { merchantId: actor.merchantId, userId: actor.userId };
}

function viewOf(reader: Reader): PreferencesView {
  return {
    user: idOut('usr', reader.userId),
    email: reader.email,
    language: reader.language,
    preferences: modesOf(reader),
  };
}
