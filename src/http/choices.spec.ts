import { expect, it } from '@jest/globals';
import { noneOf } from './choices.ts';

const MANY = [
  '*',
  'order.*',
  'order.paid',
  'order.shipped',
  ...Array.from({ length: 80 }, (_, n) => `thing_${n}.happened`),
];

it.each([
  ['a slip', 'order.shiped', 'There is no order.shiped among the 84. Is it order.shipped? /openapi.json lists them'],
  ['another form', 'orders.paid', 'There is no orders.paid among the 84. Is it order.paid? /openapi.json lists them'],
  ['nothing like it', 'invoice_was_sent', 'There is no invoice_was_sent among the 84. /openapi.json lists them'],
  ['no text', 7, 'There is no 7 among the 84. /openapi.json lists them'],
])('says of %s what may be meant', (_, word, says) => {
  expect(noneOf(word, MANY)).toBe(says);
});

it('names all where they are few', () => {
  expect(noneOf('c', ['a', 'b'])).toBe('It must be one of a, b');
});
