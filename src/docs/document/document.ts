/** As much of an OpenAPI 3.1 document as is read and written here. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: unknown[];
  example?: unknown;
  examples?: unknown[];
  description?: string;
  minimum?: number;
  minItems?: number;
  minLength?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  anyOf?: Schema[];
  allOf?: Schema[];
  oneOf?: Schema[];
}

export interface Media {
  schema?: Schema;
  example?: unknown;
}

export interface Answer {
  $ref?: string;
  description?: string;
  headers?: Record<string, object>;
  content?: Record<string, Media>;
}

export interface Parameter {
  $ref?: string;
  name?: string;
  in?: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

export interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Answer>;
  security?: object[];
  [extension: `x-${string}`]: unknown;
}

export interface Document {
  paths: Record<string, Record<string, Operation>>;
  tags?: { name: string; description: string }[];
  components: {
    schemas: Record<string, Schema>;
    responses?: Record<string, Answer>;
    parameters?: Record<string, Parameter>;
    headers?: Record<string, object>;
  };
  webhooks?: Record<string, object>;
}

/** One call of the document. */
export interface Place {
  path: string;
  /** Lower case. */
  method: string;
  operation: Operation;
}

export function placesOf(document: Document): Place[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** The address without its version and its parameters: `/v1/top-ups/{id}/confirmation` is `top-ups`, `confirmation`. */
export const wordsOf = (path: string): string[] =>
  path.split(/[/.]/).filter((part) => part !== '' && part !== 'v1' && !part.startsWith('{'));
