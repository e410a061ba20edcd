import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asCaller } from '../database/scope.ts';
import { filtersOf, nullsOf, whereOf } from '../database/filters.ts';
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
    const user = query.user === undefined ? null : idIn('usr', query.user);
    const { clauses, params } = filtersOf(
      [],
      [
        ['merchant_id =', merchantId],
        ['number <', after?.[0]],
        ['subject =', query.subject],
        ['subject_id =', subjectId(query)],
        ['user_id =', user],
        ['at >=', query.from],
        ['at <=', query.to],
      ],
    );
    if (user !== null && actor.kind !== 'staff') clauses.push(`actor_kind = 'merchant'`);
    const order = `number DESC ${nullsOf(merchantId)}`;
    const found = await rows<AuditRow>(
      asCaller(this.db, tenantOf(actor)),
      `SELECT * FROM audit_entry ${whereOf(clauses)} ORDER BY ${order} LIMIT $${params.push(limit + 1)}`,
      params,
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
