import { callersOf, type AccessRule } from '../../http/access.ts';
import { wordsOf, type Answer, type Media, type Parameter, type Place } from './document.ts';

/** What people call each group of calls, and each call (words.ts). */
export interface Words {
  tags: readonly { name: string; description: string; of: readonly string[] }[];
  /** By operation id: a sentence. */
  summaries: Readonly<Record<string, string>>;
}

const camel = (text: string): string => text.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/**
 * Names every call for its resource and what is done with it, `orders.place`: names that a client generated from the
 * document keeps when classes here are called otherwise.
 */
export function nameOperations(places: readonly Place[]): void {
  const short = ({ path, operation }: Place): string => {
    const done = operation.operationId.split('_').at(-1) ?? '';
    return `${camel(wordsOf(path)[0] ?? 'root')}.${done}`;
  };
  const names = places.map(short);
  places.forEach((place, index) => {
    const name = names[index] ?? '';
    const isTaken = names.indexOf(name) !== names.lastIndexOf(name);
    const [resource = '', ...rest] = wordsOf(place.path);
    place.operation.operationId = isTaken && rest.length > 0 ? `${camel(resource)}.${camel(rest.join('-'))}` : name;
  });
}

/** Tag, summary and description. */
export function sayOperations(places: readonly Place[], words: Words): void {
  for (const { path, operation } of places) {
    const [first = ''] = wordsOf(path);
    operation.tags = [words.tags.find(({ of }) => of.includes(first))?.name ?? operation.tags?.[0] ?? first];
    const own = operation.summary === '' ? undefined : operation.summary;
    const summary = words.summaries[operation.operationId] ?? own ?? plain(operation.operationId);
    const rule = operation['x-access'] as AccessRule | undefined;
    const callers = rule === undefined || 'public' in rule ? 'Anybody may make this call.' : callersOf(rule);
    operation.summary = summary;
    operation.description = [operation.description, callers]
      .filter((text) => text !== undefined && text !== '')
      .join('\n\n');
  }
}

/** `packages.handOver` in words, for a call that nobody has found better ones for. */
function plain(operationId: string): string {
  const [resource = '', done = ''] = operationId.split('.');
  const spaced = (text: string): string => text.replace(/([A-Z])/g, ' $1').toLowerCase();
  const words = `${spaced(done)}: ${spaced(resource)}`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const ref = (kind: string, name: string): { $ref: string } => ({ $ref: `#/components/${kind}/${name}` });

/** Who may call, the key, and every answer that is no success. */
export function completeOperations(places: readonly Place[]): void {
  for (const place of places) {
    const { operation, method } = place;
    const rule = operation['x-access'] as AccessRule | undefined;
    const isPublic = rule === undefined || 'public' in rule;
    if (isPublic) operation.security = [];
    if (method === 'post') {
      const key = operation['x-idempotency-key'] === 'required' ? 'IdempotencyKeyRequired' : 'IdempotencyKey';
      operation.parameters = [...(operation.parameters ?? []), ref('parameters', key)];
    }
    for (const [status, answer] of Object.entries(operation.responses)) {
      if (status === '200') answer.content ??= fileOf(place.path);
      complete(answer, method);
    }
    for (const [status, name] of refusals(place, isPublic)) operation.responses[status] ??= ref('responses', name);
  }
}

/** What is answered as a file or a page, by the end of its address: it has no shape of its own in the document. */
const FILES: readonly [end: RegExp, type: string][] = [
  [/\.pdf$/, 'application/pdf'],
  [/\.csv$/, 'text/csv'],
  [/^\/track\//, 'text/html'],
  [/\/evidence\//, 'application/octet-stream'],
];

function fileOf(path: string): Record<string, Media> {
  const type = FILES.find(([end]) => end.test(path))?.[1] ?? 'application/json';
  return { [type]: { schema: {} } };
}

function refusals({ operation, method, path }: Place, isPublic: boolean): [status: string, name: string][] {
  const writes = method !== 'get';
  const found: [string, string, boolean][] = [
    ['400', 'Malformed', method === 'post' || operation.requestBody !== undefined],
    ['401', 'Unauthorized', !isPublic || path.endsWith('/sessions')],
    ['403', 'Forbidden', !isPublic],
    ['404', 'NotFound', writes || path.includes('{') || path.includes('sandbox')],
    ['409', 'Conflict', writes || path.endsWith('.pdf')],
    ['413', 'TooLarge', operation.requestBody !== undefined],
    ['415', 'UnsupportedMedia', operation.requestBody !== undefined],
    ['422', 'Unprocessable', writes || (operation.parameters ?? []).some((p) => p.in === 'query')],
    ['429', 'TooMany', true],
    ['503', 'Unavailable', true],
  ];
  return found.flatMap(([status, name, isPossible]) => (isPossible ? [[status, name] as [string, string]] : []));
}

function complete(answer: Answer, method: string): void {
  answer.headers = {
    'X-Request-Id': ref('headers', 'RequestId'),
    RateLimit: ref('headers', 'RateLimit'),
    'RateLimit-Policy': ref('headers', 'RateLimitPolicy'),
    ...(method === 'post' ? { 'Idempotent-Replayed': ref('headers', 'IdempotentReplayed') } : {}),
    ...answer.headers,
  };
  for (const [type, media] of Object.entries(answer.content ?? {})) {
    if (type.endsWith('json')) continue;
    media.schema = type.startsWith('text/') ? { type: 'string' } : { type: 'string', format: 'binary' };
  }
}

/** Headers that HTTP itself knows are no parameters of a call (OpenAPI 3.1, Parameter Object). */
const OWN_HEADERS = ['accept', 'authorization', 'content-type'];

/** Says what each parameter is, and shows what kind of id a path takes. */
export function explainParameters(places: readonly Place[], idOf: (resource: string) => string | undefined): void {
  for (const { path, operation } of places) {
    const own = (operation.parameters ?? []).filter((p) => !OWN_HEADERS.includes(p.name?.toLowerCase() ?? ''));
    for (const parameter of own) explain(parameter, idOf(wordsOf(path)[0] ?? ''));
    operation.parameters = own;
  }
}

function explain(parameter: Parameter, id: string | undefined): void {
  const noun = (parameter.name ?? '').replaceAll('_', ' ');
  if (parameter.in !== 'path') {
    parameter.description ??= `Only those with this ${noun}.`;
    return;
  }
  if (parameter.name === 'id' && id !== undefined) parameter.example ??= id;
  parameter.description ??= `The ${noun}.`;
}
