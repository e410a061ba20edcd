import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.ts';
import { CurrentActor, type Actor } from '../http/actor.ts';
import { Answer } from '../http/answer.ts';
import { TakesTime } from '../http/deadline.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { Returns } from '../http/returns.ts';
import { HOUSE_ID, idIn } from '../kernel/ids.ts';
import { FeedService, namesOf } from './feed.service.ts';
import { EventQuery, EventView, OneEventQuery } from './notifications.dto.ts';

const DEFAULT_LIMIT = 20;

/** Every event of a merchant: the feed that makes a lost webhook harmless. */
@ApiTags('webhooks')
@Controller('v1/events')
export class EventsController {
  constructor(private readonly feed: FeedService) {}

  /**
   * Oldest first, numbered without a gap by `sequence`. Go on with `after=next_cursor`, or with the id of the last event
   * you have; `next_cursor` is null where nothing more is there yet, `wait` waits for it.
   */
  @TakesTime()
  @Get()
  @Access({ merchant: 'webhooks:read', staff: ['support', 'finance'] })
  @Returns(200, EventView, { list: true })
  async list(
    @Query() query: EventQuery,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) { raw }: FastifyReply,
  ): Promise<Answer> {
    const gone = new AbortController();
    raw.once('close', () => {
      gone.abort();
    });
    const merchantId = ownerOf(actor, query.merchant);
    const from = query.after ?? query.cursor;
    const request = {
      merchantId,
      after: from === undefined ? 0n : await this.feed.position(merchantId, from),
      names: query.type === undefined ? null : namesOf(query.type),
      limit: query.limit ?? DEFAULT_LIMIT,
    };
    return new Answer(200, await this.feed.page(request, (query.wait ?? 0) * 1_000, gone.signal), false);
  }

  @Get(':id')
  @Access({ merchant: 'webhooks:read', staff: ['support', 'finance'] })
  @Returns(200, EventView)
  async get(
    @Param('id', IdPipe('evt')) id: string,
    @Query() { merchant }: OneEventQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Answer> {
    return new Answer(200, await this.feed.one(ownerOf(actor, merchant), id), false);
  }
}

/** A merchant's own, whatever the query says; of staff the one they name, else the operator's. */
function ownerOf(actor: Actor, named: string | undefined): string {
  if (actor.kind === 'merchant') return actor.merchantId;
  return (named === undefined ? null : idIn('mer', named)) ?? HOUSE_ID;
}
