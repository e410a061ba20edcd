import { Choice, Id, InstantField, Int, List, Text } from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import { MAIL_STATUSES, type MailStatus } from './mail.service.ts';

export class MailsQuery extends ListQuery {
  @Choice(MAIL_STATUSES, { optional: true })
  status?: MailStatus;

  @Text({ optional: true, max: 100 })
  kind?: string;

  @Text({ optional: true, max: 254, description: 'The exact address.' })
  to?: string;
}

/** A mail without its bodies. */
export class MailHeadView {
  @Id('mal') id: string;
  @Text() kind: string;
  @Text() to: string;
  @Text() subject: string;
  @Choice(MAIL_STATUSES, { description: 'kept: no SMTP is set, staff read it here.' }) status: MailStatus;
  @Int() attempts: number;
  @Text({ nullable: true, description: 'Why it was not sent, the last time.' }) last_error: string | null;
  @InstantField() created_at: string;
  @InstantField({ nullable: true }) sent_at: string | null;
}

export class MailAttachmentView {
  @Text() name: string;
  @Text({ example: 'application/pdf' }) type: string;
  @Int({ description: 'Bytes.' }) size: number;
}

export class MailView extends MailHeadView {
  @Text({ description: 'Empty where it held a secret and was sent, or the secret has run out.' }) text: string;
  @Text({ nullable: true }) html: string | null;
  @List(() => MailAttachmentView, { description: 'Until it is sent: at …/attachments/1, 2 and so on.' })
  attachments: MailAttachmentView[];
}
