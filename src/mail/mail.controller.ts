import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { Access } from '../http/access.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { idPageRequest } from '../http/lists.ts';
import { Returns } from '../http/returns.ts';
import { instant, instantOrNull } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
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
    const files = await this.mail.attachments(mail);
    const attachments = files.map(({ name, type, bytes }) => ({ name, type, size: bytes.length }));
    return Object.assign(headView(mail), this.mail.bodies(mail), { attachments });
  }

  @Get(':id/attachments/:number')
  @Access({ staff: ['admin'] })
  @ApiProduces('application/pdf')
  @Returns(200, null, { description: 'The file.' })
  async attachment(@Param('id', IdPipe('mal')) id: string, @Param('number') number: string): Promise<StreamableFile> {
    const file = (await this.mail.attachments(await this.mail.get(id))).find((_, i) => String(i + 1) === number);
    if (file === undefined) throw new NotFound('attachment');
    return new StreamableFile(file.bytes, { type: file.type, disposition: `attachment; filename="${file.name}"` });
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
