import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { largestRemainder, minorDigits, Money, NotMoney } from './money.ts';

describe('Money', () => {
  it.each([
    ['12.34', 'USD', 1234n],
    ['0.00', 'EUR', 0n],
    ['-1.05', 'GBP', -105n],
    ['500', 'JPY', 500n],
    ['1.005', 'KWD', 1005n],
    ['900719925474099.25', 'USD', 90071992547409925n],
  ])('reads %s %s as %s minor units and writes it back', (amount, currency, minor) => {
    const money = Money.parse(amount, currency);
    expect(money.minor).toBe(minor);
    expect(money.toJSON()).toEqual({ amount, currency });
  });

  it.each([
    ['12.3', 'USD'],
    ['12.345', 'USD'],
    ['1.0', 'JPY'],
    ['1e3', 'USD'],
    ['01.00', 'USD'],
    ['', 'USD'],
    ['12.34', 'XQQ'],
    ['12.34', 'usd'],
  ])('refuses "%s" %s', (amount, currency) => {
    expect(() => Money.parse(amount, currency)).toThrow(NotMoney);
  });

  it.each([
    ['10.00', '12.5', '1.25'],
    ['0.05', '50', '0.03'],
    ['33.33', '10', '3.33'],
    ['9007199254740993.11', '100', '9007199254740993.11'],
  ])('takes of %s USD %s percent, half up: %s', (amount, percent, share) => {
    expect(Money.parse(amount, 'USD').percentHalfUp(percent).amount).toBe(share);
  });

  it('gives what is left over to the largest remainders, equal ones to the earliest', () => {
    expect(largestRemainder(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(largestRemainder(5n, [3n, 2n, 1n])).toEqual([2n, 2n, 1n]);
    expect(largestRemainder(7n, [0n, 0n])).toEqual([4n, 3n]);
  });

  it('splits any amount by any weights so that the shares add up and differ from the exact share by less than a unit', () => {
    const weight = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 18n }),
        fc.array(weight, { minLength: 1, maxLength: 30 }),
        (total, weights) => {
          const shares = largestRemainder(total, weights);
          expect(shares.reduce((a, b) => a + b, 0n)).toBe(total);
          const sum = weights.reduce((a, b) => a + b, 0n);
          if (sum === 0n) return;
          shares.forEach((share, i) => {
            const off = share * sum - total * (weights[i] ?? 0n);
            expect(off < sum && off > -sum).toBe(true);
          });
        },
      ),
    );
  });

  it('never mixes currencies', () => {
    expect(() => Money.parse('1.00', 'USD').plus(Money.parse('1.00', 'EUR'))).toThrow(TypeError);
  });

  it('knows the minor digits of ISO 4217', () => {
    expect(['USD', 'JPY', 'KWD', 'EUR', 'CLP'].map(minorDigits)).toEqual([2, 0, 3, 2, 0]);
  });
});
