import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { FieldError } from '../../kernel/errors.ts';
import type { Terms } from '../deciding/terms.policy.ts';
import { TERMS_SCHEMA } from '../terms.schema.ts';
import { contradictions } from './contradictions.policy.ts';

let compiled: ValidateFunction | undefined;
/** Compiled for the first draft: it takes a while, and most processes see none. */
const validator = (): ValidateFunction =>
  (compiled ??= new Ajv({ allErrors: true, verbose: true }).compile(TERMS_SCHEMA));

/** JSON Schema's keywords -> the codes of the API's other refusals. */
const CODES: Readonly<Record<string, string>> = {
  type: 'wrong_type',
  enum: 'not_allowed',
  const: 'not_allowed',
  anyOf: 'not_allowed',
  minimum: 'too_small',
  maximum: 'too_large',
  minLength: 'length',
  maxLength: 'length',
  minItems: 'too_few',
  maxItems: 'too_many',
  uniqueItems: 'repeated',
  pattern: 'format',
};

/** Why this is no policy: each fault with its place in the terms. Empty: it is one. */
export function faultsOf(terms: unknown): FieldError[] {
  const validate = validator();
  if (!validate(terms)) return shapeFaults(validate.errors ?? []);
  const found = contradictions(terms as Terms); // the schema has said so
  return found.map(({ pointer, detail }) => ({ pointer, code: 'contradiction', detail }));
}

/** One entry a place. Where one of several forms is asked for, the forms' own faults say less than all forms together. */
function shapeFaults(errors: readonly ErrorObject[]): FieldError[] {
  const byPlace = new Map<string, FieldError>();
  for (const error of errors) {
    if (/\/(anyOf\/\d+|contains)\//.test(error.schemaPath)) continue;
    const fault = shapeFault(error);
    if (!byPlace.has(fault.pointer)) byPlace.set(fault.pointer, fault);
  }
  return [...byPlace.values()];
}

function shapeFault({ instancePath, keyword, params, parentSchema, message }: ErrorObject): FieldError {
  const { missingProperty, additionalProperty } = params as Readonly<Record<string, string | undefined>>;
  if (keyword === 'required') {
    return { pointer: place(instancePath, missingProperty), code: 'required', detail: 'This must be said.' };
  }
  if (keyword === 'additionalProperties') {
    const pointer = place(instancePath, additionalProperty);
    return { pointer, code: 'unknown_field', detail: 'There is no such parameter here.' };
  }
  if (keyword === 'contains')
    return { pointer: instancePath, code: 'required', detail: 'English (en) is always there.' };
  const wanted = formOf(parentSchema as Form | undefined);
  const detail = wanted === null ? `It ${message ?? 'is wrong'}.` : `It must be ${wanted}.`;
  return { pointer: instancePath, code: CODES[keyword] ?? keyword, detail };
}

/** @param name of a member, as it is; the path is escaped already (RFC 6901) */
function place(path: string, name = ''): string {
  return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

interface Form {
  type?: string;
  enum?: unknown[];
  anyOf?: Form[];
  minimum?: number;
  maximum?: number;
  required?: string[];
}

/** What would be right, in words; null where the keyword's own message says it better. */
function formOf(form: Form | undefined): string | null {
  if (form?.anyOf !== undefined) return form.anyOf.map((one) => formOf(one) ?? 'in its form').join(', or ');
  if (form?.enum !== undefined) return form.enum.length === 1 ? String(form.enum[0]) : `one of ${form.enum.join(', ')}`;
  if (form?.type === 'integer') return `a whole number from ${form.minimum ?? 0} to ${form.maximum ?? 0}`;
  if (form?.type === 'null') return 'null';
  if (form?.type === 'boolean') return 'true or false';
  if (form?.type === 'object') return `an object of ${(form.required ?? []).join(', ')}`;
  return null;
}
