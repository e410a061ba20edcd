import { callersOf, type AccessRule } from '../../http/access.ts';
import { wordsOf, type Answer, type Parameter, type Place } from './document.ts';
import { refusalsOf, type Problems } from './refusals.ts';

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

/**
 * Who may call, the key, and every answer that is no success.
 * @param own the codes that are a call's own, by its operation id
 */
export function completeOperations(
  places: readonly Place[],
  own: Readonly<Record<string, readonly string[]>>,
  problems: Problems,
): void {
  for (const place of places) {
    const { operation, method } = place;
    const rule = operation['x-access'] as AccessRule | undefined;
    const isPublic = rule === undefined || 'public' in rule;
    if (isPublic) operation.security = [];
    if (method === 'post') {
      const key = operation['x-idempotency-key'] === 'required' ? 'IdempotencyKeyRequired' : 'IdempotencyKey';
      operation.parameters = [...(operation.parameters ?? []), ref('parameters', key)];
    }
    for (const [type, media] of Object.entries(operation.requestBody?.content ?? {}))
      if (!/json|form/.test(type)) media.schema = { type: 'string' };
    for (const answer of Object.values(operation.responses)) complete(answer, method);
    const refusals = refusalsOf(place, { isPublic, own: own[operation.operationId] ?? [] }, problems);
    for (const [status, answer] of refusals) operation.responses[status] ??= answer;
  }
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

/** Says what each parameter is, and shows what stands for it in an address. */
export function explainParameters(
  places: readonly Place[],
  shownFor: (resource: string, name: string) => string | undefined,
): void {
  for (const { path, operation } of places) {
    const own = (operation.parameters ?? []).filter((p) => !OWN_HEADERS.includes(p.name?.toLowerCase() ?? ''));
    for (const parameter of own) explain(parameter, shownFor(wordsOf(path)[0] ?? '', parameter.name ?? ''));
    operation.parameters = own;
  }
}

function explain(parameter: Parameter, shown: string | undefined): void {
  const noun = (parameter.name ?? '').replaceAll('_', ' ');
  if (parameter.in !== 'path') {
    parameter.description ??= `Only those with this ${noun}.`;
    return;
  }
  if (shown !== undefined) parameter.example ??= shown;
  parameter.description ??= `The ${noun}.`;
}
