/** Where an event happened, as far as the source says. Country: ISO code of two or three letters, or its English name. */
export interface Place {
  city?: string | null;
  region?: string | null;
  country?: string | null;
}

/** Countries that keep one clock (their main land does). Others are unknown without a region. */
const COUNTRIES: Readonly<Record<string, string>> = {
  AE: 'Asia/Dubai', AL: 'Europe/Tirane', AR: 'America/Argentina/Buenos_Aires', AT: 'Europe/Vienna', BD: 'Asia/Dhaka',
  BE: 'Europe/Brussels', BG: 'Europe/Sofia', BH: 'Asia/Bahrain', CH: 'Europe/Zurich', CN: 'Asia/Shanghai',
  CO: 'America/Bogota', CR: 'America/Costa_Rica', CY: 'Asia/Nicosia', CZ: 'Europe/Prague', DE: 'Europe/Berlin',
  DK: 'Europe/Copenhagen', DO: 'America/Santo_Domingo', EE: 'Europe/Tallinn', EG: 'Africa/Cairo', FI: 'Europe/Helsinki',
  FR: 'Europe/Paris', GB: 'Europe/London', GR: 'Europe/Athens', HK: 'Asia/Hong_Kong', HR: 'Europe/Zagreb',
  HU: 'Europe/Budapest', IE: 'Europe/Dublin', IL: 'Asia/Jerusalem', IN: 'Asia/Kolkata', IS: 'Atlantic/Reykjavik',
  IT: 'Europe/Rome', JO: 'Asia/Amman', JP: 'Asia/Tokyo', KE: 'Africa/Nairobi', KH: 'Asia/Phnom_Penh', KR: 'Asia/Seoul',
  KW: 'Asia/Kuwait', LB: 'Asia/Beirut', LK: 'Asia/Colombo', LT: 'Europe/Vilnius', LU: 'Europe/Luxembourg',
  LV: 'Europe/Riga', MA: 'Africa/Casablanca', MO: 'Asia/Macau', MT: 'Europe/Malta', MY: 'Asia/Kuala_Lumpur',
  NG: 'Africa/Lagos', NL: 'Europe/Amsterdam', NO: 'Europe/Oslo', NZ: 'Pacific/Auckland', OM: 'Asia/Muscat',
  PA: 'America/Panama', PE: 'America/Lima', PH: 'Asia/Manila', PK: 'Asia/Karachi', PL: 'Europe/Warsaw',
  PR: 'America/Puerto_Rico', QA: 'Asia/Qatar', RO: 'Europe/Bucharest', RS: 'Europe/Belgrade', SA: 'Asia/Riyadh',
  SE: 'Europe/Stockholm', SG: 'Asia/Singapore', SI: 'Europe/Ljubljana', SK: 'Europe/Bratislava', TH: 'Asia/Bangkok',
  TN: 'Africa/Tunis', TR: 'Europe/Istanbul', TW: 'Asia/Taipei', UA: 'Europe/Kyiv', UY: 'America/Montevideo',
  VN: 'Asia/Ho_Chi_Minh', ZA: 'Africa/Johannesburg',
}; // prettier-ignore

