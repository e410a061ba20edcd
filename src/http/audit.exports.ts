import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { rows } from '../database/sql.ts';
import { Exports } from '../exports/exports.service.ts';
import { page } from '../kernel/pages.ts';
import { auditView, type AuditRow } from './audit.view.ts';
import { CURSOR_KEY, pageRequest } from './lists.ts';

/** Who changed what of a merchant's, as the merchant sees it, for exports. */
@Injectable()
export class AuditExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly exports: Exports,
  ) {}

  onModuleInit(): void {
    this.exports.register('audit', ['audit_entry'], async (merchantId, query) => {
      const { limit, after } = pageRequest(query, [CURSOR_KEY.number]);
      const found = await rows<AuditRow>(
        asHouse(this.db),
        `SELECT * FROM audit_entry WHERE merchant_id = $1 AND ($2::bigint IS NULL OR number < $2) ORDER BY number DESC LIMIT $3`,
        [merchantId, after?.[0] ?? null, limit + 1],
      );
      return page(
        found,
        limit,
        (row) => auditView(row, false),
        ({ number }) => [number],
      );
    });
  }
}
