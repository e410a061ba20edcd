import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { Access } from '../http/access.ts';
import { CurrentActor, tenantOf, type Actor } from '../http/actor.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { idPageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { HOUSE_ID } from '../kernel/ids.ts';
import { page, type Page } from '../kernel/pages.ts';
import { headView, ImportHeadView, ImportsQuery, importView, ImportView } from './imports.dto.ts';
import { failedCsv, ImportsService } from './imports.service.ts';

const STAFF = ['warehouse', 'support', 'finance'] as const;

/** Files that were imported: a merchant sees its own, staff the operator's. */
@ApiTags('imports')
@Controller('v1/imports')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  @Get()
  @Access({ merchant: 'orders:read', staff: STAFF })
  @Returns(200, ImportHeadView, { list: true })
  async list(@Query() query: ImportsQuery, @CurrentActor() actor: Actor): Promise<Page<ImportHeadView>> {
    const request = idPageRequest(query);
    const found = await this.imports.list(tenantOf(actor) ?? HOUSE_ID, query.kind ?? null, request);
    return page(found, request.limit, headView, ({ id }) => [id]);
  }

  /** Every row and what became of it. */
  @Get(':id')
  @Access({ merchant: 'orders:read', staff: STAFF })
  @Returns(200, ImportView)
  async get(@Param('id', IdPipe('imp')) id: string, @CurrentActor() actor: Actor): Promise<ImportView> {
    return importView(await this.imports.get(tenantOf(actor) ?? HOUSE_ID, id));
  }

  /** The rows that failed, as the file had them, with a column `error`: mend them and send the file again. */
  @Get(':id/failed.csv')
  @Access({ merchant: 'orders:read', staff: STAFF })
  @ApiProduces('text/csv')
  @Header('Content-Type', 'text/csv; charset=utf-8')
  @Returns(200, null, { description: 'A CSV file.' })
  async failed(@Param('id', IdPipe('imp')) id: string, @CurrentActor() actor: Actor): Promise<string> {
    return failedCsv(await this.imports.get(tenantOf(actor) ?? HOUSE_ID, id));
  }
}
