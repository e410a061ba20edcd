import fc from 'fast-check';
import { Money } from '../../src/kernel/money.ts';
import {
  CLAIM_TYPES,
  CONDITIONS,
  EVIDENCE,
  FAULTS,
  PACKAGE_STATUSES,
  RECEIPT_TYPES,
  REMEDIES,
  RETURN_CODES,
  RETURN_TYPES,
  isDispatched,
  type CaseType,
  type FactPackage,
  type FactRequest,
  type Facts,
  type PackageStatus,
  type RequestKind,
} from '../../src/policies/deciding/facts.policy.ts';

const PLACED = Date.parse('2026-05-01T10:00:00Z');
const DAY = 86_400_000;

function text(ms: number): string {
  return new Date(ms).toISOString();
}

/** Facts of an order with one package of one unit, delivered on day 11, at 20.00 and 5.00 shipping; then what differs. */
export function factsOf(
  request: Partial<FactRequest> & Pick<FactRequest, 'kind'>,
  parcel: Partial<FactPackage> = {},
  others: Partial<Omit<Facts, 'request' | 'packages' | 'order'>> & {
    order?: Partial<Facts['order']>;
    packages?: FactPackage[];
  } = {},
): Facts {
  const { order, packages = [], ...rest } = others;
  const status = parcel.status ?? 'delivered';
  return {
    request: {
      type: null,
      at: '2026-05-13T12:00:00Z',
      preferred_remedy: null,
      fault: null,
      minor_variation: false,
      misuse: false,
      order_label_found: null,
      charge: null,
      ...request,
    },
    order: {
      placed_at: '2026-05-01T10:00:00Z',
      currency: 'USD',
      service: 'standard',
      shipping_paid: '5.00',
      shipping_cost: '7.00',
      items: [{ line: 1, quantity: 1, paid: '20.00' }],
      ...order,
    },
    packages: [
      {
        id: 'p1',
        status,
        reason: null,
        disputed: false,
        handed_over_at: isDispatched(status) ? '2026-05-02T10:00:00Z' : null,
        delivered_at: status === 'delivered' ? '2026-05-12T10:00:00Z' : null,
        returned_at: null,
        items: [{ line: 1, quantity: 1 }],
        ...parcel,
      },
      ...packages,
    ],
    package: 'p1',
    affected: [],
    evidence: [],
    inspection: null,
    already_refunded: '0.00',
    ...rest,
  };
}

/** Any request that the API would let through. */
export const anyRequest: fc.Arbitrary<FactRequest> = fc
  .record({
    kind: fc.constantFrom<RequestKind>('cancellation', 'address_change', 'tracking', 'receipt', 'claim', 'return'),
    claim: fc.constantFrom(...CLAIM_TYPES),
    back: fc.constantFrom(...RETURN_TYPES),
    receipt: fc.option(fc.constantFrom(...RECEIPT_TYPES)),
    at: fc.integer({ min: 0, max: 500 * 24 }).map((hours) => text(PLACED + hours * 3_600_000)),
    preferred_remedy: fc.option(fc.constantFrom(...REMEDIES)),
    fault: fc.option(fc.constantFrom(...FAULTS)),
    minor_variation: fc.boolean(),
    misuse: fc.boolean(),
    order_label_found: fc.option(fc.boolean()),
    charge: fc.option(fc.integer({ min: 0, max: 5_000 }).map((minor) => Money.ofMinor(BigInt(minor), 'USD').amount)),
  })
  .map(({ claim, back, receipt, ...rest }) => {
    const types: Partial<Record<RequestKind, CaseType | null>> = { claim, return: back, receipt };
    return { ...rest, type: types[rest.kind] ?? null };
  });

interface DrawnPackage {
  status: PackageStatus;
  disputed: boolean;
  handedOverDay: number;
  days: number;
  /** For each line: how many of the units that are left it takes, in thirds. */
  thirds: number[];
}

