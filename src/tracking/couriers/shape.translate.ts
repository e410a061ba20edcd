/** Payloads are read leniently: whatever a field holds, these answer something sensible and never throw. */

type Fields = Readonly<Record<string, unknown>>;

/** Words that couriers print where they mean nothing at all. */
const NOTHING = new Set(['', 'null', 'null,', 'undefined', 'none', 'nil', '(null)', 'n/a']);

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON inside a text is opened; any other value is left as it is. */
export function opened(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (!/^[[{"]/.test(text)) return value;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return value; // a text that only looks like JSON
  }
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function field(value: unknown, name: string): unknown {
  const holder = opened(value);
  if (!isFields(holder)) return undefined;
  if (Object.hasOwn(holder, name)) return holder[name];
  const wanted = plain(name);
  const key = Object.keys(holder).find((k) => plain(k) === wanted);
  return key === undefined ? undefined : holder[key];
}

/**
 * The value at a path, `trackResponse.shipment.package`; names match whatever their case and separators, and a list
 * on the way is entered at its first element.
 */
export function at(value: unknown, path: string): unknown {
  let here = value;
  for (const name of path.split('.')) {
    const now = opened(here);
    here = field(Array.isArray(now) ? now[0] : now, name);
  }
  return opened(here);
}

/** The first of several paths that holds something. */
export function first(value: unknown, ...paths: string[]): unknown {
  return paths.map((path) => at(value, path)).find((found) => !isNothing(found));
}

export function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return NOTHING.has(value.trim().toLowerCase());
  if (Array.isArray(value)) return value.every(isNothing);
  return isFields(value) && Object.keys(value).length === 0;
}

/** A list whatever was sent: one object, a list, `{}` or null for none. */
export function list(value: unknown): unknown[] {
  const now = opened(value);
  if (isNothing(now)) return [];
  return (Array.isArray(now) ? now : [now]).map(opened).filter((item) => !isNothing(item));
}

/** The text of a value, trimmed, inner spaces single; null for whatever means nothing. */
export function text(value: unknown): string | null {
  if (isNothing(value)) return null;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return text(value.find((item) => !isNothing(item)));
  return isFields(value) ? text(value['#text']) : null;
}

/** No courier's field is longer; what is, is cut. */
const MAX_TEXT = 500;

/** What a database can hold: no NUL, no half of a surrogate pair. */
function clean(value: string): string | null {
  const kept = value
    .slice(0, MAX_TEXT)
    .replaceAll('\u0000', '')
    .replace(/\p{Surrogate}/gu, '\uFFFD');
  const single = kept.replace(/\s+/g, ' ').trim();
  return single === '' ? null : single;
}

/** The text at the first path that holds one. */
export function textAt(value: unknown, ...paths: string[]): string | null {
  for (const path of paths) {
    const found = text(at(value, path));
    if (found !== null) return found;
  }
  return null;
}

export function flagAt(value: unknown, ...paths: string[]): boolean {
  const found = textAt(value, ...paths)?.toLowerCase();
  return found === 'true' || found === '1' || found === 'y' || found === 'yes';
}

/** The texts that are there, joined. */
export function joined(parts: readonly (string | null)[], separator = ', '): string | null {
  const there = parts.filter((part) => part !== null && part !== '');
  return there.length === 0 ? null : there.join(separator);
}

/** Each text once, without nulls and without `except`. */
export function others(texts: readonly (string | null)[], except: string | null): string[] {
  return [...new Set(texts.filter((t) => t !== null))].filter((t) => t !== except);
}
