import { readFileSync } from 'node:fs';
import { COURIER_STATUSES, isCourierStatus } from '../canonical.translate.ts';
import { byCode } from './mapping.translate.ts';
import { STATUS_MAP } from './map/status-map.translate.ts';

const csv = readFileSync(new URL('../../../test/data/tracking/status_map.csv', import.meta.url), 'utf8');

/** RFC 4180, as much as the file uses. */
function fields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) =>
    (m[1] ?? m[2] ?? '').replaceAll('""', '"'),
  );
}

describe('the status map', () => {
  const rows = csv
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== '')
    .map(fields);

  it('holds the 1,000 published codes with their status and reason, no more and no less', () => {
    expect(rows).toHaveLength(1000);
    for (const [source = '', code = '', , status = '', reason = ''] of rows) {
      expect([source, code, STATUS_MAP[source]?.[code]]).toEqual([source, code, [status || null, reason || null]]);
    }
    expect(Object.values(STATUS_MAP).reduce((sum, table) => sum + Object.keys(table).length, 0)).toBe(1000);
  });

  it('uses only canonical statuses', () => {
    for (const [, , , status = ''] of rows) expect(status === '' || isCourierStatus(status)).toBe(true);
    expect(COURIER_STATUSES).toHaveLength(20);
  });

  it('is asked without regard to case, and answers nothing for a code that it does not have', () => {
    expect(byCode('easypost.status', 'Delivered')).toEqual({ status: 'delivered', reason: null });
    expect(byCode('fedex', 'RR')).toEqual({ status: null, reason: null });
    for (const code of ['no such code', 'constructor', '__proto__', '']) expect(byCode('fedex', code)).toBeUndefined();
  });
});