/** Names and three-letter codes of the countries above and of those with several clocks. */
const NAMES: Readonly<Record<string, string>> = {
  UNITEDSTATES: 'US', UNITEDSTATESOFAMERICA: 'US', USA: 'US', CANADA: 'CA', CAN: 'CA', AUSTRALIA: 'AU', AUS: 'AU',
  UNITEDKINGDOM: 'GB', GREATBRITAIN: 'GB', ENGLAND: 'GB', UK: 'GB', GBR: 'GB', GERMANY: 'DE', DEU: 'DE', DEUTSCHLAND: 'DE',
  FRANCE: 'FR', FRA: 'FR', NETHERLANDS: 'NL', NETHERLANDSTHE: 'NL', THENETHERLANDS: 'NL', NLD: 'NL', BELGIUM: 'BE', BEL: 'BE',
  SPAIN: 'ES', ESP: 'ES', ITALY: 'IT', ITA: 'IT', POLAND: 'PL', POL: 'PL', AUSTRIA: 'AT', AUT: 'AT', SWITZERLAND: 'CH',
  CHE: 'CH', SWEDEN: 'SE', SWE: 'SE', NORWAY: 'NO', NOR: 'NO', DENMARK: 'DK', DNK: 'DK', FINLAND: 'FI', FIN: 'FI',
  IRELAND: 'IE', IRL: 'IE', CZECHREPUBLIC: 'CZ', CZE: 'CZ', HUNGARY: 'HU', HUN: 'HU', ROMANIA: 'RO', ROU: 'RO',
  TURKEY: 'TR', TUR: 'TR', GREECE: 'GR', GRC: 'GR', JAPAN: 'JP', JPN: 'JP', CHINA: 'CN', CHN: 'CN',
  CHINAPEOPLESREPUBLIC: 'CN', HONGKONG: 'HK', HKG: 'HK', HONGKONGSARCHINA: 'HK', TAIWAN: 'TW', TWN: 'TW', SINGAPORE: 'SG', SGP: 'SG',
  KOREAREPUBLICOF: 'KR', SOUTHKOREA: 'KR', KOR: 'KR', THAILAND: 'TH', THA: 'TH', INDIA: 'IN', IND: 'IN', PHILIPPINES: 'PH',
  PHL: 'PH', VIETNAM: 'VN', VNM: 'VN', MALAYSIA: 'MY', MYS: 'MY', NEWZEALAND: 'NZ', NZL: 'NZ', SOUTHAFRICA: 'ZA', ZAF: 'ZA',
  UNITEDARABEMIRATES: 'AE', ARE: 'AE', SAUDIARABIA: 'SA', SAU: 'SA', ISRAEL: 'IL', ISR: 'IL', EGYPT: 'EG', EGY: 'EG',
  MOROCCO: 'MA', MAR: 'MA', LUXEMBOURG: 'LU', LUX: 'LU', ARGENTINA: 'AR', ARG: 'AR', COLOMBIA: 'CO', COL: 'CO', PERU: 'PE',
  PORTUGAL: 'PT', PRT: 'PT', SLOVAKIA: 'SK', SVK: 'SK', SLOVENIA: 'SI', SVN: 'SI', CROATIA: 'HR', HRV: 'HR', BULGARIA: 'BG',
}; // prettier-ignore

const EAST = 'America/New_York';
const CENTRAL = 'America/Chicago';
const MOUNTAIN = 'America/Denver';
const PACIFIC = 'America/Los_Angeles';

