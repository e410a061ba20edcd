import type { Document, Operation, Parameter, Place, Schema } from '../../src/docs/document/document.ts';
import { ID_TAIL } from '../../src/docs/document/examples.ts';
import { idOut, newId, type IdPrefix } from '../../src/kernel/ids.ts';
import type { Belongings } from './belongings.ts';
import { JPEG } from './claims.ts';

/** Where a call takes an id. */
export interface Slot {
  where: 'path' | 'query' | 'body';
  /** Of the parameter; of a body's field its place: `orders/0/quote`. */
  name: string;
  /** A prefix, or a name of `Belongings`; `code`: of the operator's own, which is nobody's secret. */
  kind: string;
}

/** A call as it is sent. */
export interface Request {
  address: string;
  body: unknown;
  headers: Readonly<Record<string, string>>;
}

const EXAMPLE_ID = new RegExp(`^([a-z]{3})_${ID_TAIL}$`);
const ANY_ID = new RegExp(`\\b([a-z]{3})_${ID_TAIL}\\b`, 'g');

/** Ids of another kind than their example's, and what is as good as an id. */
const KINDS: Readonly<Record<string, string>> = {
  'adjustments.get id': 'adjustment',
  'adjustments.decide id': 'adjustment',
  'returns.getEvidence evidence': 'evidence',
  'returns.receive code': 'return_code',
  'scan.scan code': 'return_code',
  'reconciliation.resolve id': 'line',
  'orders.list reference': 'reference',
  'packages.list tracking_number': 'tracking_number',
  'audit.list subject_id': 'key',
  'claims.list order': 'claimed',
  'returns.list order': 'returned',
};

/** Fields and filters that hold an id, though any text is taken. */
const NAMED: Readonly<Record<string, IdPrefix>> = { order: 'ord', package: 'pkg', packages: 'pkg', quote: 'quo' };

/** Calls whose bodies name things that are not looked up: the facts of a case, whose cases to count. */
const TOLD_IN_FULL = ['policies.decide', 'policies.draftDecide', 'policies.run'];

const NOBODYS: Readonly<Record<string, () => string>> = {
  adjustment: () => idOut('jnl', newId()),
  evidence: () => idOut('evd', newId()),
  line: () => idOut('bnk', newId()),
  claimed: () => idOut('ord', newId()),
  returned: () => idOut('ord', newId()),
  return_code: () => 'R-00000-00000',
  reference: () => 'A-REFERENCE-OF-NOBODY',
  tracking_number: () => '1Z0000000000000000',
  code: () => 'of-nobody',
};

/** An id that nobody has. */
export const nobodys = ({ kind }: Slot): string => NOBODYS[kind]?.() ?? idOut(kind as IdPrefix, newId());

const FORM = 'a-boundary';
const PHOTO = Buffer.concat([
  Buffer.from(`--${FORM}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nphoto\r\n`),
  Buffer.from(`--${FORM}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n`),
  ...[JPEG, Buffer.from(`\r\n--${FORM}--\r\n`)],
]);

/** The ids that calls take, and the calls with any of them in their place, made of the document's examples. */
export class IdSlots {
  constructor(private readonly document: Document) {}

  of({ operation }: Place): Slot[] {
    return [...this.parameters(operation), ...this.fields(operation)];
  }

  private parameters({ operationId, parameters = [] }: Operation): Slot[] {
    return parameters.flatMap(({ name = '', in: where, schema, example }: Parameter): Slot[] => {
      if (where !== 'path' && where !== 'query') return [];
      const [, shown] = typeof example === 'string' ? (EXAMPLE_ID.exec(example) ?? []) : [];
      const kind = KINDS[`${operationId} ${name}`] ?? prefixIn(schema) ?? shown;
      const known = kind ?? (where === 'path' ? 'code' : NAMED[name]);
      return known === undefined ? [] : [{ where, name, kind: known }];
    });
  }

  private fields({ operationId, requestBody }: Operation): Slot[] {
    if (TOLD_IN_FULL.includes(operationId)) return [];
    const schema = requestBody?.content['application/json']?.schema;
    return schema === undefined ? [] : this.within(schema, []);
  }

  private within(schema: Schema, at: readonly string[]): Slot[] {
    const it = this.resolved(schema);
    if (it.type === 'array') return this.within(it.items ?? {}, [...at, '0']);
    const name = at.filter((part) => part !== '0').at(-1) ?? '';
    const kind = prefixIn(it) ?? (it.type === 'string' ? NAMED[name] : undefined);
    if (kind !== undefined) return [{ where: 'body', name: at.join('/'), kind }];
    return Object.entries(it.properties ?? {}).flatMap(([field, part]) => this.within(part, [...at, field]));
  }

  private resolved(schema: Schema): Schema {
    const { $ref, allOf = [], ...rest } = schema;
    const found = $ref === undefined ? {} : (this.document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {});
    const parts = [...allOf, ...($ref === undefined ? [] : [found])].map((part) => this.resolved(part));
    return Object.assign({}, ...parts, rest) as Schema;
  }

  /**
   * @param own stands wherever the example names a thing
   * @param put what stands in a slot instead
   */
  request({ path, operation }: Place, own: Belongings, put: ReadonlyMap<Slot, string>): Request {
    const said = (where: Slot['where'], name: string): string | undefined =>
      [...put].find(([slot]) => slot.where === where && slot.name === name)?.[1];
    const real = (text: string): string => text.replace(ANY_ID, (id, prefix: string) => own[prefix] ?? id);
    const query = new URLSearchParams();
    let address = path;
    for (const { name = '', in: where, required, schema, example } of operation.parameters ?? []) {
      const kind = KINDS[`${operation.operationId} ${name}`];
      const shown = (kind === undefined ? undefined : own[kind]) ?? real(firstText([example, schema?.example, name]));
      if (where === 'path') address = address.replace(`{${name}}`, encodeURIComponent(said('path', name) ?? shown));
      const asked = where === 'query' ? (said('query', name) ?? (required === true ? shown : undefined)) : undefined;
      if (asked !== undefined) query.set(name, asked);
    }
    const { body, headers } = this.body(operation, real);
    for (const [{ where, name }, id] of put) if (where === 'body') setAt(body, name.split('/'), id);
    return { address: query.size === 0 ? address : `${address}?${query.toString()}`, body, headers };
  }

  private body({ requestBody }: Operation, real: (text: string) => string): Omit<Request, 'address'> {
    const content = requestBody?.content ?? {};
    if ('multipart/form-data' in content)
      return { body: PHOTO, headers: { 'content-type': `multipart/form-data; boundary=${FORM}` } };
    const [type, media] = Object.entries(content).find(([, { example }]) => example !== undefined) ?? [];
    if (type === undefined) return { body: undefined, headers: {} };
    const example = media?.example;
    const text = real(typeof example === 'string' ? example : JSON.stringify(example));
    const body: unknown = type === 'application/json' ? JSON.parse(text) : text;
    return { body, headers: { 'content-type': type } };
  }
}

const prefixIn = (schema: Schema | undefined): string | undefined => /^\^([a-z]{3})_/.exec(schema?.pattern ?? '')?.[1];

/** The first of them that is a text. */
const firstText = (values: readonly unknown[]): string => values.find((value) => typeof value === 'string') ?? '';

/** Of a list the item alone: the others would be done. */
function setAt(body: unknown, [first = '', ...rest]: readonly string[], id: string): void {
  const it = body as Record<string, unknown>;
  if (Array.isArray(it)) it.length = 1;
  if (rest.length === 0) it[first] = id;
  else setAt((it[first] ??= rest[0] === '0' ? [] : {}), rest, id);
}
