import type { ShipTo } from '../kernel/address.ts';
import type { FieldError } from '../kernel/errors.ts';
import type { AddressNeed } from './splitting/shipping.policy.ts';

/** How postal codes are written, where one form holds for the whole country (UPU, Addressing systems). Others: any form. */
const POSTAL_CODES: Readonly<Record<string, RegExp>> = {
  AT: /^\d{4}$/,
  AU: /^\d{4}$/,
  BE: /^\d{4}$/,
  BR: /^\d{5}-?\d{3}$/,
  CA: /^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d$/,
  CH: /^\d{4}$/,
  CN: /^\d{6}$/,
  CZ: /^\d{3} ?\d{2}$/,
  DE: /^\d{5}$/,
  DK: /^\d{4}$/,
  ES: /^\d{5}$/,
  FI: /^\d{5}$/,
  FR: /^\d{5}$/,
  GB: /^(GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$/,
  GR: /^\d{3} ?\d{2}$/,
  HU: /^\d{4}$/,
  IE: /^[A-Z]\d[\dW] ?[A-Z\d]{4}$/,
  IN: /^\d{3} ?\d{3}$/,
  IT: /^\d{5}$/,
  JP: /^\d{3}-?\d{4}$/,
  KR: /^\d{5}$/,
  LU: /^(L-)?\d{4}$/,
  MX: /^\d{5}$/,
  NL: /^\d{4} ?[A-Z]{2}$/,
  NO: /^\d{4}$/,
  NZ: /^\d{4}$/,
  PL: /^\d{2}-?\d{3}$/,
  PT: /^\d{4}(-\d{3})?$/,
  RO: /^\d{6}$/,
  SE: /^\d{3} ?\d{2}$/,
  SG: /^\d{6}$/,
  US: /^\d{5}(-\d{4})?$/,
};

const PHONE = /^\+?[\d ().\-/]{5,30}$/;
const PHONE_DIGITS = 5;

/**
 * What is wrong with an address, before money moves (product.md, Addresses): the form of its postal code and phone
 * number, and what the chosen services demand that is missing.
 * @param pointer where the address stands in the request, `/ship_to`
 */
export function addressFaults(to: ShipTo, pointer: string, needs: readonly AddressNeed[] = []): FieldError[] {
  const faults: FieldError[] = [];
  const code = given(to.postal_code);
  const form = POSTAL_CODES[to.country];
  if (code !== null && form !== undefined && !form.test(code.toUpperCase())) {
    const detail = `"${code}" is not a postal code of ${to.country}.`;
    faults.push({ pointer: `${pointer}/postal_code`, code: 'postal_code', detail });
  }
  const phone = given(to.phone);
  if (phone !== null && !(PHONE.test(phone) && phone.replace(/\D/g, '').length >= PHONE_DIGITS)) {
    faults.push({
      pointer: `${pointer}/phone`,
      code: 'phone',
      detail: 'A phone number is digits, such as +33 1 23 45 67 89.',
    });
  }
  for (const need of needs) {
    if (given(to[need]) !== null) continue;
    const detail = `The courier needs a ${need.replace('_', ' ')} for this address.`;
    faults.push({ pointer: `${pointer}/${need}`, code: 'required', detail });
  }
  return faults;
}

function given(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}

/** Equal for equal addresses, in whichever order their fields stand. */
export function addressKey(to: ShipTo): string {
  const { name, company, line1, line2, city, region, postal_code: code, country, phone, email } = to;
  return JSON.stringify([country, code, region, city, line1, line2, name, company, phone, email].map(given));
}
