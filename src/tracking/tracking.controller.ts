import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiConsumes, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { asCaller, asHouse, asMerchant } from '../database/scope.ts';
import { Config } from '../config.ts';
import { FulfilmentService } from '../fulfilment/fulfilment.service.ts';
import { Access } from '../http/access.ts';
import { CurrentActor, tenantOf, type Actor } from '../http/actor.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { AtMost, CouriersCall } from '../http/limits.ts';
import { CURSOR_KEY, pageRequest } from '../http/lists.ts';
import { KeepRaw, LargeBody, RawBody } from '../http/raw.ts';
import { Returns } from '../http/returns.ts';
import { realNow } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { page, type Page } from '../kernel/pages.ts';
import { DeskStore } from './desk/desk.store.ts';
import { asMeant } from './desk/meaning.policy.ts';
import { isProven } from './signatures.ts';
import { soundEvents } from './sound-events.ts';
import { isSource, readMessage } from './sources.translate.ts';
import {
  canonicalEvent,
  CanonicalEventsBody,
  countsView,
  CountsView,
  TrackingMessageView,
  messageView,
  PackageEventsQuery,
  packageEventView,
  PackageEventView,
  PreviewQuery,
  previewView,
  PreviewView,
  TokenQuery,
  UnmatchedQuery,
  unmatchedView,
  UnmatchedView,
} from './tracking.dto.ts';
import { InvalidSignature } from './tracking.errors.ts';
import { pageLanguage, trackingPage } from './tracking.page.ts';
import { TrackingService, type Stored } from './tracking.service.ts';
import { TrackingStore } from './tracking.store.ts';

const MAX_MESSAGE = 1024 * 1024;
const MAX_NUMBER = 100;
/** More from one address is somebody who tries numbers. */
const PAGES_A_MINUTE = 300;
const STAFF = { staff: ['warehouse', 'support', 'finance', 'tracking'] } as const;
/** Headers that are kept with a message: never one that may carry a credential. */
const KEPT_HEADERS = ['user-agent', 'content-type', 'x-request-id', 'x-webhook-id', 'x-event-id', 'x-delivery-attempt'];

type HeaderFields = Readonly<Record<string, string | string[] | undefined>>;

/** What came; a token is the secret that stood in the address. */
interface Message {
  headers: HeaderFields;
  body: Buffer;
  token: string | null;
}

@ApiTags('tracking')
@Controller('v1/tracking')
export class TrackingController {
  constructor(
    private readonly db: DataSource,
    private readonly tracking: TrackingService,
    private readonly store: TrackingStore,
    private readonly desk: DeskStore,
    private readonly commands: Commands,
    private readonly config: Config,
  ) {}

  /** Events in our own words, up to 1,000. Stored together; their packages follow at once. */
  @Post('events')
  @Access({ staff: ['warehouse', 'support', 'tracking'] })
  @LargeBody(MAX_MESSAGE)
  @Returns(200, CountsView)
  async events(@Body() body: CanonicalEventsBody, @CurrentCall() call: Call): Promise<Answer> {
    const events = await soundEvents(body.events);
    const stored: Stored[] = [];
    const answer = await this.commands.run(call, async (tx) => {
      const kept = await this.tracking.keep(tx, events.map(canonicalEvent), Buffer.from(JSON.stringify(body)));
      stored.splice(0, stored.length, kept); // a transaction that is tried again counts once
      return countsView(kept.counts);
    });
    for (const kept of stored) await this.tracking.follow(kept);
    return answer;
  }

  @Get('unmatched')
  @Access(STAFF)
  @Returns(200, UnmatchedView, { list: true })
  async unmatched(@Query() query: UnmatchedQuery): Promise<Page<UnmatchedView>> {
    const request = pageRequest(query, [CURSOR_KEY.id, CURSOR_KEY.text]);
    const found = await this.store.listUnmatched(asHouse(this.db), request);
    return page(found, request.limit, unmatchedView, (row) => [row.messageId ?? '', row.numberKey]);
  }

  @Get('messages/:id')
  @Access(STAFF)
  @Returns(200, TrackingMessageView)
  async message(@Param('id', IdPipe('trm')) id: string): Promise<TrackingMessageView> {
    return messageView(await this.tracking.message(id));
  }

