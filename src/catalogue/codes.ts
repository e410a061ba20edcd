import { invalidField, type FieldError } from '../kernel/errors.ts';

/** Staff who look things up; `admin` may make every staff call. */
export const STAFF = ['warehouse', 'support', 'finance'] as const;

const CODE = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

/** A SKU or a code that somebody chose, as it stands in the path. @throws InvalidFields */
export function checkCode(field: string, code: string): void {
  if (CODE.test(code)) return;
  throw invalidField(
    `/${field}`,
    'format',
    `A ${field} has 1 to 64 letters, digits and . _ + - and begins with a letter or digit.`,
  );
}

/** One entry for each item whose key an earlier one had. */
export function repeated<T>(items: readonly T[], key: (item: T) => string, pointer: string): FieldError[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const own = key(item);
    if (!seen.has(own)) {
      seen.add(own);
      return [];
    }
    return [{ pointer: `${pointer}/${index}`, code: 'repeated', detail: `${own} stands here twice.` }];
  });
}
