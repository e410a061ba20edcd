import { Controller, Get, Header, Headers, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController, ApiProduces } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../http/access.ts';
import { IdPipe } from '../http/id.pipe.ts';
import { idPageRequest } from '../http/lists.ts';
import { preferred } from '../http/preferred.ts';
import { Returns } from '../http/returns.ts';
import { instant, instantOrNull } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { idOut } from '../kernel/ids.ts';
import { page, type Page } from '../kernel/pages.ts';
import { MailHeadView, MailsQuery, MailView } from './mail.dto.ts';
import { MAILBOX_PAGE, MAILBOX_SCRIPT, mailPage, mailsPage } from './mail.page.ts';
import { MailService, type MailRow } from './mail.service.ts';

const HTML = 'text/html; charset=utf-8';

/** What was mailed and what waits; the place to read mails where no SMTP is set. They may hold secrets: for admins. */
@Controller('v1/mails')
export class MailController {
  constructor(private readonly mail: MailService) {}

  /** With Accept: text/html a page; /mails shows it in a browser. */
  @Get()
  @Access({ staff: ['admin'] })
  @ApiProduces('application/json', 'text/html')
  @Returns(200, MailHeadView, { list: true })
  async list(
    @Query() query: MailsQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<MailHeadView> | string> {
    const request = idPageRequest(query);
    const filter = { status: query.status ?? null, kind: query.kind ?? null, to: query.to ?? null };
    const found = page(await this.mail.list(filter, request), request.limit, headView, (mail) => [mail.id]);
    return isPageWanted(accept, reply) ? mailsPage(found, query) : found;
  }

  /** With Accept: text/html as it looks. */
  @Get(':id')
  @Access({ staff: ['admin'] })
  @ApiProduces('application/json', 'text/html')
  @Returns(200, MailView)
  async get(
    @Param('id', IdPipe('mal')) id: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MailView | string> {
    const mail = await this.mail.get(id);
    const files = await this.mail.attachments(mail);
    const attachments = files.map(({ name, type, bytes }) => ({ name, type, size: bytes.length }));
    const shown = Object.assign(headView(mail), this.mail.bodies(mail), { attachments });
    return isPageWanted(accept, reply) ? mailPage(shown) : shown;
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

/** Where people read mails in a browser, after they have signed in on it. */
@ApiExcludeController()
@Controller('mails')
export class MailboxController {
  @Get()
  @Access({ public: true })
  @Header('Content-Type', HTML)
  show(): string {
    return MAILBOX_PAGE;
  }

  @Get('mailbox.js')
  @Access({ public: true })
  @Header('Content-Type', 'text/javascript; charset=utf-8')
  script(): string {
    return MAILBOX_SCRIPT;
  }
}

function isPageWanted(accept: string | undefined, reply: FastifyReply): boolean {
  void reply.header('Vary', 'Accept');
  if (preferred(accept, ['application/json', 'text/html']) === 'application/json') return false;
  void reply.header('Content-Type', HTML);
  return true;
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
