import type { OpenAPIObject } from '@nestjs/swagger';
import type { WebhookDoc } from './webhook-docs.ts';

interface Schema {
  [key: string]: unknown;
  properties?: Record<string, unknown>;
  required?: string[];
}

type Schemas = Record<string, Schema>;

const HEADERS = [
  ['webhook-id', 'The id of the event: the same for every try.'],
  ['webhook-timestamp', 'When this try was made, in seconds since 1970.'],
  ['webhook-signature', '`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64; two while a secret is rotated.'],
] as const;

/** The schema of `package.rto_delivered` is EventDataPackageView, where it leaves something out. */
function dataSchema({ data, example }: WebhookDoc, schemas: Schemas): Schema {
  const whole = data === null ? undefined : schemas[data.component];
  if (data === null || whole === undefined) return schemaOf(example['data']);
  if (data.without.length === 0) return { $ref: `#/components/schemas/${data.component}` };
  const name = `EventData${data.component}`;
  schemas[name] ??= {
    ...whole,
    properties: Object.fromEntries(
      Object.entries(whole.properties ?? {}).filter(([field]) => !data.without.includes(field)),
    ),
    required: (whole.required ?? []).filter((field) => !data.without.includes(field)),
  };
  return { $ref: `#/components/schemas/${name}` };
}

/** The form of an example: fields may be added to it, and what is null may come to be something. */
function schemaOf(example: unknown): Schema {
  if (example === null) return {};
  if (Array.isArray(example)) return { type: 'array', items: example.length === 0 ? {} : schemaOf(example[0]) };
  if (typeof example === 'object') {
    const properties = Object.entries(example).map(([field, value]) => [field, schemaOf(value)] as const);
    return {
      type: 'object',
      properties: Object.fromEntries(properties),
      required: properties.map(([field]) => field),
      additionalProperties: true,
    };
  }
  if (typeof example === 'number') return { type: Number.isInteger(example) ? 'integer' : 'number' };
  return { type: typeof example };
}

function webhookOf(doc: WebhookDoc, schemas: Schemas): object {
  const { name, says, example } = doc;
  const properties = {
    id: { type: 'string', pattern: '^evt_[0-9a-z]{26}$' },
    type: { const: name },
    created_at: { type: 'string', format: 'date-time' },
    sequence: { type: 'integer', minimum: 0, description: 'One by one among the merchant’s events.' },
    data:
      doc.otherwise === undefined
        ? dataSchema(doc, schemas)
        : { anyOf: [dataSchema(doc, schemas), schemaOf(doc.otherwise)] },
  };
  const schema = { type: 'object', properties, required: Object.keys(properties) };
  return {
    post: {
      summary: says,
      operationId: name.replace('.', '_'),
      tags: ['webhooks'],
      security: [],
      parameters: HEADERS.map(([header, description]) => ({
        ...{ name: header, in: 'header', required: true, description },
        schema: { type: 'string' },
      })),
      requestBody: { required: true, content: { 'application/json': { schema, example } } },
      responses: {
        '2XX': { description: 'Taken. Anything else is tried again for 3 days; 410 ends the endpoint.' },
      },
    },
  };
}

/** Adds the top-level `webhooks` of OpenAPI 3.1. */
export function withWebhooks(document: OpenAPIObject, docs: readonly WebhookDoc[]): OpenAPIObject {
  const schemas = { ...document.components?.schemas } as Schemas;
  const webhooks = Object.fromEntries(docs.map((doc) => [doc.name, webhookOf(doc, schemas)]));
  return Object.assign({}, document, { components: { ...document.components, schemas }, webhooks });
}