const anyPackage: fc.Arbitrary<DrawnPackage> = fc.record({
  status: fc.constantFrom(...PACKAGE_STATUSES),
  disputed: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  handedOverDay: fc.integer({ min: 0, max: 10 }),
  days: fc.integer({ min: 1, max: 40 }),
  thirds: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
});

/** An order of up to four lines in up to three packages that hold all of it; the last takes what is left. */
export const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    request: anyRequest,
    lines: fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 7 }), paid: fc.integer({ min: 0, max: 9_999 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
    shipping: fc.integer({ min: 0, max: 2_000 }),
    cost: fc.integer({ min: 0, max: 2_000 }),
    service: fc.constantFrom('standard' as const, 'express' as const),
    packages: fc.array(anyPackage, { minLength: 1, maxLength: 3 }),
    asked: fc.integer({ min: 0, max: 3 }),
    affected: fc.array(
      fc.record({
        line: fc.integer({ min: 0, max: 3 }),
        severity: fc.option(fc.constantFrom('0.00', '0.25', '0.4', '1')),
      }),
      {
        maxLength: 3,
      },
    ),
    evidence: fc.subarray([...EVIDENCE]),
    inspection: fc.option(
      fc.record({
        unopened: fc.boolean(),
        original_label: fc.boolean(),
        condition: fc.constantFrom(...CONDITIONS),
        return_code: fc.option(fc.constantFrom(...RETURN_CODES)),
      }),
    ),
    settled: fc.integer({ min: 0, max: 4 }),
    can_send_again: fc.option(fc.boolean()),
  })
  .map((drawn): Facts => {
    const money = (minor: number): string => Money.ofMinor(BigInt(minor), 'USD').amount;
    const items = drawn.lines.map((l, i) => ({ line: i + 1, quantity: l.quantity, paid: money(l.paid) }));
    const packages = packed(items, drawn.packages);
    const asked = packages[drawn.asked];
    const held = new Map((asked?.items ?? items).map((item) => [item.line, item.quantity]));
    const affected = drawn.affected.flatMap(({ line, severity }) => {
      const left = held.get(line + 1) ?? 0;
      held.set(line + 1, left - 1);
      return left > 0 ? [{ line: line + 1, quantity: 1, severity }] : [];
    });
    return {
      request: drawn.request,
      order: {
        placed_at: text(PLACED),
        currency: 'USD',
        service: drawn.service,
        shipping_paid: money(drawn.shipping),
        shipping_cost: money(drawn.cost),
        items,
      },
      packages,
      package: asked?.id ?? null,
      affected,
      evidence: drawn.evidence,
      inspection: drawn.inspection,
      already_refunded: '0.00',
      // In most cases nothing: units of the first line of the package.
      settled: (asked?.items ?? items).slice(0, 1).flatMap(({ line, quantity }) => {
        const units = Math.min(Math.max(drawn.settled - 2, 0), quantity);
        return units > 0 ? [{ line, quantity: units }] : [];
      }),
      can_send_again: drawn.can_send_again,
    };
  });

function packed(items: readonly { line: number; quantity: number }[], drawn: readonly DrawnPackage[]): FactPackage[] {
  const left = new Map(items.map(({ line, quantity }) => [line, quantity]));
  return drawn.map((p, i) => {
    const last = i === drawn.length - 1;
    const took = items.flatMap(({ line }, l) => {
      const rest = left.get(line) ?? 0;
      const quantity = last ? rest : Math.floor((rest * (p.thirds[l] ?? 0)) / 3);
      left.set(line, rest - quantity);
      return quantity > 0 ? [{ line, quantity }] : [];
    });
    const handedOver = PLACED + p.handedOverDay * DAY;
    return {
      id: `p${i + 1}`,
      status: p.status,
      reason: null,
      disputed: p.disputed,
      handed_over_at: isDispatched(p.status) ? text(handedOver) : null,
      delivered_at: p.status === 'delivered' ? text(handedOver + p.days * DAY) : null,
      returned_at: p.status === 'rto_delivered' ? text(handedOver + p.days * DAY) : null,
      items: took,
    };
  });
}
