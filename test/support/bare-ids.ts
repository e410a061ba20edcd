const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** UUIDs by nature: a request's own, what callers chose, and what receivers of webhooks answered. */
const UUIDS = new Set(['request_id', 'reference', 'example', 'response_headers']);

/** Where in an answer an id stands as PostgreSQL has it, and not as the API writes ids (api.md, Habits); null: nowhere. */
export function bareIdIn(body: unknown, place = ''): string | null {
  if (typeof body === 'string') return UUID.test(body) ? `${place}: ${body}` : null;
  if (typeof body !== 'object' || body === null) return null;
  for (const [name, part] of Object.entries(body)) {
    const found = UUIDS.has(name) ? null : bareIdIn(part, `${place}/${name}`);
    if (found !== null) return found;
  }
  return null;
}
