const SECOND_MS = 1_000;

/** What a Retry-After header asks, in ms: seconds or a date; null where it says nothing that can be read. @param now ms since 1970 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number.parseInt(header, 10) * SECOND_MS;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
