import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Money } from '../../kernel/money.ts';
import { readAmount, readDate, readPayoutId, readReference } from './bank-line.translate.ts';

describe('an amount of a bank', () => {
  it.each([
    ['1,234.56', 'USD', '1234.56'],
    ['1.234,56', 'EUR', '1234.56'],
    ['1 234,56', 'EUR', '1234.56'],
    ["1'234.50", 'CHF', '1234.50'],
    ['1234.5', 'USD', '1234.50'],
    ['1,234', 'USD', '1234.00'],
    ['0,500', 'EUR', '0.50'],
    ['1.234', 'EUR', '1234.00'],
    ['1.234', 'KWD', '1.234'],
    ['1.234.567', 'EUR', '1234567.00'],
    ['-12,00', 'EUR', '-12.00'],
    ['(12.00)', 'USD', '-12.00'],
    ['12.00-', 'USD', '-12.00'],
    ['+12.00', 'USD', '12.00'],
    ['€ 12,00', 'EUR', '12.00'],
    ['EUR 12,00', 'EUR', '12.00'],
    ['1.200', 'JPY', '1200'],
    ['12.00', 'JPY', '12'],
  ])('%s in %s is %s', (text, currency, amount) => {
    expect(readAmount(text, currency)?.toJSON().amount).toBe(amount);
  });

  it.each([
    ['', 'USD'],
    ['abc', 'USD'],
    ['12.345.6', 'USD'],
    ['1.2345', 'USD'],
    ['12,5,3', 'EUR'],
    ['0.5', 'JPY'],
    ['0.505', 'USD'],
    ['99999999999999999999', 'USD'],
  ])('%s in %s is none', (text, currency) => {
    expect(readAmount(text, currency)).toBeNull();
  });

  it('is the same in English and in German', () => {
    fc.assert(
      fc.property(fc.bigInt(-99_999_999_999n, 99_999_999_999n), (minor) => {
        const whole = Number.parseInt((minor / 100n).toString(), 10);
        const cents = (minor < 0n ? -minor : minor) % 100n;
        const sign = minor < 0n && minor > -100n ? '-' : '';
        const write = (locale: string, point: string) =>
          `${sign}${whole.toLocaleString(locale)}${point}${cents.toString().padStart(2, '0')}`;
        expect(readAmount(write('en-US', '.'), 'EUR')?.minor).toBe(minor);
        expect(readAmount(write('de-DE', ','), 'EUR')?.compare(Money.ofMinor(minor, 'EUR'))).toBe(0);
      }),
    );
  });
});

it.each([
  ['2026-05-31', '2026-05-31'],
  ['2026-05-31 13:45:10', '2026-05-31'],
  ['31.05.2026', '2026-05-31'],
  ['31.5.26', '2026-05-31'],
  ['31/05/2026', '2026-05-31'],
  ['05/31/2026', '2026-05-31'],
  ['01/02/2026', '2026-02-01'],
  ['20260531', '2026-05-31'],
  ['31 May 2026', '2026-05-31'],
  ['31-MAY-26', '2026-05-31'],
  ['May 31, 2026', '2026-05-31'],
  ['1 March 2026 09:30', '2026-03-01'],
  ['31. Mai 2026', '2026-05-31'],
  ['1. März 2026', '2026-03-01'],
  ['28 févr. 2026', '2026-02-28'],
  ['31 juil. 2026', '2026-07-31'],
  ['30 juin 2026', '2026-06-30'],
  ['1 Aug 2026', '2026-08-01'],
  ['24 Dez 2026', '2026-12-24'],
  ['30 Feb 2026', null],
  ['31 Mayonnaise', null],
  ['202605311', null],
  ['12345678', null],
  ['30.02.2026', null],
  ['0001-01-01', null],
  ['yesterday', null],
])('the date %s is %s', (text, date) => {
  expect(readDate(text)).toBe(date);
});

it.each([
  ['Top up WB-ABCDE-23456, thanks', 'WB-ABCDE-23456'],
  ['wbabcde23456', 'WB-ABCDE-23456'],
  ['WB ABCDE 23456', 'WB-ABCDE-23456'],
  ['SVWZ+WB-ABC DE-234 56', 'WB-ABCDE-23456'],
  ['WB-ABCDE-2345', null],
  ['invoice 4711', null],
])('in "%s" the reference is %s', (text, reference) => {
  expect(readReference(text)).toBe(reference);
});

it('finds the payout that we named to the bank', () => {
  expect(readPayoutId('PAYOUT pay_01h2xcejqtf2nbrexx3vqjhp41 THANK YOU')).toBe('pay_01h2xcejqtf2nbrexx3vqjhp41');
  expect(readPayoutId('payment 12')).toBeNull();
});
