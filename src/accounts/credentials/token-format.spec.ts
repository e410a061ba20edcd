import { checksum, encodeSecret, isSound, newToken } from './token-format.ts';

const valueOf = (base62: string): bigint =>
  Array.from(base62).reduce(
    (sum, char) => sum * 62n + BigInt('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.indexOf(char)),
    0n,
  );

describe('a key', () => {
  it.each(['wb_live_', 'wb_test_', 'wbs_'] as const)(
    'that begins with %s has 43 base62 characters and 6 of CRC32',
    (prefix) => {
      const key = newToken(prefix);
      expect(key).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{49}$`));
      expect(isSound(key)).toBe(true);
    },
  );

  it.each([0x00, 0x01, 0x80, 0xff])('holds all of its 32 bytes, here each %d', (byte) => {
    const bytes = Buffer.alloc(32, byte);
    const encoded = encodeSecret(bytes);
    expect(encoded).toHaveLength(43);
    expect(valueOf(encoded)).toBe(BigInt(`0x${bytes.toString('hex')}`));
  });

  it.each([
    // text, CRC32 as published (the check value of CRC-32/ISO-HDLC is 0xCBF43926), in base62
    ['123456789', 0xcbf43926],
    ['', 0],
  ])('ends with the CRC32 of the characters before: "%s"', (text, crc) => {
    expect(checksum(text)).toHaveLength(6);
    expect(valueOf(checksum(text))).toBe(BigInt(crc));
  });

  it('with one wrong character is refused before anything is looked up', () => {
    const key = newToken('wb_live_');
    for (let at = 8; at < key.length; at += 1) {
      const wrong = key.slice(0, at) + (key[at] === 'x' ? 'y' : 'x') + key.slice(at + 1);
      expect(isSound(wrong)).toBe(false);
    }
    expect(isSound(`${key}0`)).toBe(false);
    expect(isSound(key.slice(1))).toBe(false);
    expect(isSound('')).toBe(false);
  });

  it('is never made twice', () => {
    expect(new Set(Array.from({ length: 1000 }, () => newToken('wb_test_'))).size).toBe(1000);
  });
});
