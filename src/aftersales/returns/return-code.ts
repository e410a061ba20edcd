import { randomInt } from 'node:crypto';

/** Crockford's base 32: nothing in it is read as something else. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 10;

/** A new return code as people read it, `R-7KQ2M-91XZD`: 50 random bits, so that none is guessed. */
export function newReturnCode(): string {
  const signs = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');
  return `R-${signs.slice(0, LENGTH / 2)}-${signs.slice(LENGTH / 2)}`;
}

/** How codes and tracking numbers are compared: scanners and people write them in their own way. */
export function scanKey(text: string): string {
  return text.replace(/[\s-]+/g, '').toUpperCase();
}
