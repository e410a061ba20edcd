import type { Document, Schema } from './document.ts';

/** 3.1 says `type: [string, null]` where the generator still writes 3.0's `nullable`. */
export function modern(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(modern);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(node).map(([name, part]) => [name, modern(part)]));
  if (nullable !== true) return nullable === undefined || nullable === false ? rest : { nullable, ...rest };
  if (Array.isArray(rest['enum'])) rest['enum'] = [...(rest['enum'] as unknown[]), null];
  if (typeof rest['type'] === 'string') return { ...rest, type: [rest['type'], 'null'] };
  return { anyOf: [rest, { type: 'null' }] };
}

const REF = '#/components/schemas/';

/** Bodies refuse fields that they do not know (api.md, Habits); what is only answered may grow. */
export function closeBodies(document: Document): void {
  const { schemas } = document.components;
  const seen = new Set<Schema>();
  const close = (schema: Schema | undefined): void => {
    if (schema === undefined || seen.has(schema)) return;
    seen.add(schema);
    if (schema.$ref !== undefined) close(schemas[schema.$ref.replace(REF, '')]);
    if (schema.properties !== undefined) schema.additionalProperties ??= false;
    const parts = [schema.items, ...(schema.anyOf ?? []), ...(schema.allOf ?? []), ...(schema.oneOf ?? [])];
    for (const part of [...parts, ...Object.values(schema.properties ?? {})]) close(part);
  };
  for (const methods of Object.values(document.paths)) {
    for (const { requestBody } of Object.values(methods)) {
      for (const media of Object.values(requestBody?.content ?? {})) close(media.schema);
    }
  }
}