  /** How a message would be read; nothing is stored. Also for sources that are switched off. */
  @Post(':source/preview')
  @Access(STAFF)
  @KeepRaw(MAX_MESSAGE)
  @ApiConsumes('application/json', 'application/xml', 'text/xml')
  @Returns(200, PreviewView)
  async preview(
    @Param('source') source: string,
    @Query() query: PreviewQuery,
    @RawBody() body: Buffer,
  ): Promise<PreviewView> {
    if (!isSource(source)) throw new NotFound('tracking source');
    const { shipments, unreadable } = readMessage(source, body, query.kind ?? 'webhook');
    const meanings = await this.desk.meaningsOf(asHouse(this.db), source);
    return previewView({ shipments: shipments.map((shipment) => asMeant(shipment, meanings)), unreadable });
  }

  /** A courier's or aggregator's own message, proven its own way; answered as soon as it is stored. */
  @Post(':source')
  @Access({ public: true })
  @CouriersCall()
  @KeepRaw(MAX_MESSAGE)
  @ApiConsumes('application/json', 'application/xml', 'text/xml')
  @Returns(200, CountsView)
  receive(
    @Param('source') source: string,
    @Query() query: TokenQuery,
    @Headers() headers: HeaderFields,
    @RawBody() body: Buffer,
  ): Promise<CountsView> {
    return this.take(source, { headers, body, token: query.token ?? null });
  }

  /** For a source that signs nothing and sends no header of ours: its secret stands in the address (Shippo). */
  @Post(':source/:secret')
  @Access({ public: true })
  @CouriersCall()
  @KeepRaw(MAX_MESSAGE)
  @ApiConsumes('application/json', 'application/xml', 'text/xml')
  @Returns(200, CountsView)
  receiveAt(
    @Param('source') source: string,
    @Param('secret') secret: string,
    @Headers() headers: HeaderFields,
    @RawBody() body: Buffer,
  ): Promise<CountsView> {
    return this.take(source, { headers, body, token: secret });
  }

  private async take(source: string, message: Message): Promise<CountsView> {
    this.prove(source, message);
    const { headers, body } = message;
    const contentType = typeof headers['content-type'] === 'string' ? headers['content-type'] : null;
    return countsView(
      await this.tracking.ingest({ source, kind: 'webhook', contentType, headers: kept(headers), body }),
    );
  }

  /** @throws NotFound no such source, or it is off; @throws InvalidSignature */
  private prove(source: string, message: Message): void {
    if (!isSource(source)) throw new NotFound('tracking source');
    const secrets = this.config.courierSecret(source);
    if (secrets.length === 0 && this.config.sandbox) return;
    if (secrets.length === 0) throw new NotFound('tracking source');
    if (!isProven(source, secrets, { ...message, now: realNow() })) throw new InvalidSignature(source);
  }
}

@ApiTags('packages')
@Controller('v1/packages')
export class PackageEventsController {
  constructor(
    private readonly db: DataSource,
    private readonly fulfilment: FulfilmentService,
    private readonly store: TrackingStore,
  ) {}

  /** What the courier said of the package, newest first. */
  @Get(':id/events')
  @Access({ merchant: 'packages:read', staff: ['warehouse', 'support', 'finance', 'tracking'] })
  @Returns(200, PackageEventView, { list: true })
  async events(
    @Param('id', IdPipe('pkg')) id: string,
    @Query() query: PackageEventsQuery,
    @CurrentActor() actor: Actor,
  ): Promise<Page<PackageEventView>> {
    const request = pageRequest(query, [CURSOR_KEY.number, CURSOR_KEY.id]);
    const { merchantId } = await this.fulfilment.get(asCaller(this.db, tenantOf(actor)), tenantOf(actor), id);
    const found = await this.store.listEvents(asMerchant(this.db, merchantId), merchantId, id, request);
    return page(found, request.limit, packageEventView, (event) => [event.at, event.id]);
  }
}

/** The page for the buyer: a link in the store's mail leads here. */
@ApiTags('tracking')
@Controller('track')
export class TrackingPageController {
  constructor(private readonly tracking: TrackingService) {}

  @Get(':tracking_number')
  @Access({ public: true })
  @AtMost(PAGES_A_MINUTE, 'tracking-pages')
  @ApiProduces('text/html')
  @Returns(200, null, { description: 'Steps and places, in English or French; no personal data.' })
  async show(
    @Param('tracking_number') number: string,
    @Headers() headers: HeaderFields,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const asked = headers['accept-language'];
    const shipment = number.length > MAX_NUMBER ? null : await this.tracking.shipmentOf(number);
    void reply
      .status(shipment === null ? 404 : 200)
      .type('text/html; charset=utf-8')
      .header('Vary', 'Accept-Language');
    return trackingPage(shipment, pageLanguage(typeof asked === 'string' ? asked : undefined));
  }
}

function kept(headers: HeaderFields): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value.slice(0, 500)]] : [];
    }),
  );
}
