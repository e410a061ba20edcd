/** What a number's form says about who carries it. */
export interface Guess {
  /** The source that reads such a courier's own interface; null: there is none. */
  source: string | null;
  /** The form's name, `UPS 1Z`. */
  form: string;
  /** valid: its check digit is right; invalid: it is wrong, so it is mistyped or no such number; none: the form has none. */
  check: 'valid' | 'invalid' | 'none';
}

interface Form {
  source: string | null;
  form: string;
  pattern: RegExp;
  /** Undefined: the form has no check digit that is published. */
  sound?: (number: string) => boolean;
}

/** The posts that print S10 numbers, by the country at the end. */
const POSTS: Readonly<Record<string, string>> = {
  ...{ AU: 'australia_post', BE: 'bpost', CA: 'canada_post', CN: 'cainiao', DE: 'dhl_paket', FR: 'laposte' },
  ...{ GB: 'royal_mail', NL: 'postnl', US: 'usps' },
};

/** Forms by their publishers; those with letters first, for they are the surest. */
const FORMS: readonly Form[] = [
  { source: 'ups', form: 'UPS 1Z', pattern: /^1Z[0-9A-Z]{16}$/, sound: ups },
  { source: 'amazon_shipping', form: 'Amazon TBA', pattern: /^TB[A-Z]\d{12}$/ },
  { source: 'dhl_unified', form: 'DHL piece', pattern: /^(JJD|JD|JVGL)\d{16,20}$/ },
  { source: 'dhl_ecommerce', form: 'DHL eCommerce', pattern: /^GM\d{16,20}$/ },
  { source: 'lasership', form: 'LaserShip', pattern: /^(1LS\d{12,15}|L[A-Z]\d{8})$/ },
  { source: 'ontrac', form: 'OnTrac', pattern: /^[CD]\d{14}$/ },
  { source: 'postnl', form: 'PostNL 3S', pattern: /^3S[A-Z]{3,6}\d{6,9}$/ },
  { source: 'sf_express', form: 'SF Express', pattern: /^SF\d{12,13}$/ },
  { source: 'cainiao', form: 'Cainiao', pattern: /^LP\d{14,16}$/ },
  { source: 'sendle', form: 'Sendle', pattern: /^S[0-9A-Z]{6,8}$/ },
  { source: 'usps', form: 'USPS IMpb', pattern: /^(420\d{5}(\d{4})?)?9[1-5]\d{20}$/, sound: (n) => weighted3(n.slice(-22)) },
  { source: 'usps', form: 'USPS 20 digits', pattern: /^[0127]\d{19}$/, sound: (n) => weighted3(`91${n}`) },
  { source: 'fedex', form: 'FedEx Ground 96', pattern: /^96\d{20}$/, sound: (n) => weighted3(n.slice(7)) },
  { source: 'fedex', form: 'FedEx Ground', pattern: /^\d{15}$/, sound: weighted3 },
  { source: 'fedex', form: 'FedEx Express', pattern: /^\d{12}$/, sound: fedexExpress },
  { source: 'dhl_paket', form: 'DHL Paket (SSCC)', pattern: /^00340\d{15}$/, sound: weighted3 },
  { source: 'dhl_express', form: 'DHL Express', pattern: /^\d{10}$/, sound: modulo7 },
  { source: 'canada_post', form: 'Canada Post', pattern: /^\d{16}$/, sound: weighted3 },
  { source: 'dpd', form: 'DPD', pattern: /^\d{14}$/ },
  { source: 'gls', form: 'GLS', pattern: /^\d{11}$/ },
]; // prettier-ignore

/** How likely: a right check digit before a form without one; a wrong one is shown last, as a warning. */
const ORDER = ['valid', 'none', 'invalid'] as const;

/**
 * Who may carry a number, by its form alone; the surest first. A suggestion, never a fact.
 * @param key upper case, without spaces
 */
export function guess(key: string): Guess[] {
  const found = FORMS.filter(({ pattern }) => pattern.test(key)).map(({ source, form, sound }) => ({
    source,
    form,
    check: checkOf(sound?.(key)),
  }));
  const all = /^[A-Z]{2}\d{9}[A-Z]{2}$/.test(key) ? [s10(key), ...found] : found;
  return [...all].sort((a, b) => ORDER.indexOf(a.check) - ORDER.indexOf(b.check));
}

function checkOf(sound: boolean | undefined): Guess['check'] {
  return sound === undefined ? 'none' : sound ? 'valid' : 'invalid';
}

/** The posts' common form: two letters, eight digits, a check digit, the country. Source: UPU, S10. */
function s10(key: string): Guess {
  const weights = [8, 6, 4, 2, 3, 5, 9, 7];
  const digits = digitsOf(key.slice(2, 11));
  const rest = 11 - (weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0) % 11);
  const check = rest === 10 ? 0 : rest === 11 ? 5 : rest;
  const country = key.slice(11);
  return { source: POSTS[country] ?? null, form: `S10 ${country}`, check: checkOf(digits[8] === check) };
}

function digitsOf(text: string): number[] {
  return Array.from(text).map((digit) => digit.charCodeAt(0) - 48);
}

/** Mod 10 with the digits before the last weighted 3, 1, 3 … from the right. Source: GS1; USPS Publication 199. */
function weighted3(number: string): boolean {
  const [check = 0, ...rest] = digitsOf(number).reverse();
  const sum = rest.reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10 === check;
}

/** Every second of 15 characters doubled, letters as digits from A = 2. Source: UPS, Guide to Labeling. */
function ups(number: string): boolean {
  const values = Array.from(number.slice(2)).map((char) => {
    const code = char.charCodeAt(0);
    return code < 58 ? code - 48 : (code - 63) % 10;
  });
  const sum = values.slice(0, 15).reduce((total, value, index) => total + value * (index % 2 === 0 ? 1 : 2), 0);
  return (10 - (sum % 10)) % 10 === values[15];
}

/** Weights 3, 1, 7 from the left, mod 11, mod 10. Source: FedEx Express, 12-digit numbers. */
function fedexExpress(number: string): boolean {
  const weights = [3, 1, 7];
  const digits = digitsOf(number);
  const sum = digits.slice(0, 11).reduce((total, digit, index) => total + digit * (weights[index % 3] ?? 0), 0);
  return (sum % 11) % 10 === digits[11];
}

/** The first nine digits modulo 7. Source: DHL Express, waybill numbers. */
function modulo7(number: string): boolean {
  return Number.parseInt(number.slice(0, 9), 10) % 7 === digitsOf(number)[9];
}
