import { titleOf } from '../../http/problems.ts';
import type { Answer, Document, Place } from './document.ts';

/** What the pages say of each code (problems.ts). */
export type Problems = Readonly<Record<string, { status: number; means: string }>>;

/** One kind of refusal that any call of a sort can meet: one component of the document. */
interface Refusal {
  name: string;
  status: number;
  codes: readonly [string, ...string[]];
  /** One of them as it is told. */
  detail: string;
  isPossible: (place: Place, isPublic: boolean) => boolean;
}

const writes = ({ method }: Place): boolean => method !== 'get';
const hasBody = ({ operation }: Place): boolean => operation.requestBody !== undefined;
const hasQuery = ({ operation }: Place): boolean => (operation.parameters ?? []).some((p) => p.in === 'query');

const REFUSALS: readonly Refusal[] = [
  {
    ...{ name: 'Malformed', status: 400, isPossible: writes },
    codes: ['idempotency_key_required', 'idempotency_key_invalid', 'malformed_json', 'bad_request'],
    detail: 'This call moves money: send an Idempotency-Key header, new for each intent.',
  },
  {
    ...{ name: 'Unauthorized', status: 401, codes: ['unauthorized'], isPossible: (_, isPublic) => !isPublic },
    detail: 'This key or session is unknown, expired or revoked.',
  },
  {
    ...{ name: 'Forbidden', status: 403, codes: ['forbidden', 'address_not_allowed'] },
    detail: "This call is for a merchant's key with the scope orders:write.",
    isPossible: (_, isPublic) => !isPublic,
  },
  {
    ...{ name: 'NotFound', status: 404, codes: ['not_found'], detail: 'There is no such order.' },
    isPossible: (place) => writes(place) || /\{|sandbox/.test(place.path),
  },
  {
    ...{ name: 'Conflict', status: 409, codes: ['idempotency_key_in_use'], isPossible: writes },
    detail: 'The first request with this Idempotency-Key is still running.',
  },
  {
    ...{ name: 'TooLarge', status: 413, codes: ['body_too_large'], isPossible: hasBody },
    detail: 'The body has 120000 bytes; this call takes 102400.',
  },
  {
    ...{ name: 'UnsupportedMedia', status: 415, codes: ['unsupported_media_type'], isPossible: hasBody },
    detail: 'Send JSON with `Content-Type: application/json`.',
  },
  {
    ...{ name: 'Unprocessable', status: 422, codes: ['validation_failed', 'idempotency_key_reused'] },
    ...{ isPossible: writes, detail: 'It must be given.' },
  },
  {
    ...{ name: 'Invalid', status: 422, codes: ['validation_failed'], detail: 'It must be given.' },
    isPossible: (place) => !writes(place) && hasQuery(place),
  },
  {
    ...{ name: 'TooMany', status: 429, codes: ['rate_limited'], isPossible: () => true },
    detail: 'More than 600 writes in a minute; wait a moment.',
  },
  {
    ...{ name: 'Unavailable', status: 503, codes: ['unavailable'], isPossible: () => true },
    detail: 'The service is busy or its database is away; try again shortly.',
  },
];

const RETRIED = [409, 429, 503];
const FIELD_FAULT = { pointer: '/items/0/quantity', code: 'required', detail: 'It must be given.' };

/** The answer of one status: every code that can come with it, and one of them shown. */
function answerOf(
  status: number,
  codes: readonly string[],
  { shown, detail }: { shown: string; detail: string },
  problems: Problems,
): Answer {
  const example = {
    ...{ type: `/problems/${shown}`, title: titleOf(shown), status, detail, instance: '/v1/orders', code: shown },
    request_id: '019d2d3a-1f0e-7c4a-9a55-3f1c2b7d8e90',
    ...(shown === 'validation_failed' ? { errors: [FIELD_FAULT] } : {}),
  };
  const code = { type: 'string', enum: [...codes] };
  return {
    description: codes.map((name) => `- [\`${name}\`](/problems/${name}): ${problems[name]?.means ?? ''}`).join('\n'),
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(RETRIED.includes(status) ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
    },
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties: { code } }] },
        example,
      },
    },
  };
}

/** The refusals that calls have in common. */
export function addRefusals({ components }: Document, problems: Problems): void {
  components.responses = Object.fromEntries(
    REFUSALS.map(({ name, status, codes, detail }) => [
      name,
      answerOf(status, codes, { shown: codes[0], detail }, problems),
    ]),
  );
}

/**
 * Every refusal of a call by its status, each with the codes that it can have.
 * @param own the call's own codes, beside those of its kind
 */
export function refusalsOf(
  place: Place,
  { isPublic, own }: { isPublic: boolean; own: readonly string[] },
  problems: Problems,
): [status: string, answer: Answer][] {
  const common = REFUSALS.filter(({ isPossible }) => isPossible(place, isPublic));
  const statuses = [...common, ...own.map((code) => ({ status: problems[code]?.status ?? 0 }))].map((r) => r.status);
  return [...new Set(statuses)].map((status) => {
    const kind = common.find((refusal) => refusal.status === status);
    const [shown, ...others] = own.filter((code) => problems[code]?.status === status);
    if (shown === undefined) return [String(status), { $ref: `#/components/responses/${kind?.name ?? ''}` }];
    const codes = [shown, ...others, ...(kind?.codes ?? [])];
    return [String(status), answerOf(status, codes, { shown, detail: problems[shown]?.means ?? '' }, problems)];
  });
}
