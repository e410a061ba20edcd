import fc from 'fast-check';

/** As much of an OpenAPI 3.1 schema as requests are made from. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  example?: unknown;
  examples?: unknown[];
}

export interface Document {
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema> };
}

export interface OperationObject {
  operationId: string;
  parameters?: { name: string; in: string; schema: Schema; required?: boolean }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

/** What no schema asks for. */
const JUNK: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e21,
    2 ** 53,
    '',
    ' ',
    'x'.repeat(5_000),
    '\u0000',
    'a\u0000b',
    '\ud800',
    '💥'.repeat(50),
  ],
  ...[
    {},
    [],
    [[]],
    { a: { b: { c: {} } } },
    '9'.repeat(60),
    '-1',
    '1e5',
    'NaN',
    '0',
    "'; DROP TABLE orders; --",
    '../../etc/passwd',
  ],
  ...[
    '<script>alert(1)</script>',
    '%00',
    'ord_00000000000000000000000000',
    '2026-02-30',
    '0000-00-00T00:00:00Z',
    'P1000000Y',
    'T',
  ],
  ...[
    '9999-12-31T23:59:59.999Z',
    '+275760-09-13',
    'constructor',
    { toString: 1 },
    Array.from({ length: 1_001 }, () => 1),
  ],
];

/** Requests out of a document, the same for the same seed. */
export class Fuzzer {
  private state: number;

  /** @param ids known ids by prefix, so that some requests meet something */
  constructor(
    private readonly document: Document,
    private readonly ids: ReadonlyMap<string, readonly string[]>,
    seed: number,
  ) {
    this.state = seed >>> 0;
  }

  /** A number from 0 up to, not including, n (mulberry32). */
  upTo(n: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.upTo(list.length)] as T;
  }

  chance(share: number): boolean {
    return this.upTo(1_000) < share * 1_000;
  }

  /** Something that the schema allows, as far as a schema can say. */
  valid(schema: Schema, depth = 0): unknown {
    const it = this.resolve(schema);
    if (it.const !== undefined) return it.const;
    if (it.enum !== undefined) return this.pick(it.enum);
    const shown = it.examples?.[0] ?? it.example;
    if (shown !== undefined && this.chance(0.7)) return structuredClone(shown);
    const either = it.anyOf ?? it.oneOf;
    if (either !== undefined) return this.valid(this.pick(either), depth);
    const type = Array.isArray(it.type) ? this.pick(it.type) : it.type;
    switch (type) {
      case 'object':
        return this.object(it, depth);
      case 'array':
        return Array.from({ length: this.sizeOf(it) }, () => this.valid(it.items ?? {}, depth + 1));
      case 'integer':
      case 'number':
        return this.number(it);
      case 'boolean':
        return this.chance(0.5);
      case 'null':
        return null;
      case 'string':
        return this.text(it);
      default:
        return it.properties === undefined ? this.pick(JUNK) : this.object(it, depth);
    }
  }

  /** The value with one part of it made wrong, left out or added. */
  mutated(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || this.chance(0.1)) return this.pick(JUNK);
    if (Array.isArray(value)) return this.mutatedList(value);
    const entries = Object.entries(value);
    if (entries.length === 0 || this.chance(0.1))
      return { ...value, [this.pick(['x', '__proto__', 'id', ''])]: this.pick(JUNK) };
    const [name, part] = this.pick(entries) as [string, unknown];
    if (this.chance(0.15)) return Object.fromEntries(entries.filter(([other]) => other !== name));
    return { ...value, [name]: this.chance(0.5) ? this.pick(JUNK) : this.mutated(part) };
  }

  private mutatedList(value: readonly unknown[]): unknown {
    if (value.length === 0 || this.chance(0.2)) return this.pick([[], [null], [...value, ...value], this.pick(JUNK)]);
    const at = this.upTo(value.length);
    return value.map((part, n) => (n === at ? this.mutated(part) : part));
  }

  junk(): unknown {
    return this.pick(JUNK);
  }

  /** A known id, one that nobody has, or none at all. */
  id(prefix: string): string {
    const known = this.ids.get(prefix) ?? [];
    if (known.length > 0 && this.chance(0.7)) return this.pick(known);
    // `..` alone would lead to another route before it is sent
    return this.pick([`${prefix}_01h455vb4pex5vsknk084sn02q`, 'not-an-id', `${prefix}_`, '%00', '..%2F..']);
  }

  private resolve(schema: Schema): Schema {
    if (schema.$ref !== undefined) {
      const found = this.document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
      if (found === undefined) throw new Error(`${schema.$ref} leads nowhere.`);
      return this.resolve(found);
    }
    if (schema.allOf === undefined) return schema;
    const { allOf, ...rest } = schema;
    return Object.assign({}, ...allOf.map((part) => this.resolve(part)), rest) as Schema;
  }

  private object({ properties = {}, required = [] }: Schema, depth: number): object {
    const kept = Object.entries(properties).filter(
      ([name]) => required.includes(name) || (depth < 4 && this.chance(0.4)),
    );
    return Object.fromEntries(kept.map(([name, schema]) => [name, this.valid(schema, depth + 1)]));
  }

  private sizeOf({ minItems = 0, maxItems = 3 }: Schema): number {
    return minItems + this.upTo(Math.min(maxItems, minItems + 3) - minItems + 1);
  }

  private number({ minimum = 0, maximum = 1_000, type }: Schema): number {
    const spread = Math.min(maximum, minimum + 50) - minimum;
    return minimum + this.upTo((type === 'integer' ? spread : Math.ceil(spread)) + 1);
  }

  private text({ pattern, format, minLength = 1, maxLength = 20 }: Schema): string {
    const prefix = /^\^([a-z]{3})_/.exec(pattern ?? '')?.[1];
    if (prefix !== undefined) return this.id(prefix);
    if (format === 'date-time') return '2026-05-01T10:00:00.000Z';
    if (pattern !== undefined) {
      return fc.sample(fc.stringMatching(new RegExp(pattern)), { numRuns: 1, seed: this.upTo(2 ** 31) })[0] ?? '';
    }
    const words = [
      'LAMP',
      'USD',
      'US',
      'EWR',
      'ups',
      'ground',
      'a word',
      'paid',
      'SHOP-1',
      'ada@buyers.example',
      '62701',
    ];
    const word = this.pick(words).slice(0, Math.max(1, maxLength));
    return word.padEnd(minLength, 'x');
  }
}
