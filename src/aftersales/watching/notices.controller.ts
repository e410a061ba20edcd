import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { Access } from '../../http/access.ts';
import { Choice, Id, InstantField, Text } from '../../http/fields.ts';
import { idPageRequest, ListQuery } from '../../http/lists.ts';
import { Returns } from '../../http/returns.ts';
import { instant } from '../../kernel/clock.ts';
import { idOut } from '../../kernel/ids.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { listNotices, NOTICE_KINDS, NOTICE_ROLES, type Notice } from './notice.store.ts';

class NoticeQuery extends ListQuery {
  @Choice(NOTICE_KINDS, { optional: true })
  kind?: string;

  @Choice(NOTICE_ROLES, { optional: true, description: 'Whom it concerns.' })
  role?: string;
}

class NoticeView {
  @Choice(NOTICE_KINDS) kind: string;
  @Choice(NOTICE_ROLES) role: string;
  @Id('mer') merchant: string;
  @Id('ord') order: string;
  @Id('pkg') package: string;
  @Text() text: string;
  @InstantField() created_at: string;
}

/** What staff should know and nobody decides by itself: silent parcels, RTOs that do not arrive, refunds of delivered goods. */
@ApiTags('notices')
@Controller('v1/notices')
export class NoticesController {
  constructor(private readonly db: DataSource) {}

  @Get()
  @Access({ staff: ['support', 'finance', 'warehouse'] })
  @Returns(200, NoticeView, { list: true })
  async list(@Query() query: NoticeQuery): Promise<Page<NoticeView>> {
    const request = idPageRequest(query);
    const found = await listNotices(asHouse(this.db), query, request);
    return page(found, request.limit, noticeView, ({ id }) => [id]);
  }
}

function noticeView({ kind, role, merchantId, orderId, packageId, text, at }: Notice): NoticeView {
  return {
    ...{ kind, role, merchant: idOut('mer', merchantId), order: idOut('ord', orderId) },
    ...{ package: idOut('pkg', packageId), text, created_at: instant(at) },
  };
}