/** The clock of most of each state, province or territory. */
const REGIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  US: {
    AL: CENTRAL, AK: 'America/Anchorage', AZ: 'America/Phoenix', AR: CENTRAL, CA: PACIFIC, CO: MOUNTAIN, CT: EAST, DE: EAST,
    DC: EAST, FL: EAST, GA: EAST, HI: 'Pacific/Honolulu', ID: 'America/Boise', IL: CENTRAL, IN: 'America/Indiana/Indianapolis',
    IA: CENTRAL, KS: CENTRAL, KY: EAST, LA: CENTRAL, ME: EAST, MD: EAST, MA: EAST, MI: 'America/Detroit', MN: CENTRAL,
    MS: CENTRAL, MO: CENTRAL, MT: MOUNTAIN, NE: CENTRAL, NV: PACIFIC, NH: EAST, NJ: EAST, NM: MOUNTAIN, NY: EAST, NC: EAST,
    ND: CENTRAL, OH: EAST, OK: CENTRAL, OR: PACIFIC, PA: EAST, RI: EAST, SC: EAST, SD: CENTRAL, TN: CENTRAL, TX: CENTRAL,
    UT: MOUNTAIN, VT: EAST, VA: EAST, WA: PACIFIC, WV: EAST, WI: CENTRAL, WY: MOUNTAIN, PR: 'America/Puerto_Rico',
    GU: 'Pacific/Guam', VI: 'America/St_Thomas',
  },
  CA: {
    AB: 'America/Edmonton', BC: 'America/Vancouver', MB: 'America/Winnipeg', NB: 'America/Moncton', NL: 'America/St_Johns',
    NF: 'America/St_Johns', NS: 'America/Halifax', NT: 'America/Yellowknife', NU: 'America/Iqaluit', ON: 'America/Toronto',
    PE: 'America/Halifax', QC: 'America/Toronto', PQ: 'America/Toronto', SK: 'America/Regina', YT: 'America/Whitehorse',
  },
  AU: {
    ACT: 'Australia/Sydney', NSW: 'Australia/Sydney', NT: 'Australia/Darwin', QLD: 'Australia/Brisbane',
    SA: 'Australia/Adelaide', TAS: 'Australia/Hobart', VIC: 'Australia/Melbourne', WA: 'Australia/Perth',
  },
  ES: {}, PT: {},
}; // prettier-ignore

/** Mainland clocks of countries whose islands keep another: taken only where no region speaks against it. */
const MAINLAND: Readonly<Record<string, string>> = { ES: 'Europe/Madrid', PT: 'Europe/Lisbon' };

/** ISO 3166 code of two letters, or null. */
export function countryCode(country: string | null | undefined): string | null {
  const name = (country ?? '').toUpperCase().replace(/[^A-Z]/g, '');
  if (name.length === 2) return name === 'UK' ? 'GB' : name;
  return NAMES[name] ?? null;
}

/** The zone of a place, or null: an unknown zone is better than a wrong one. */
export function zoneOf(place: Place): string | null {
  const region = (place.region ?? '').toUpperCase().trim();
  const country = countryCode(place.country) ?? (isUsState(region) ? 'US' : isProvince(region) ? 'CA' : null);
  if (country === null) return null;
  return REGIONS[country]?.[region] ?? COUNTRIES[country] ?? MAINLAND[country] ?? null;
}

/** `New York, NY`, `DONGGUAN CN`, `VAN NUYS,CA-USA`, `AMSTERDAM - NETHERLANDS, THE`. @param last what two letters at the end mean */
export function zoneOfText(place: string | null, last: 'state' | 'country'): string | null {
  const parts = (place ?? '')
    .replace(/NETHERLANDS, THE/i, 'NETHERLANDS')
    .replace(/\s*\(([A-Z]{2,3})\)$/i, ', $1')
    .split(/\s*[,;]\s*|\s*-\s*(?=[A-Z]{2,}\b)|\s+(?=[A-Z]{2}$)/);
  const words = parts.map((part) => part.trim()).filter((part) => part !== '' && !/^[\d-]+$/.test(part)); // post codes say nothing
  const end = words.at(-1)?.toUpperCase() ?? '';
  const before = stateIn(words.at(-2) ?? '');
  if (words.length === 1 && end.length === 2) return zoneOf({ country: end }); // a state is not named without its town
  const state = stateIn(end);
  if (last === 'state' && (isUsState(state) || isProvince(state))) return zoneOf({ region: state });
  return zoneOf({ country: end, region: before });
}

/** `NY` of `NEW YORK NY 10001`, or the text itself. */
function stateIn(text: string): string {
  const upper = text.toUpperCase();
  return /(?:^| )([A-Z]{2,3})(?: \d{5}(?:-\d{4})?)?$/.exec(upper)?.[1] ?? upper;
}

export function isUsState(region: string): boolean {
  return Object.hasOwn(REGIONS['US'] ?? {}, region);
}

function isProvince(region: string): boolean {
  return Object.hasOwn(REGIONS['CA'] ?? {}, region) && !isUsState(region);
}
