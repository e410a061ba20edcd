import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Exports } from '../exports/exports.service.ts';
import { idPageRequest } from '../http/lists.ts';
import { page } from '../kernel/pages.ts';
import { importView } from './imports.dto.ts';
import { ImportsService } from './imports.service.ts';

/** A merchant's imported files, row by row, with the rows that failed as they came, for exports. */
@Injectable()
export class ImportsExports implements OnModuleInit {
  constructor(
    private readonly exports: Exports,
    private readonly imports: ImportsService,
  ) {}

  onModuleInit(): void {
    this.exports.register('imports', ['import_run'], async (merchantId, query) => {
      const request = idPageRequest(query);
      const found = await this.imports.list(merchantId, null, request);
      return page(
        found,
        request.limit,
        (run) => Object.assign(importView(run), { failed_rows: run.failed }),
        ({ id }) => [id],
      );
    });
  }
}
