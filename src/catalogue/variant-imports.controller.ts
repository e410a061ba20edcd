import { Controller, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../http/access.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { TakesTime } from '../http/deadline.ts';
import { RawBody, TakesCsv } from '../http/raw.ts';
import { Returns } from '../http/returns.ts';
import { IMPORT_BYTES, ImportQuery, importView, ImportView } from '../imports/imports.dto.ts';
import { VariantImports } from './variant-imports.service.ts';

@ApiTags('imports')
@Controller('v1/imports/variants')
export class VariantImportsController {
  constructor(
    private readonly imports: VariantImports,
    private readonly commands: Commands,
  ) {}

  /**
   * The catalogue as a CSV file: columns sku, title, price, currency, weight_g, length_mm, width_mm, height_mm, and
   * where they are given handling, hs_code, origin, backorder. One row a currency. Of a variant that is known, a column
   * that the file does not have stays as it is.
   */
  @TakesTime()
  @Post()
  @Access({ staff: ['admin'] })
  @TakesCsv(IMPORT_BYTES)
  @Returns(200, ImportView)
  async run(@RawBody() csv: Buffer, @Query() query: ImportQuery, @CurrentCall() call: Call): Promise<Answer> {
    const record = await this.imports.run(call.actor, csv, query.dry_run ?? false);
    return this.commands.run(call, () => Promise.resolve(importView(record)));
  }
}
