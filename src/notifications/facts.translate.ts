/** Prefix of the id and the API's name of the field, for what events call otherwise. */
const IDS: Readonly<Record<string, readonly [prefix: string, field: string]>> = {
  merchantId: ['mer', 'merchant'],
  orderId: ['ord', 'order'],
  packageId: ['pkg', 'package'],
  claimId: ['clm', 'claim'],
  returnId: ['ret', 'return'],
  decisionId: ['dec', 'decision'],
  journalId: ['jnl', 'transaction'],
  topUpId: ['top', 'top_up'],
  payoutId: ['pay', 'payout'],
  membershipId: ['mbr', 'membership'],
  sourcingRequestId: ['srq', 'sourcing_request'],
  userId: ['usr', 'user'],
  keyId: ['key', 'key'],
  replacementOrderId: ['ord', 'replacement_order'],
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/**
 * What an event told, in the API's words: snake_case, ids as the API writes them. The id of the event's own noun is
 * `id`, the merchant's is left out elsewhere: whoever reads it is the merchant.
 * @param name of the event, `claim.opened`
 * @param idOut writes a UUID with its prefix
 */
export function factsOf(
  name: string,
  payload: Readonly<Record<string, unknown>>,
  idOut: (prefix: string, uuid: string) => string,
): Record<string, unknown> {
  const noun = name.split('.')[0] ?? name;
  const facts: [string, unknown][] = [];
  for (const [key, value] of Object.entries(payload)) {
    const [prefix, field] = IDS[key] ?? [];
    if (prefix === undefined || field === undefined) {
      facts.push([snake(key), plain(value)]);
      continue;
    }
    if (key === 'merchantId' && noun !== 'merchant') continue;
    const shown = typeof value === 'string' && UUID.test(value) ? idOut(prefix, value) : value;
    if (field.replace('_', '') === noun) facts.unshift(['id', shown]);
    else facts.push([field, shown]);
  }
  return Object.fromEntries(facts);
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [snake(key), plain(part)]));
}
