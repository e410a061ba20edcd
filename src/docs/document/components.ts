import type { Document, Schema } from './document.ts';

const problemSchema = (codes: readonly string[]): Schema => ({
  type: 'object',
  description:
    'An error (RFC 9457). Members beside these are facts of the code, such as `available` of insufficient_funds.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
  properties: {
    type: { type: 'string', description: 'Its page: what it means, and what to do.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'A sentence about this very case.' },
    instance: { type: 'string', description: 'The path that was called.' },
    code: {
      type: 'string',
      description: `Stable; decide by it. One of: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    },
    request_id: { type: 'string', description: 'As in X-Request-Id; name it when you ask for help.' },
    errors: {
      type: 'array',
      description: 'One entry a field.',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer (RFC 6901) into the body, or the query’s name.' },
          code: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
});

const header = (description: string, example: string) => ({ description, schema: { type: 'string' }, example });

const keyParameter = (required: boolean) => ({
  ...{ name: 'Idempotency-Key', in: 'header', required },
  description: 'New for each intent. The same key and body give the first answer again; another body is refused.',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
  example: '6f1c2b7d-8e90-4c4a-9a55-3f1c2b7d8e90',
});

/** What operations refer to. @param codes every code of an error */
export function addComponents(document: Document, codes: readonly string[]): void {
  const { components } = document;
  components.schemas['Problem'] = problemSchema(codes);
  components.parameters = { IdempotencyKey: keyParameter(false), IdempotencyKeyRequired: keyParameter(true) };
  components.headers = {
    RequestId: header('Yours, if you sent one.', '019d2d3a-1f0e-7c4a-9a55-3f1c2b7d8e90'),
    RateLimit: header('What is left of the window, and the seconds until it is full again.', '"writes";r=598;t=41'),
    RateLimitPolicy: header('The quota and its window in seconds.', '"writes";q=600;w=60'),
    IdempotentReplayed: header('`true`: this is the first answer again.', 'true'),
    RetryAfter: header('Seconds.', '1'),
  };
}
