import { Readable } from 'node:stream';
import { Body, Controller, Get, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asMerchant } from '../../database/scope.ts';
import { Access } from '../../http/access.ts';
import { CurrentActor, merchantOf, type Actor } from '../../http/actor.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { TakesTime } from '../../http/deadline.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { AtMost } from '../../http/limits.ts';
import { idPageRequest, ListQuery } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { documentView, listDocuments } from './statement-document.store.ts';
import { StatementDocumentBody, StatementDocumentView } from './statement-documents.dto.ts';
import { StatementDocuments } from './statement-documents.service.ts';

const DOCUMENTS_A_MINUTE = 20;
const TYPES = { pdf: 'application/pdf', csv: 'text/csv; charset=utf-8' } as const;

@Controller('v1/wallet/statement-documents')
export class StatementDocumentsController {
  constructor(
    private readonly db: DataSource,
    private readonly documents: StatementDocuments,
    private readonly commands: Commands,
  ) {}

  @Post()
  @Access({ merchant: 'wallet:read' })
  @AtMost(DOCUMENTS_A_MINUTE, 'statement documents')
  @ApiOperation({
    summary: 'Begins a statement of any length as a file. Its figures are those of GET /v1/wallet/statement.',
  })
  @Returns(202, StatementDocumentView, { description: 'It is drawn in the background.' })
  async askDocument(@Body() body: StatementDocumentBody, @CurrentCall() call: Call): Promise<Answer> {
    const frame = await this.documents.frame(merchantOf(call.actor), body);
    return this.commands.run(call, async (tx) => documentView(await this.documents.ask(tx, frame)));
  }

  @Get()
  @Access({ merchant: 'wallet:read' })
  @Returns(200, StatementDocumentView, { list: true })
  async documentsOf(@Query() query: ListQuery, @CurrentActor() actor: Actor): Promise<Page<StatementDocumentView>> {
    const request = idPageRequest(query);
    const merchantId = merchantOf(actor);
    const found = await listDocuments(asMerchant(this.db, merchantId), merchantId, request);
    return page(found, request.limit, documentView, ({ id }) => [id]);
  }

  @Get(':id')
  @Access({ merchant: 'wallet:read' })
  @Returns(200, StatementDocumentView)
  async document(@Param('id', IdPipe('doc')) id: string, @CurrentActor() actor: Actor): Promise<StatementDocumentView> {
    return documentView(await this.documents.get(merchantOf(actor), id));
  }

  @TakesTime()
  @Get(':id/file')
  @Access({ merchant: 'wallet:read' })
  @ApiProduces('application/pdf', 'text/csv')
  @Returns(200, null, { description: 'The file.' })
  async documentFile(@Param('id', IdPipe('doc')) id: string, @CurrentActor() actor: Actor): Promise<StreamableFile> {
    const found = await this.documents.ready(merchantOf(actor), id);
    return new StreamableFile(Readable.from(this.documents.file(found)), {
      type: TYPES[found.form],
      disposition: `attachment; filename="statement-${found.currency}.${found.form}"`,
      length: Number.parseInt(found.bytes ?? '0', 10),
    });
  }
}
