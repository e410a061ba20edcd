import { addressFaults, addressKey } from './address.policy.ts';

const home = { name: 'Ada Byron', line1: '1 Main St', city: 'Springfield', country: 'US' };

describe('an address', () => {
  it.each<[string, string | undefined, boolean]>([
    ['US', '62701', true],
    ['US', '62701-1234', true],
    ['US', '6270', false],
    ['US', 'ABCDE', false],
    ['US', undefined, true],
    ['US', ' ', true],
    ['CA', 'k1a 0b1', true],
    ['CA', 'D1A 0B1', false],
    ['GB', 'SW1A 1AA', true],
    ['GB', 'SW1A', false],
    ['FR', '75001', true],
    ['FR', '7500', false],
    ['NL', '1011 AB', true],
    ['PT', '1000-001', true],
    ['JP', '100-0001', true],
    ['IE', 'D02 AF30', true],
    ['KE', 'whatever', true],
  ])('in %s with the postal code %s: %s', (country, code, isSound) => {
    const to = { ...home, country, ...(code === undefined ? {} : { postal_code: code }) };
    expect(addressFaults(to, '/ship_to').map((f) => f.pointer)).toEqual(isSound ? [] : ['/ship_to/postal_code']);
  });

  it.each([
    ['+1 (217) 555-0100', true],
    ['0123456', true],
    ['call me', false],
    ['--------', false],
    ['1234', false],
  ])('with the phone %s: %s', (phone, isSound) => {
    expect(addressFaults({ ...home, phone }, '/ship_to')).toHaveLength(isSound ? 0 : 1);
  });

  it('lacks what the courier needs', () => {
    const faults = addressFaults({ ...home, phone: '' }, '/items/0/ship_to', ['phone', 'postal_code']);
    expect(faults.map((f) => [f.pointer, f.code])).toEqual([
      ['/items/0/ship_to/phone', 'required'],
      ['/items/0/ship_to/postal_code', 'required'],
    ]);
    expect(
      addressFaults({ ...home, phone: '0123456', postal_code: '62701' }, '/ship_to', ['phone', 'postal_code']),
    ).toEqual([]);
  });

  it('is the same one in whichever order its fields stand, with nothing and null alike', () => {
    const turned = { phone: null, country: 'US', city: 'Springfield', line1: '1 Main St ', name: 'Ada Byron' };
    expect(addressKey(turned)).toBe(addressKey(home));
    expect(addressKey({ ...home, line1: '2 Main St' })).not.toBe(addressKey(home));
  });
});
