import { describe, expect, it } from '@jest/globals';
import { ColumnsMissing, CsvUnreadable, readCsv, TooManyRows } from './csv.ts';

const COLUMNS = {
  reference: { headings: ['reference', 'Name'], required: true },
  quantity: { headings: ['quantity', 'Lineitem quantity'] },
};
const read = (text: string | Buffer, maxRows = 10) =>
  readCsv(typeof text === 'string' ? Buffer.from(text) : text, COLUMNS, maxRows);

describe('a CSV file', () => {
  it.each([
    ['commas', 'reference,quantity\nA-1,2\n'],
    ['semicolons', 'reference;quantity\nA-1;2\n'],
    ['tabs and CRLF', 'reference\tquantity\r\nA-1\t2\r\n'],
    ['a byte order mark', '\uFEFFreference,quantity\nA-1,2'],
    ['another order and other headings', 'LINEITEM_QUANTITY, name\n 2 , A-1 '],
    ['a heading that it does not know', 'note,reference,quantity\nhello,A-1,2'],
    ['an empty line', 'reference,quantity\nA-1,2\n\n'],
  ])('is read with %s', (_, text) => {
    expect(read(text).rows.map(({ cells }) => cells)).toEqual([{ reference: 'A-1', quantity: '2' }]);
  });

  it('counts rows as a spreadsheet does, and keeps the line as it came', () => {
    const { rows } = read('reference,quantity,note\n,,\nA-1,"2",x\n');
    const has = new Set(['reference', 'quantity']);
    expect(rows).toEqual([{ row: 3, cells: { reference: 'A-1', quantity: '2' }, has, raw: ['A-1', '2', 'x'] }]);
    const gaps = read('\n\nreference;quantity\n"A\n-1";2\n\n;\nB;3\n');
    expect(gaps.rows.map(({ row, cells }) => [row, cells.reference])).toEqual([
      [4, 'A\n-1'],
      [7, 'B'],
    ]);
  });

  it('is refused where it is nothing but empty rows, and read where they only follow', () => {
    const line = 'reference,quantity,note\n';
    expect(read(`${line}A-1,2,x\n${'\n'.repeat(1_000_000)}`).rows).toHaveLength(1);
    expect(read(`${line}A-1,2,x\n${',,\n'.repeat(50)}`).rows).toHaveLength(1);
    expect(() => read(`${line}${',\n'.repeat(1_000_000)}`)).toThrow(TooManyRows);
    expect(() => read(`${line}${'x\n'.repeat(1_000_000)}`)).toThrow(TooManyRows);
  });

  it('reads what is not UTF-8 as Windows-1252', () => {
    const latin = Buffer.concat([Buffer.from('reference\nM'), Buffer.from([0xfc]), Buffer.from('ller\n')]);
    expect(read(latin).rows[0]?.cells.reference).toBe('Müller');
  });

  it('refuses what it cannot use, before anything happens', () => {
    expect(() => read('')).toThrow(CsvUnreadable);
    expect(() => read('reference\n"A-1')).toThrow(CsvUnreadable);
    expect(() => read('reference\nA\0')).toThrow(CsvUnreadable);
    expect(() => read('quantity\n2')).toThrow(ColumnsMissing);
    expect(() => read('reference\nA\nB\nC', 2)).toThrow(TooManyRows);
  });
});
