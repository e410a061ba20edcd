import { Controller, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../../http/access.ts';
import type { Answer } from '../../http/answer.ts';
import { CurrentCall, type Call } from '../../http/call.ts';
import { Commands } from '../../http/commands.ts';
import { TakesTime } from '../../http/deadline.ts';
import { RawBody, TakesCsv } from '../../http/raw.ts';
import { Returns } from '../../http/returns.ts';
import { IMPORT_BYTES, ImportQuery, importView, ImportView } from '../../imports/imports.dto.ts';
import { TrackingImports } from './tracking-imports.ts';

@ApiTags('imports')
@Controller('v1/imports/tracking')
export class TrackingImportsController {
  constructor(
    private readonly imports: TrackingImports,
    private readonly commands: Commands,
  ) {}

  /**
   * Couriers' events as a CSV file: columns courier, tracking_number, status, occurred_at, and where they are given
   * description, location, event_id. A number that no package has yet is set aside and matched when its label comes.
   */
  @TakesTime()
  @Post()
  @Access({ staff: ['warehouse', 'support'] })
  @TakesCsv(IMPORT_BYTES)
  @Returns(200, ImportView)
  async run(@RawBody() csv: Buffer, @Query() query: ImportQuery, @CurrentCall() call: Call): Promise<Answer> {
    const record = await this.imports.run(call.actor, csv, query.dry_run ?? false);
    return this.commands.run(call, () => Promise.resolve(importView(record)));
  }
}
