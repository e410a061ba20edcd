import { A4, Paper, type Kept } from './paper.ts';

describe('paper', () => {
  it('keeps few of the words that it has drawn, however long a document is', () => {
    const paper = new Paper(A4, 'Long', new Date('2026-05-01T00:00:00Z'));
    const kept = (paper as unknown as { doc: Kept }).doc;
    let most = 0;
    for (let n = 0; n < 30; n += 1) {
      const words = Array.from({ length: 100 }, (_, i) => `w${n}-${i}`);
      paper.text(words.join(' '), 10, 10 + n, { size: 8, width: 5_000 });
      const fonts = Object.values(kept._fontFamilies);
      most = Math.max(most, ...fonts.map(({ layoutCache }) => Object.keys(layoutCache).length));
    }
    expect(most).toBeGreaterThan(1_000);
    expect(most).toBeLessThan(5_000);
  });
});
