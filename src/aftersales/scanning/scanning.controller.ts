import { Body, Controller, Get, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { Access } from '../../http/access.ts';
import { staffOf } from '../../http/actor.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { TakesTime } from '../../http/deadline.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { idPageRequest } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { CurrentForm, TakesForm, type IncomingForm } from '../../http/upload.ts';
import { invalidField } from '../../kernel/errors.ts';
import { idOut } from '../../kernel/ids.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { EvidenceTooLarge } from '../claims/claims.errors.ts';
import { fileName } from '../claims/evidence/media.ts';
import { ReturnViews } from '../returns/return.views.ts';
import { Scanning } from './scanning.ts';
import {
  ScanView,
  scanView,
  UnannouncedBody,
  UnannouncedQuery,
  UnannouncedView,
  unannouncedView,
} from './scanning.dto.ts';
import { Unannounced } from './unannounced.ts';
import { getUnannounced, listUnannounced } from './unannounced.store.ts';

const WAREHOUSE = { staff: ['warehouse', 'support'] } as const;
const PHOTO_BYTES = 10 * 1024 * 1024;
const FORM = {
  schema: {
    type: 'object',
    required: ['file'],
    properties: { file: { type: 'string', format: 'binary', description: 'JPEG, PNG or WebP, as its bytes say.' } },
  },
};

@ApiTags('warehouse')
@Controller('v1/scan')
export class ScanController {
  constructor(
    private readonly db: DataSource,
    private readonly scanning: Scanning,
    private readonly returnViews: ReturnViews,
  ) {}

  @Get(':code')
  @Access(WAREHOUSE)
  @ApiOperation({
    summary: 'What a tracking number, package, order, return code or SKU is, and what can be done with it.',
  })
  @Returns(200, ScanView)
  async scan(@Param('code') code: string): Promise<ScanView> {
    const scanned = await this.scanning.read(asHouse(this.db), code);
    const shown = scanned.kind === 'return' ? await this.returnViews.of(asHouse(this.db), scanned.record) : null;
    return scanView(code, scanned, shown);
  }
}

/** Parcels that nobody had announced. */
@ApiTags('warehouse')
@Controller('v1/receipts')
export class ReceiptsController {
  constructor(
    private readonly db: DataSource,
    private readonly unannounced: Unannounced,
    private readonly commands: Commands,
  ) {}

  @Post()
  @Access(WAREHOUSE)
  @ApiOperation({ summary: 'Records a parcel that nobody had announced; a photo is added by itself.' })
  @Returns(201, UnannouncedView)
  record(@Body() body: UnannouncedBody, @CurrentCall() call: Call): Promise<Answer> {
    const said = {
      ...{ code: body.code ?? null, warehouse: body.warehouse ?? null, sender: body.sender ?? null },
      ...{ condition: body.condition ?? null, unopened: body.unopened ?? null, note: body.note ?? null },
      byUser: staffOf(call.actor).userId,
    };
    return this.commands.run(call, async (tx) => {
      const { parcel, scanned } = await this.unannounced.record(tx, said);
      return Object.assign({}, unannouncedView(parcel), { can: scanned?.can ?? [] });
    });
  }

  @Post(':id/photo')
  @Access(WAREHOUSE)
  @TakesTime()
  @TakesForm(PHOTO_BYTES, FORM)
  @ApiOperation({ summary: 'A photo of it; a newer one takes its place.' })
  @Returns(200, UnannouncedView)
  async addPhoto(
    @Param('id', IdPipe('rec')) id: string,
    @CurrentForm() form: IncomingForm,
    @CurrentCall() call: Call,
  ): Promise<Answer> {
    const { file } = await form.read(PHOTO_BYTES, (bytes) => new EvidenceTooLarge(bytes));
    if (file === null || file.length === 0) throw invalidField('/file', 'required', 'The form holds no file.');
    const photo = await this.unannounced.keepPhoto(id, file);
    // The bytes are named by their hash: the same request again is one with the same file.
    return this.commands.run({ ...call, body: photo }, async (tx) =>
      unannouncedView(await this.unannounced.addPhoto(tx, id, photo)),
    );
  }

  @Get()
  @Access(WAREHOUSE)
  @Returns(200, UnannouncedView, { list: true })
  async list(@Query() query: UnannouncedQuery): Promise<Page<UnannouncedView>> {
    const request = idPageRequest(query);
    const found = await listUnannounced(asHouse(this.db), { code: query.code }, request);
    return page(found, request.limit, unannouncedView, ({ id }) => [id]);
  }

  @Get(':id')
  @Access(WAREHOUSE)
  @Returns(200, UnannouncedView)
  async get(@Param('id', IdPipe('rec')) id: string): Promise<UnannouncedView> {
    return unannouncedView(await getUnannounced(asHouse(this.db), id));
  }

  @Get(':id/photo')
  @Access(WAREHOUSE)
  @ApiProduces('image/jpeg', 'image/png', 'image/webp')
  @Returns(200, null, { description: 'The photo as it was taken.' })
  async photo(@Param('id', IdPipe('rec')) id: string): Promise<StreamableFile> {
    const { bytes, mediaType } = await this.unannounced.photo(id);
    const name = fileName(idOut('rec', id), mediaType);
    return new StreamableFile(bytes, { type: mediaType, disposition: `attachment; filename="${name}"` });
  }
}
