import { newReturnCode, scanKey } from './return-code.ts';

it('makes codes that are read without doubt and do not repeat', () => {
  const codes = Array.from({ length: 2_000 }, newReturnCode);
  for (const code of codes) expect(code).toMatch(/^R-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  expect(new Set(codes).size).toBe(codes.length);
});

it.each([
  ['R-7KQ2M-91XZD', 'R7KQ2M91XZD'],
  [' r-7kq2m 91xzd ', 'R7KQ2M91XZD'],
  ['1z 999-aa1', '1Z999AA1'],
])('reads %s as %s', (scanned, key) => {
  expect(scanKey(scanned)).toBe(key);
});
