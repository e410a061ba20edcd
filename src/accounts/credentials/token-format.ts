import { randomBytes } from 'node:crypto';
import crc32 from 'crc-32';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** 62^43 > 2^256, 62^6 > 2^32. */
const SECRET_CHARS = 43;
const CHECK_CHARS = 6;
const FORM = new RegExp(`^(wb_live_|wb_test_|wbs_)([0-9A-Za-z]{${SECRET_CHARS}})([0-9A-Za-z]{${CHECK_CHARS}})$`);

/** Keys of live and sandbox, sessions, and the bare tokens that mails carry. */
export type TokenPrefix = 'wb_live_' | 'wb_test_' | 'wbs_' | '';

function base62(value: bigint, chars: number): string {
  let text = '';
  for (let rest = value; rest > 0n; rest /= 62n) text = (ALPHABET[Number(rest % 62n)] ?? '') + text;
  return text.padStart(chars, '0');
}

/** Six base62 characters of the CRC32 of the 43: a mistyped key is refused without a look-up. */
export function checksum(secret: string): string {
  return base62(BigInt(crc32.str(secret) >>> 0), CHECK_CHARS);
}

/** 43 base62 characters of 32 bytes. */
export function encodeSecret(bytes: Buffer): string {
  return base62(BigInt(`0x${bytes.toString('hex')}`), SECRET_CHARS);
}

/** A new secret: prefix, 43 characters of 32 random bytes, 6 of CRC32 (reliability.md, Security settings). */
export function newToken(prefix: TokenPrefix): string {
  const secret = encodeSecret(randomBytes(SECRET_BYTES));
  return `${prefix}${secret}${checksum(secret)}`;
}

/** Can it be a key or a session of ours at all? */
export function isSound(token: string): boolean {
  const [, , secret, check] = FORM.exec(token) ?? [];
  return secret !== undefined && checksum(secret) === check;
}
