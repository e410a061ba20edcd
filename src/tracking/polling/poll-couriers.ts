/** How a courier's interface is asked about one number. */
export interface PollRequest {
  method: 'GET' | 'POST';
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

/** How a token is got; it is kept until it runs out. */
export interface TokenRequest {
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** A courier's published tracking interface. */
export interface PollCourier {
  source: string;
  baseUrl: string;
  /** So many calls a minute, by all processes together: below what the courier allows without a contract. */
  perMinute: number;
  /** @param key as it is configured, `id:secret` where there are two parts */
  token?: (key: string) => TokenRequest;
  /** @param credential the token where there is one, else the key */
  ask: (number: string, credential: string) => PollRequest;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };

function basic(key: string): string {
  return `Basic ${Buffer.from(key).toString('base64')}`;
}

/** `id:secret`; a secret may hold colons. */
function parts(key: string): [id: string, secret: string] {
  const cut = key.indexOf(':');
  return cut < 0 ? [key, ''] : [key.slice(0, cut), key.slice(cut + 1)];
}

/** DHL Shipment Tracking, Unified. Source: developer.dhl.com. */
const dhlUnified: PollCourier = {
  source: 'dhl_unified',
  baseUrl: 'https://api-eu.dhl.com',
  perMinute: 12,
  ask: (number, key) => ({
    method: 'GET',
    path: `/track/shipments?trackingNumber=${encodeURIComponent(number)}&language=en`,
    headers: { 'dhl-api-key': key, accept: 'application/json' },
  }),
};

/** UPS Tracking. Source: developer.ups.com; transId names each call. */
const ups: PollCourier = {
  source: 'ups',
  baseUrl: 'https://onlinetools.ups.com',
  perMinute: 120,
  token: (key) => ({
    path: '/security/v1/oauth/token',
    headers: { ...FORM, authorization: basic(key) },
    body: 'grant_type=client_credentials',
  }),
  ask: (number, token) => ({
    method: 'GET',
    path: `/api/track/v1/details/${encodeURIComponent(number)}?locale=en_US&returnSignature=false`,
    headers: {
      authorization: `Bearer ${token}`,
      transid: number.slice(0, 32),
      transactionsrc: 'waybill',
      accept: 'application/json',
    },
  }),
};

/** FedEx Track API v1. Source: developer.fedex.com. */
const fedex: PollCourier = {
  source: 'fedex',
  baseUrl: 'https://apis.fedex.com',
  perMinute: 120,
  token: (key) => {
    const [id, secret] = parts(key);
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
    return { path: '/oauth/token', headers: FORM, body: body.toString() };
  },
  ask: (number, token) => ({
    method: 'POST',
    path: '/track/v1/trackingnumbers',
    headers: { ...JSON_TYPE, authorization: `Bearer ${token}`, 'x-locale': 'en_US' },
    body: JSON.stringify({
      includeDetailedScans: true,
      trackingInfo: [{ trackingNumberInfo: { trackingNumber: number } }],
    }),
  }),
};

/** USPS Tracking v3. Source: developers.usps.com. */
const usps: PollCourier = {
  source: 'usps',
  baseUrl: 'https://apis.usps.com',
  perMinute: 60,
  token: (key) => {
    const [id, secret] = parts(key);
    const body = JSON.stringify({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
    return { path: '/oauth2/v3/token', headers: JSON_TYPE, body };
  },
  ask: (number, token) => ({
    method: 'GET',
    path: `/tracking/v3/tracking/${encodeURIComponent(number)}?expand=DETAIL`,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
  }),
};

/** Canada Post, Get Tracking Details. Source: canadapost-postescanada.ca, developer program. */
const canadaPost: PollCourier = {
  source: 'canada_post',
  baseUrl: 'https://soa-gw.canadapost.ca',
  perMinute: 60,
  ask: (number, key) => ({
    method: 'GET',
    path: `/vis/track/pin/${encodeURIComponent(number)}/detail`,
    headers: { authorization: basic(key), accept: 'application/vnd.cpc.track-v2+xml', 'accept-language': 'en-CA' },
  }),
};

export const POLL_COURIERS: readonly PollCourier[] = [canadaPost, dhlUnified, fedex, ups, usps];
