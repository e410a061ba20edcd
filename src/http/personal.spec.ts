import { describe, expect, it } from '@jest/globals';
import { likePatterns, withoutBuyer } from './personal.ts';

describe('an answer without its buyer', () => {
  it.each<[string, object, object]>([
    ['loses the address', { id: 'ord_1', ship_to: { name: 'Ada' } }, { id: 'ord_1', ship_to: null }],
    ['loses what people wrote', { description: 'Ada says', note: null }, { description: null, note: null }],
    [
      'loses what was said of a claim, not what the policy says',
      { messages: [{ id: 'msg_1', from: 'merchant', text: 'Her lamp' }], clauses: [{ id: 'a', text: 'Late.' }] },
      { messages: [{ id: 'msg_1', from: 'merchant', text: 'erased' }], clauses: [{ id: 'a', text: 'Late.' }] },
    ],
    [
      'loses every text with one of the words',
      { errors: [{ detail: '"ADA BYRON" is too long' }], total: { amount: '1.00' } },
      { errors: [{ detail: 'erased' }], total: { amount: '1.00' } },
    ],
  ])('%s', (_, answer, left) => {
    expect(JSON.parse(withoutBuyer(JSON.stringify(answer), ['Ada Byron']))).toEqual(left);
  });

  it('is looked for by the words as they are', () => {
    expect(likePatterns(['50%_off\\', 'ada'])).toEqual(['%50\\%\\_off\\\\%', '%ada%']);
  });
});
