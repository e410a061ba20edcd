import { FoldLine } from './fold-line.ts';

interface Fold {
  merchant: string;
  ids: readonly string[];
  end: () => void;
}

describe('packages in line for their fold', () => {
  const begin = (): { line: FoldLine; folds: Fold[] } => {
    const folds: Fold[] = [];
    const line = new FoldLine(
      (merchant, ids) =>
        new Promise<void>((end) => {
          folds.push({ merchant, ids, end });
        }),
    );
    return { line, folds };
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('share a transaction of their merchant when they come while others are folded', async () => {
    const { line, folds } = begin();
    const done = [line.join('a', ['1']), line.join('b', ['1']), line.join('c', ['1']), line.join('c', ['2', '1'])];
    await turn();
    expect(folds.map(({ merchant, ids }) => [merchant, ids])).toEqual([
      ['a', ['1']],
      ['b', ['1']],
    ]);
    expect(line.length).toBe(1);
    folds[0]?.end();
    await done[0];
    await turn();
    expect([folds[2]?.merchant, folds[2]?.ids]).toEqual(['c', ['1', '2']]);
    folds[1]?.end();
    folds[2]?.end();
    await Promise.all(done);
    expect(line.length).toBe(0);
  });

  it('wait for a fold that begins after they came, not for the one that runs', async () => {
    const { line, folds } = begin();
    const first = line.join('a', ['1']);
    let isSecondDone = false;
    const second = line.join('a', ['1']).then(() => {
      isSecondDone = true;
    });
    await turn();
    folds[0]?.end();
    await first;
    await turn();
    expect(isSecondDone).toBe(false);
    for (const fold of folds.slice(1)) fold.end();
    await second;
    expect(folds).toHaveLength(2);
  });

  it('begin again after the line was empty', async () => {
    const { line, folds } = begin();
    for (let n = 0; n < 3; n += 1) {
      const done = line.join('a', [String(n)]);
      await turn();
      folds[n]?.end();
      await done;
    }
    expect(folds).toHaveLength(3);
  });
});
