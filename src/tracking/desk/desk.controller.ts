import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { inTransaction } from '../../database/transaction.ts';
import { FulfilmentService, PackageView, packageView } from '../../fulfilment/fulfilment.service.ts';
import { Access } from '../../http/access.ts';
import { staffOf } from '../../http/actor.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { TakesTime } from '../../http/deadline.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { CURSOR_KEY, idPageRequest, pageRequest } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { invalidField } from '../../kernel/errors.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { Folding } from '../folding.ts';
import { isSource } from '../sources.translate.ts';
import type { PackageKey } from '../tracking.records.ts';
import {
  DeskQuery,
  effectView,
  StatusMappingBody,
  StatusMappingEffectView,
  mappingOf,
  StatusMappingPreviewBody,
  StatusMappingQuery,
  StatusMappingView,
  mappingView,
  publishedView,
  PublishedStatusMappingView,
  ReadingsBody,
  ReadingsView,
  readingsView,
  ReadingView,
  readingView,
  UnmappedView,
  unmappedView,
  UnreadableView,
  unreadableView,
} from './desk.dto.ts';
import { DeskStore } from './desk.store.ts';
import { Mappings } from './mappings.ts';
import { Rereader } from './rereading.ts';

const READERS = { staff: ['warehouse', 'support', 'finance', 'tracking'] } as const;
/** A code, or the text of a line without one, in a cursor. */
const CODE = /^[^\0]{1,500}$/;
const MENDERS = { staff: ['support', 'finance'] } as const;

/** What of the couriers' words waits for a person. */
@ApiTags('tracking')
@Controller('v1/tracking')
export class DeskController {
  constructor(
    private readonly db: DataSource,
    private readonly desk: DeskStore,
    private readonly mappings: Mappings,
    private readonly rereader: Rereader,
    private readonly folding: Folding,
    private readonly fulfilment: FulfilmentService,
    private readonly commands: Commands,
  ) {}

  @Get('unreadable')
  @Access(READERS)
  @ApiOperation({ summary: 'Messages that could not be read, with the reason.' })
  @Returns(200, UnreadableView, { list: true })
  async unreadable(@Query() query: DeskQuery): Promise<Page<UnreadableView>> {
    const request = idPageRequest(query);
    const found = await this.desk.listUnreadable(asHouse(this.db), request);
    return page(found, request.limit, unreadableView, ({ id }) => [id]);
  }

  @Get('needs-mapping')
  @Access(READERS)
  @ApiOperation({ summary: 'Codes that are new: their events are shown and move nothing.' })
  @Returns(200, UnmappedView, { list: true })
  async needsMapping(@Query() query: DeskQuery): Promise<Page<UnmappedView>> {
    const request = pageRequest(query, [CURSOR_KEY.text, CODE]);
    const found = await this.desk.listUnmapped(asHouse(this.db), request);
    return page(found, request.limit, unmappedView, ({ source, code }) => [source, code]);
  }

  @Get('disputed')
  @Access(READERS)
  @ApiOperation({ summary: 'Packages that had ended, and of which the courier then said otherwise.' })
  @Returns(200, PackageView, { list: true })
  async disputed(@Query() query: DeskQuery): Promise<Page<PackageView>> {
    const request = idPageRequest(query);
    const found = await this.fulfilment.disputed(asHouse(this.db), request);
    return page(found, request.limit, packageView, ({ id }) => [id]);
  }

  @Post('messages/:id/reading')
  @Access(MENDERS)
  @ApiOperation({ summary: 'Reads a message again, as the translators of today do.' })
  @Returns(200, ReadingView)
  async readAgain(@Param('id', IdPipe('trm')) id: string): Promise<ReadingView> {
    return readingView(id, await this.rereader.one(id));
  }

  @Post('readings')
  @Access(MENDERS)
  @ApiOperation({ summary: 'Reads again what could not be read and what had codes that were new.' })
  @Returns(200, ReadingsView)
  async readAllAgain(@Body() body: ReadingsBody): Promise<ReadingsView> {
    if (body.source !== undefined) refuseUnknown(body.source);
    return readingsView(await this.rereader.all(body.source ?? null));
  }

  @Get('mappings')
  @Access(READERS)
  @ApiOperation({ summary: 'What staff say that codes mean, before the translators’ own tables.' })
  @Returns(200, StatusMappingView, { list: true })
  async list(@Query() query: DeskQuery): Promise<Page<StatusMappingView>> {
    const request = pageRequest(query, [CURSOR_KEY.number, CURSOR_KEY.text, CODE]);
    const found = await this.desk.listMappings(asHouse(this.db), request);
    return page(found, request.limit, mappingView, ({ at, source, code }) => [at, source, code]);
  }

  @Post('mappings/preview')
  @Access(MENDERS)
  @TakesTime()
  @ApiOperation({ summary: 'What a meaning of a code would change; nothing is stored.' })
  @Returns(200, StatusMappingEffectView)
  async preview(@Body() body: StatusMappingPreviewBody): Promise<StatusMappingEffectView> {
    refuseUnknown(body.source);
    const mapping = mappingOf(body);
    return effectView(await inTransaction(asHouse(this.db), (tx) => this.mappings.preview(tx, mapping)));
  }

  /** Its packages follow at once, and money with them: so the effect that was seen is handed in. */
  @Post('mappings')
  @Access(MENDERS)
  @TakesTime()
  @Returns(201, PublishedStatusMappingView)
  async publish(@Body() body: StatusMappingBody, @CurrentCall() call: Call): Promise<Answer> {
    refuseUnknown(body.source);
    const mapping = mappingOf(body);
    const seen = { seen: body.fingerprint, note: body.note ?? null, byUser: staffOf(call.actor).userId };
    const due: PackageKey[] = [];
    const answer = await this.commands.run(call, async (tx) => {
      const { effect, packages } = await this.mappings.publish(tx, mapping, seen);
      due.splice(0, due.length, ...packages); // a transaction that is tried again counts once
      return publishedView(mapping, effect);
    });
    await this.folding.foldAll(due);
    return answer;
  }

  @Delete('mappings')
  @Access(MENDERS)
  @ApiOperation({ summary: 'Takes a meaning back for what comes from now on; what came keeps it.' })
  @Returns(204, null)
  withdraw(@Query() { source, code }: StatusMappingQuery, @CurrentCall() call: Call): Promise<Answer> {
    return this.commands.run(call, (tx) => this.mappings.withdraw(tx, source, code));
  }
}

function refuseUnknown(source: string): void {
  if (!isSource(source)) throw invalidField('/source', 'unknown_source', 'There is no such source.');
}
