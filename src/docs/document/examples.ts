import type { Document, Media, Place, Schema } from './document.ts';

const REF = '#/components/schemas/';
/** A schema that holds itself would have no end. */
const DEEPEST = 16;
/** What the ids of examples end in. */
export const ID_TAIL = '01kqj6v0e8e3tbwq0w4t0c5n7x';
const ID_PATTERN = /^\^([a-z]{3})_\[0-9a-z\]\{26\}\$$/;

/** What a text is like, by the name of its field, where the field itself shows none. */
const BY_NAME: Readonly<Record<string, string>> = {
  ...{
    sku: 'LAMP-01',
    courier: 'dhl',
    carrier: 'DHL',
    service: 'parcel',
    warehouse: 'AMS',
    tracking_number: 'JVGL06048524783718330083',
  },
  ...{
    title: 'Brass lamp',
    name: 'Ada Buyer',
    city: 'Amersfoort',
    line1: 'Dorpsstraat 1',
    postal_code: '3811 AB',
    phone: '+31201234567',
  },
  ...{
    email: 'ada@example.com',
    url: 'https://shop.example/hooks',
    reference: 'SHOP-1001',
    policy: 'courier-proof',
    time_zone: 'Europe/Amsterdam',
  },
  ...{
    reason: 'damaged in the warehouse',
    note: 'seen by a person',
    description: 'Arrived broken',
    text: 'Brass lamp, 1 piece',
    advance: 'P20D',
  },
  ...{
    bank_reference: '2026-0001',
    plan: 'growth',
    hs_code: '9405.21',
    region: 'UT',
    percent: '10',
    quote: `quo_${ID_TAIL}`,
    discount_code: 'WELCOME10',
    company: 'Byron & Co',
    line2: 'Flat 2',
    group: 'dhl',
    severity: '0.5',
    why: 'battery travels alone',
  },
  ...{
    next_cursor: 'WyIwMTlkMmQzYS0xZjBlLTdjNGEtOWE1NS0zZjFjMmI3ZDhlOTAiXQ',
    country: 'NL',
    countries: 'NL',
    currency: 'USD',
  },
  ...{
    courier_status: 'in_transit',
    basis: '20 calendar days from hand-over',
    source: 'easypost',
    location: 'Rotterdam, NL',
  },
  ...{
    return_code: 'R7K2M4QX',
    last_four: 'dHc7',
    default_policy: 'courier-proof',
    holidays: '2026-12-25',
    packages: `pkg_${ID_TAIL}`,
  },
  ...{
    from: 'planned',
    to: 'picking',
    sent_to: 'owner@lumen.example',
    last_error: 'HTTP 503',
    preferred_remedy: 'refund',
  },
  ...{
    time_raw: '2026-05-01T12:00:00+02:00',
    content_type: 'application/json',
    password: 'correct horse battery',
    store_sku: 'SHOP-LAMP',
  },
};

/**
 * Gives every request, and every answer in JSON, an example that keeps to its schema.
 * @param bodies requests by their operation id: JSON, or a text for what is none; the others are made of their fields
 */
export function addExamples(
  document: Document,
  places: readonly Place[],
  bodies: Readonly<Record<string, unknown>>,
): void {
  const examples = new Examples(document.components.schemas);
  for (const { operation } of places) {
    const own = bodies[operation.operationId];
    for (const [type, part] of Object.entries(operation.requestBody?.content ?? {}))
      if (own !== undefined && type.endsWith(typeof own === 'string' ? 'csv' : 'json')) part.example = own;
    const media = [operation.requestBody?.content, ...Object.values(operation.responses).map((r) => r.content)];
    for (const content of media) {
      for (const [type, part] of Object.entries(content ?? {})) if (type.endsWith('json')) fill(examples, part);
    }
  }
}

function fill(examples: Examples, media: Media): void {
  if (media.example === undefined && media.schema !== undefined) media.example = examples.of(media.schema);
}

class Examples {
  constructor(private readonly schemas: Readonly<Record<string, Schema>>) {}

  of(schema: Schema, name = '', depth = 0): unknown {
    if (schema.example !== undefined) return schema.example;
    if (schema.examples?.[0] !== undefined) return schema.examples[0];
    if (schema.$ref !== undefined) return this.of(this.schemas[schema.$ref.replace(REF, '')] ?? {}, name, depth + 1);
    const [choice] = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
    if (choice !== undefined) return depth > DEEPEST ? null : this.of(choice, name, depth + 1);
    if (schema.enum !== undefined) return schema.enum[0];
    return this.ofType(schema, name, depth);
  }

  private ofType(schema: Schema, name: string, depth: number): unknown {
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    if (type === 'array') return depth > DEEPEST ? [] : [this.of(schema.items ?? {}, name, depth + 1)];
    if (type === 'integer') return Math.max(schema.minimum ?? 1, 1);
    if (type === 'number') return 1.5;
    if (type === 'boolean') return false;
    if (type === 'string') return textOf(schema, name);
    return this.ofObject(schema, depth);
  }

  private ofObject({ properties = {} }: Schema, depth: number): object {
    return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, this.of(part, name, depth + 1)]));
  }
}

function textOf({ format, pattern, minLength = 0 }: Schema, name: string): string {
  const prefix = ID_PATTERN.exec(pattern ?? '')?.[1];
  if (prefix !== undefined) return `${prefix}_${ID_TAIL}`;
  if (format === 'date-time') return '2026-05-01T10:00:00.000Z';
  if (format === 'date') return '2026-05-01';
  return (BY_NAME[name] ?? 'text').padEnd(minLength, 'x');
}
