import type { PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { InvalidFields, invalidField, NotFound, type FieldError } from '../../kernel/errors.ts';
import { Money, NotMoney, type MoneyJson } from '../../kernel/money.ts';
import type { OrderWithPackages } from '../../orders/orders.service.ts';
import { unitsIn } from '../settled-unit.store.ts';

/** What a case says of the units that it is about. */
export interface Meant {
  /** Null: not said. */
  packageId: string | null;
  items: readonly { line: number; quantity: number }[];
}

/**
 * The package that a case is about: the one that it names, the only one, or the one that holds all of its units; of
 * several the one that was delivered, else the first.
 * @throws NotFound the order has no such package
 * @throws InvalidFields a line that the order does not have, more units than the package holds, units of several packages
 */
export function packageMeant({ order, packages }: OrderWithPackages, { packageId, items }: Meant): PackageRecord {
  const faults = items.flatMap(({ line }, i): FieldError[] =>
    order.lines.some((l) => l.line === line)
      ? []
      : [{ pointer: `/items/${i}/line`, code: 'unknown', detail: 'The order has no such line.' }],
  );
  if (faults.length > 0) throw new InvalidFields(faults);
  const named = packageId === null ? undefined : packages.find(({ id }) => id === packageId);
  if (packageId !== null && named === undefined) throw new NotFound('package');
  const [only, ...others] = packages;
  const parcel = named ?? (others.length === 0 ? only : holding(packages, items));
  if (parcel === undefined) {
    throw invalidField('/package', 'required', 'The order has several packages: say which one the claim is about.');
  }
  const tooMany = overfull(parcel, items);
  if (tooMany.length > 0) throw new InvalidFields(tooMany);
  return parcel;
}

function holding(packages: readonly PackageRecord[], items: Meant['items']): PackageRecord | undefined {
  if (items.length === 0) return undefined;
  const able = packages.filter((parcel) => {
    const units = unitsIn(parcel);
    return items.every(({ line }) => units.has(line)) && overfull(parcel, items).length === 0;
  });
  return able.find(({ status }) => status === 'delivered') ?? able[0];
}

/** A line of the order that the package does not hold is allowed: it counts as no units (policies.md, Exact readings). */
function overfull(parcel: PackageRecord, items: Meant['items']): FieldError[] {
  const left = unitsIn(parcel);
  return items.flatMap(({ line, quantity }, i) => {
    const units = left.get(line);
    if (units === undefined) return [];
    left.set(line, units - quantity);
    if (units >= quantity) return [];
    return [
      { pointer: `/items/${i}/quantity`, code: 'too_large', detail: 'The package holds fewer units of the line.' },
    ];
  });
}

/**
 * What a receipt of customs shows, as facts have it.
 * @param charge a text is an amount of the order's currency
 * @throws InvalidFields no amount of the order's currency
 */
export function chargeOf(charge: MoneyJson | string | null, currency: string): string | null {
  if (charge === null) return null;
  const given = typeof charge === 'string' ? { amount: charge, currency } : charge;
  if (given.currency !== currency) throw invalidField('/charge/currency', 'currency', `The order is in ${currency}.`);
  try {
    return Money.fromJson(given).amount;
  } catch (error) {
    if (!(error instanceof NotMoney)) throw error;
    throw invalidField('/charge', 'money', error.message);
  }
}
