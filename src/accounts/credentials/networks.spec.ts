import { expect, it } from '@jest/globals';
import { isNetwork, isWithin } from './networks.ts';

it.each([
  ['203.0.113.7', null, true],
  ['203.0.113.7', ['203.0.113.7'], true],
  ['203.0.113.8', ['203.0.113.7'], false],
  ['::ffff:203.0.113.7', ['203.0.113.0/24'], true],
  ['203.0.114.7', ['203.0.113.0/24', '198.51.100.1'], false],
  ['2001:db8::5', ['2001:db8::/32'], true],
  ['2001:db9::5', ['2001:db8::/32'], false],
  ['203.0.113.7', ['::/0'], false],
  ['not an address', ['0.0.0.0/0'], false],
])('%s in %j: %s', (address, networks, expected) => {
  expect(isWithin(address, networks)).toBe(expected);
});

it.each([
  ['203.0.113.0/24', true],
  ['2001:db8::1', true],
  ['203.0.113.0/33', false],
  ['203.0.7', false],
  ['0x7f.1', false],
  ['10.1/8', false],
  ['shop.example', false],
  ['', false],
])('%s is a network: %s', (text, expected) => {
  expect(isNetwork(text)).toBe(expected);
});
