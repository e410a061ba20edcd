import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A message as its proof is made over it. */
export interface Signed {
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The bytes as they came. */
  body: Buffer;
  /** `?token=`: for sources that can only carry a secret in the address. */
  token: string | null;
  /** Real time, for signatures that carry theirs. */
  now: Date;
}

type Check = (secret: string, message: Signed) => boolean;

/** How old a signed time may be. */
const TOLERANCE_MS = 5 * 60_000;
/** Where couriers with a static token put it. */
const TOKEN_HEADERS = [
  'x-api-key',
  'x-webhook-token',
  'x-webhook-secret',
  'x-tracking-token',
  'x-token',
  'token',
  'credential',
];
const TRACKINGMORE_HEADERS = [
  'trackingmore-hmac-sha256',
  'trackingmore-webhook-signature',
  'x-trackingmore-signature',
  'signature',
];

/** How each source proves itself; the others send a static token. Source: tracking.md, Sources to read. */
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    'easypost',
    (secret, m) =>
      same(header(m, 'x-hmac-signature'), `hmac-sha256-hex=${hmac(secret.normalize('NFKD'), m.body, 'hex')}`),
  ],
  ['aftership', (secret, m) => same(header(m, 'aftership-hmac-sha256'), hmac(secret, m.body, 'base64'))],
  ['shippo', (secret, m) => (header(m, 'shippo-auth-signature') === null ? same(m.token, secret) : shippo(secret, m))],
  [
    '17track',
    (secret, m) =>
      same(header(m, 'sign')?.toLowerCase() ?? null, sha256(Buffer.concat([m.body, Buffer.from(`/${secret}`)]))),
  ],
  [
    'trackingmore',
    (secret, m) => TRACKINGMORE_HEADERS.some((name) => same(header(m, name), hmac(secret, m.body, 'base64'))),
  ],
  ['ship24', (secret, m) => same(header(m, 'authorization'), `Bearer ${secret}`)],
]);

/** Sources whose messages carry more than a token that anybody could repeat, or the courier's own credential. */
export const SIGNED_SOURCES: readonly string[] = [...CHECKS.keys(), 'ups'];

/**
 * Does the message carry the proof of one of the source's secrets? Compared in constant time.
 * @param secrets two at the most, for rotation
 */
export function isProven(source: string, secrets: readonly string[], message: Signed): boolean {
  const check = CHECKS.get(source) ?? staticToken;
  return secrets.filter((secret) => check(secret, message)).length > 0;
}

function staticToken(secret: string, message: Signed): boolean {
  const bearer = header(message, 'authorization')?.replace(/^(Bearer|Token)\s+/i, '') ?? null;
  const given = [bearer, message.token, ...TOKEN_HEADERS.map((name) => header(message, name))];
  return given.filter((token) => same(token, secret)).length > 0;
}

/** `t=…,v1=…` over `t.body`. */
function shippo(secret: string, message: Signed): boolean {
  const fields = new Map((header(message, 'shippo-auth-signature') ?? '').split(',').map((part) => pair(part)));
  const stamp = fields.get('t') ?? '';
  const at = Number.parseInt(stamp, 10) * 1000;
  if (!(Math.abs(message.now.getTime() - at) <= TOLERANCE_MS)) return false;
  return same(fields.get('v1') ?? null, hmac(secret, Buffer.concat([Buffer.from(`${stamp}.`), message.body]), 'hex'));
}

function pair(part: string): [string, string] {
  const cut = part.indexOf('=');
  return [part.slice(0, cut).trim(), part.slice(cut + 1).trim()];
}

function header({ headers }: Signed, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

function hmac(secret: string, body: Buffer, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', secret).update(body).digest(encoding);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Digests are compared, so that neither the length nor a prefix is told by the time it takes. */
function same(given: string | null, expected: string): boolean {
  if (given === null) return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
