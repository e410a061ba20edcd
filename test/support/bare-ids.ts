const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TYPED = /^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
/** The four bits of the version stand in the eleventh letter: 7, and one bit more. */
const VERSION_7 = /^.{4}.{10}[ef]/;

const isForeign = (text: string): boolean => UUID.test(text) || (TYPED.test(text) && !VERSION_7.test(text));

/** UUIDs by nature: a request's own, what callers chose, and what receivers of webhooks answered. */
const UUIDS = new Set(['request_id', 'reference', 'example', 'response_headers']);

/** Where in an answer an id stands that is no TypeID of a UUIDv7 (api.md, Habits); null: nowhere. */
export function bareIdIn(body: unknown, place = ''): string | null {
  if (typeof body === 'string') return isForeign(body) ? `${place}: ${body}` : null;
  if (typeof body !== 'object' || body === null) return null;
  for (const [name, part] of Object.entries(body)) {
    const found = UUIDS.has(name) ? null : bareIdIn(part, `${place}/${name}`);
    if (found !== null) return found;
  }
  return null;
}
