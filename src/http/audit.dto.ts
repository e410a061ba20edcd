import { AnyObject, Choice, Id, InstantField, Nested, QueryInstant, Text } from './fields.ts';
import { ListQuery } from './lists.ts';

export class AuditQuery extends ListQuery {
  @Text({ optional: true, max: 60, description: 'What was changed: `merchant`, `api_key`, `payout`, `variant` …' })
  subject?: string;

  @Text({ optional: true, max: 100, description: 'Its id or code.' })
  subject_id?: string;

  @Id('usr', { optional: true, description: 'Who did it.' })
  user?: string;

  @Id('mer', { optional: true, description: 'Staff: whose things; a merchant sees its own.' })
  merchant?: string;

  @QueryInstant({ optional: true, description: 'Inclusive.' })
  from?: string;

  @QueryInstant({ optional: true, description: 'Inclusive.' })
  to?: string;
}

class AuditActorView {
  @Choice(['merchant', 'staff', 'public']) type: string;
  @Id('usr', { nullable: true, description: 'A merchant is not told which of the operator’s people it was.' })
  user: string | null;
  @Id('key', { nullable: true }) key: string | null;
}

class AuditSubjectView {
  @Text({ example: 'api_key' }) type: string;
  @Text({ nullable: true }) id: string | null;
}

/** One change that somebody made. */
export class AuditEntryView {
  @Id('aud') id: string;
  @InstantField() at: string;
  @Id('mer', { nullable: true, description: 'Whose thing it is; null: the operator’s.' }) merchant: string | null;
  @Nested(() => AuditActorView) by: AuditActorView;
  @Text({ example: 'POST /v1/api-keys' }) call: string;
  @Text({ description: 'X-Request-Id of the call.' }) request_id: string;
  @Nested(() => AuditSubjectView) subject: AuditSubjectView;
  @AnyObject({ nullable: true, description: 'null: it was not there. Of a change only what has changed.' })
  before: object | null;
  @AnyObject({ nullable: true, description: 'null: it is not there any more.' })
  after: object | null;
}
