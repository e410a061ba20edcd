/** What sort of no it is; the http floor gives each its status. */
export type ErrorKind =
  | 'malformed' // 400
  | 'unauthorized' // 401
  | 'forbidden' // 403
  | 'not_found' // 404
  | 'conflict' // 409
  | 'too_large' // 413
  | 'unsupported' // 415
  | 'invalid' // 422, the shape of the request: never kept under an idempotency key
  | 'refused' // 422, a rule of the business: kept
  | 'too_many' // 429
  | 'unavailable'; // 503

/** A value of an extension member. */
export type Fact = string | number | boolean | null | { toJSON(): unknown } | readonly unknown[] | object;

/** Members that every problem has of its own (RFC 9457): a fact of that name would be lost. */
type Own = 'type' | 'title' | 'status' | 'detail' | 'instance' | 'code' | 'request_id';

/** Extension members of a problem, snake_case. */
export type Facts = Readonly<Record<string, Fact>> & { readonly [name in Own]?: never };

/** One field that is wrong: where (RFC 6901 pointer), a stable code, a sentence. */
export interface FieldError {
  pointer: string;
  code: string;
  detail: string;
}

/** Something the product refuses, in the field's words. Anything else thrown is a bug and answers 500. */
export abstract class DomainError extends Error {
  /** Stable, snake_case, documented under /problems/{code}. */
  abstract readonly code: string;
  abstract readonly kind: ErrorKind;

  /**
   * @param message a sentence that says what is wrong and what would be right
   */
  constructor(
    message: string,
    readonly facts: Facts = {},
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** An id that does not exist, is of the wrong kind, or belongs to somebody else: all three answer alike. */
export class NotFound extends DomainError {
  readonly code = 'not_found';
  readonly kind = 'not_found';

  /** @param what the noun, "order" */
  constructor(what: string) {
    super(`There is no such ${what}.`);
  }
}

/** Fields that are wrong in form or by a look-up made before anything happens; one entry each. */
export class InvalidFields extends DomainError {
  readonly code = 'validation_failed';
  readonly kind = 'invalid';

  constructor(readonly errors: readonly FieldError[]) {
    super(errors.length === 1 ? (errors[0]?.detail ?? 'One field is wrong.') : `${errors.length} fields are wrong.`);
  }
}

/** One wrong field. */
export function invalidField(pointer: string, code: string, detail: string): InvalidFields {
  return new InvalidFields([{ pointer, code, detail }]);
}
