/** One webhook of the OpenAPI document. */
export interface WebhookDoc {
  /** `order.paid` */
  name: string;
  /** When it is sent, a sentence. */
  says: string;
  /** The component of the document that `data` is, and what it leaves out; null: the example says it all. */
  data: { component: string; without: readonly string[] } | null;
  /** What `data` is where the event is of something else. */
  otherwise?: object;
  /** The whole body. */
  example: Readonly<Record<string, unknown>>;
}

/** What the service sends to merchants by itself. The notifications module fills this port. */
export abstract class WebhookDocs {
  abstract all(): readonly WebhookDoc[];
}
