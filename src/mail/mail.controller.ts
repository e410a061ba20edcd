import { Controller, Get, Param, Query } from '@nestjs/common';
import { Access } from '../http/access.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { idPageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { instant, instantOrNull } from '../kernel/clock.ts';
import { idOut } from '../kernel/ids.ts';
import { page, type Page } from '../kernel/pages.ts';
import { MailHeadView, MailsQuery, MailView } from './mail.dto.ts';
import { MailService, type MailRow } from './mail.service.ts';

/** What was mailed and what waits; the place to read mails where no SMTP is set. They may hold secrets: for admins. */
@Controller('v1/mails')
export class MailController {
  constructor(private readonly mail: MailService) {}

  @Get()
  @Access({ staff: ['admin'] })
  @Returns(200, MailHeadView, { list: true })
  async list(@Query() query: MailsQuery): Promise<Page<MailHeadView>> {
    const request = idPageRequest(query);
    const filter = { status: query.status ?? null, kind: query.kind ?? null, to: query.to ?? null };
    return page(await this.mail.list(filter, request), request.limit, headView, (mail) => [mail.id]);
  }

  @Get(':id')
  @Access({ staff: ['admin'] })
  @Returns(200, MailView)
  async get(@Param('id', IdPipe('mal')) id: string): Promise<MailView> {
    const mail = await this.mail.get(id);
    return Object.assign(headView(mail), this.mail.bodies(mail));
  }
}

function headView(mail: MailRow): MailHeadView {
  return {
    id: idOut('mal', mail.id),
    kind: mail.kind,
    to: mail.recipient,
    subject: mail.subject,
    status: mail.status,
    attempts: mail.attempts,
    last_error: mail.last_error,
    created_at: instant(mail.created_at),
    sent_at: instantOrNull(mail.sent_at),
  };
}
