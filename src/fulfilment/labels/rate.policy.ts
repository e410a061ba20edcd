/** One price that the provider offers for carrying the parcel. */
export interface OfferedRate {
  id: string;
  carrier: string;
  service: string;
  /** Decimal, `5.93`. */
  rate: string;
  currency: string;
  deliveryDays: number | null;
}

export interface WantedService {
  /** The courier's names: as the operator's tracking settings call it at the provider, its code, its name. */
  carriers: readonly string[];
  /** The service's code and class: `ground`, `standard`, `express`. */
  service: string;
}

/** `FedEx Ground`, `fedex_ground` and `FedExGround` are one name. */
export function sameName(a: string, b: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return plain(a) === plain(b);
}

/**
 * The rate to buy: of the courier's, the one named as the service is; where none is (the operator's codes are its
 * own), the cheapest. Ties: fewer days, then the name, so that the choice never depends on the order of the answer.
 * @returns null where the courier offers nothing
 */
export function chooseRate(rates: readonly OfferedRate[], { carriers, service }: WantedService): OfferedRate | null {
  const ours = rates.filter((rate) => carriers.some((carrier) => sameName(carrier, rate.carrier)));
  const named = ours.filter((rate) => sameName(rate.service, service));
  return [...(named.length > 0 ? named : ours)].sort(cheaperFirst)[0] ?? null;
}

function cheaperFirst(a: OfferedRate, b: OfferedRate): number {
  return (
    compareDecimals(a.rate, b.rate) ||
    (a.deliveryDays ?? Infinity) - (b.deliveryDays ?? Infinity) ||
    (a.service < b.service ? -1 : 1)
  );
}

/** Compares decimals without leaving text for binary fractions. */
function compareDecimals(a: string, b: string): number {
  const [wholeA = '0', partA = ''] = a.split('.');
  const [wholeB = '0', partB = ''] = b.split('.');
  const digits = Math.max(partA.length, partB.length);
  const difference = BigInt(wholeA + partA.padEnd(digits, '0')) - BigInt(wholeB + partB.padEnd(digits, '0'));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
