import { readFileSync } from 'node:fs';
import { guess } from './guess.policy.ts';

const best = (number: string): unknown[] => {
  const [first] = guess(number);
  return [first?.source, first?.form, first?.check];
};

describe('whose number it is, by its form', () => {
  it.each([
    ['1Z879E930346834440', ['ups', 'UPS 1Z', 'valid']],
    ['1Z879E930346834441', ['ups', 'UPS 1Z', 'invalid']],
    ['1Z5R89390357567127', ['ups', 'UPS 1Z', 'valid']],
    ['9400110200828077631698', ['usps', 'USPS IMpb', 'valid']],
    ['9400110200828077631690', ['usps', 'USPS IMpb', 'invalid']],
    ['420622339400110200828077631698', ['usps', 'USPS IMpb', 'valid']],
    ['RB123456785GB', ['royal_mail', 'S10 GB', 'valid']],
    ['RB123456786GB', ['royal_mail', 'S10 GB', 'invalid']],
    ['RB123456785XX', [null, 'S10 XX', 'valid']],
    ['986578788855', ['fedex', 'FedEx Express', 'valid']],
    ['986578788854', ['fedex', 'FedEx Express', 'invalid']],
    ['041441760228964', ['fedex', 'FedEx Ground', 'valid']],
    ['3318810025', ['dhl_express', 'DHL Express', 'valid']],
    ['3318810024', ['dhl_express', 'DHL Express', 'invalid']],
    ['TBA502887274000', ['amazon_shipping', 'Amazon TBA', 'none']],
    ['JJD0099999999999999999', ['dhl_unified', 'DHL piece', 'none']],
    ['3SABCD987453178', ['postnl', 'PostNL 3S', 'none']],
    ['C10999911320231', ['ontrac', 'OnTrac', 'none']],
  ])('%s', (number, expected) => {
    expect(best(number)).toEqual(expected);
  });

  it.each(['', 'X', '12', 'NO-SUCH-FORM', '1Z12345', '٣٣١٨٨١٠٠٢٥'])('knows no form for %j', (number) => {
    expect(guess(number)).toEqual([]);
  });

  it('finds the couriers of real numbers', () => {
    const index = JSON.parse(
      readFileSync(new URL('../../../test/data/tracking/index.json', import.meta.url), 'utf8'),
    ) as { source: string; tracking_number: string | null; provenance: string }[];
    const real = index.filter(({ source, tracking_number }) => source === 'canada_post' && tracking_number !== null);
    expect(real.length).toBeGreaterThan(0);
    for (const { tracking_number: number } of real) {
      expect(guess(number ?? '').map(({ source }) => source)).toContain('canada_post');
    }
  });
}); // prettier-ignore
