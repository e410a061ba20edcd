import type { ShipTo } from '../../kernel/address.ts';

/** A postal address as documents print it and couriers take it. */
export interface PostalAddress {
  name: string;
  company: string | null;
  line1: string;
  line2: string | null;
  city: string;
  region: string | null;
  postalCode: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string;
  phone: string | null;
  email: string | null;
}

/** What was left out or is empty is null. */
export function toPostal(to: ShipTo): PostalAddress {
  const given = (text: string | null | undefined): string | null => (text === undefined || text === '' ? null : text);
  return {
    name: to.name,
    company: given(to.company),
    line1: to.line1,
    line2: given(to.line2),
    city: to.city,
    region: given(to.region),
    postalCode: given(to.postal_code),
    country: to.country,
    phone: given(to.phone),
    email: given(to.email),
  };
}

const countryNames = new Intl.DisplayNames('en', { type: 'region' });

/** `Germany`; a code that no list knows is printed as it is. */
export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (countryNames.of(code) ?? code) : code;
}

/** The lines of an address below the name, the country last and in capitals as the Universal Postal Union asks. */
export function addressLines(to: PostalAddress): string[] {
  const place = [to.postalCode, to.city, to.region].filter((part) => part !== null && part !== '').join(' ');
  return [to.company, to.line1, to.line2, place, countryName(to.country).toUpperCase()].filter(
    (line): line is string => line !== null && line !== '',
  );
}
