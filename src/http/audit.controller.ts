import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asCaller } from '../database/scope.ts';
import { rows } from '../database/sql.ts';
import { idIn } from '../kernel/ids.ts';
import { page, type Page } from '../kernel/pages.ts';
import { Access } from './access.ts';
import { CurrentActor, tenantOf, type Actor } from './actor.ts';
import { AuditEntryView, AuditQuery } from './audit.dto.ts';
import { auditView, SUBJECT_IDS, type AuditRow } from './audit.view.ts';
import { CURSOR_KEY, pageRequest } from './lists.ts';
import { Returns } from './returns.ts';

/** Who changed what: a merchant sees what was changed of its own, staff everything. Nobody can change the log. */
@ApiTags('audit')
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly db: DataSource) {}

  @Get()
  @Access({ merchant: 'account:read', staff: ['support', 'finance'] })
  @Returns(200, AuditEntryView, { list: true })
  async list(@Query() query: AuditQuery, @CurrentActor() actor: Actor): Promise<Page<AuditEntryView>> {
    const { limit, after } = pageRequest(query, [CURSOR_KEY.number]);
    const merchantId = tenantOf(actor) ?? (query.merchant === undefined ? null : idIn('mer', query.merchant));
    const found = await rows<AuditRow>(
      asCaller(this.db, tenantOf(actor)),
      `SELECT * FROM audit_entry
       WHERE ($1::uuid IS NULL OR merchant_id = $1) AND ($2::bigint IS NULL OR number < $2)
         AND ($3::text IS NULL OR subject = $3) AND ($4::text IS NULL OR subject_id = $4)
         AND ($5::uuid IS NULL OR user_id = $5 AND ($9 OR actor_kind = 'merchant'))
         AND ($6::timestamptz IS NULL OR at >= $6) AND ($7::timestamptz IS NULL OR at <= $7)
       ORDER BY number DESC LIMIT $8`,
      [
        ...[merchantId, after?.[0] ?? null, query.subject ?? null, subjectId(query)],
        ...[query.user === undefined ? null : idIn('usr', query.user), query.from ?? null, query.to ?? null],
        ...[limit + 1, actor.kind === 'staff'],
      ],
    );
    return page(
      found,
      limit,
      (row) => auditView(row, actor.kind === 'staff'),
      ({ number }) => [number],
    );
  }
}

/** As it is stored: an id of the API's without its prefix. */
function subjectId({ subject_id }: AuditQuery): string | null {
  if (subject_id === undefined) return null;
  for (const prefix of new Set(Object.values(SUBJECT_IDS))) {
    const id = idIn(prefix, subject_id);
    if (id !== null) return id;
  }
  return subject_id;
}
