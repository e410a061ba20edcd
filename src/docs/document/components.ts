import type { Answer, Document, Schema } from './document.ts';

/** One kind of refusal: which problems it is for, and one of them as it is told. */
interface Refusal {
  name: string;
  status: number;
  description: string;
  code: string;
  detail: string;
  retries?: boolean;
}

const REFUSALS: readonly Refusal[] = [
  {
    ...{ name: 'Malformed', status: 400, code: 'idempotency_key_required' },
    description: 'The body is no JSON, or an Idempotency-Key is missing or malformed.',
    detail: 'This call moves money: send an Idempotency-Key header, new for each intent.',
  },
  {
    ...{ name: 'Unauthorized', status: 401, code: 'unauthorized' },
    description: 'No key or session, or one that is unknown, expired or revoked.',
    detail: 'This key or session is unknown, expired or revoked.',
  },
  {
    ...{ name: 'Forbidden', status: 403, code: 'forbidden' },
    description: 'The key lacks the scope, or the user the role.',
    detail: "This call is for a merchant's key with the scope orders:write.",
  },
  {
    ...{ name: 'NotFound', status: 404, code: 'not_found' },
    description: 'Unknown, of another kind, or somebody else’s: all three answer alike.',
    detail: 'There is no such order.',
  },
  {
    ...{ name: 'Conflict', status: 409, code: 'illegal_step', retries: true },
    description: 'The state that things are in does not allow it, or the first request with this key still runs.',
    detail: 'A package that is planned cannot take the step "label"; legal steps: pick, cancel.',
  },
  {
    ...{ name: 'TooLarge', status: 413, code: 'body_too_large' },
    description: 'The body is larger than this call takes.',
    detail: 'The body has 120000 bytes; this call takes 102400.',
  },
  {
    ...{ name: 'UnsupportedMedia', status: 415, code: 'unsupported_media_type' },
    description: 'The Content-Type is none that this call reads.',
    detail: 'Send JSON with `Content-Type: application/json`.',
  },
  {
    ...{ name: 'Unprocessable', status: 422, code: 'validation_failed' },
    description: 'Fields are wrong (`validation_failed`, one entry a field), or a rule of the business refuses it.',
    detail: 'It must be given.',
  },
  {
    ...{ name: 'TooMany', status: 429, code: 'rate_limited', retries: true },
    description: 'More requests in a minute than are allowed.',
    detail: 'More than 600 writes in a minute; wait a moment.',
  },
  {
    ...{ name: 'Unavailable', status: 503, code: 'unavailable', retries: true },
    description: 'The service is busy, or its database away. The same request with the same key may be sent again.',
    detail: 'The service is busy or its database is away; try again shortly.',
  },
];

const titleOf = (code: string): string => (code.charAt(0).toUpperCase() + code.slice(1)).replaceAll('_', ' ');

const fault = { pointer: '/items/0/quantity', code: 'required', detail: 'It must be given.' };

function answerOf({ status, description, code, detail, retries = false }: Refusal): Answer {
  const example = {
    ...{ type: `/problems/${code}`, title: titleOf(code), status, detail, instance: '/v1/orders', code },
    ...{ request_id: '019d2d3a-1f0e-7c4a-9a55-3f1c2b7d8e90', ...(status === 422 ? { errors: [fault] } : {}) },
  };
  return {
    description,
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(retries ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
    },
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example } },
  };
}

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
  components.responses = Object.fromEntries(REFUSALS.map((refusal) => [refusal.name, answerOf(refusal)]));
  components.parameters = { IdempotencyKey: keyParameter(false), IdempotencyKeyRequired: keyParameter(true) };
  components.headers = {
    RequestId: header('Yours, if you sent one.', '019d2d3a-1f0e-7c4a-9a55-3f1c2b7d8e90'),
    RateLimit: header('What is left of the window, and the seconds until it is full again.', '"writes";r=598;t=41'),
    RateLimitPolicy: header('The quota and its window in seconds.', '"writes";q=600;w=60'),
    IdempotentReplayed: header('`true`: this is the first answer again.', 'true'),
    RetryAfter: header('Seconds.', '1'),
  };
}
