import type { PackageRecord } from '../fulfilment/fulfilment.service.ts';
import { instant, instantOrNull } from '../kernel/clock.ts';
import { idOut } from '../kernel/ids.ts';
import { Money } from '../kernel/money.ts';
import { worthByLine, type OrderWithPackages } from '../orders/orders.service.ts';
import type {
  Evidence,
  FactPackage,
  FactRequest,
  Facts,
  Inspection,
  RequestKind,
} from '../policies/policies.service.ts';

/** What somebody or something asks about one package of an order. */
export interface Question {
  kind: RequestKind;
  packageId: string;
  at: Date;
  /** What the asker says beside it: the type of a claim or return, whose fault it is, what is preferred … */
  said?: Partial<Omit<FactRequest, 'kind' | 'at'>>;
  /** The units that it is about; left out: every unit of the package. */
  affected?: Facts['affected'];
  /** Units that earlier cases have settled. */
  settled?: readonly { line: number; quantity: number }[];
  evidence?: readonly Evidence[];
  inspection?: Inspection;
  /** The warehouse's answer to a request to stop it, which goes before its scans: stopped counts as cancelled. */
  answered?: 'stopped' | 'left';
}

/** The facts of policies.md as the database knows them. Ids are written as the API writes them. */
export function factsOf({ order, packages }: OrderWithPackages, question: Question): Facts {
  const { kind, packageId, at, said, affected, settled = [], evidence, inspection, answered } = question;
  const about = packages.find(({ id }) => id === packageId);
  const worth = worthByLine(order);
  const nothing = Money.zero(order.currency);
  // Nothing is paid yet of an order that waits for money, and never of what was cancelled meanwhile.
  const wasPaid = about === undefined ? order.paidAt !== null : about.paidAt !== null;
  const paid = (amount: Money): string => (wasPaid ? amount : nothing).amount;
  return {
    request: { ...requestOf(kind, at), ...said },
    order: {
      placed_at: instant(order.createdAt),
      currency: order.currency,
      service: order.service,
      shipping_paid: paid(order.shippingPaid),
      shipping_cost: order.shippingCost.amount,
      items: order.lines.map((line) => ({
        line: line.line,
        quantity: line.quantity,
        paid: paid(worth.get(line.line) ?? nothing),
      })),
    },
    packages: packages.map((record) =>
      record.id === packageId ? asAnswered(packageFacts(record), answered, at) : packageFacts(record),
    ),
    package: idOut('pkg', packageId),
    affected: affected ?? [],
    evidence: [...(evidence ?? [])],
    inspection: inspection ?? null,
    already_refunded: about?.refunded.plus(about.madeGood).amount ?? Money.zero(order.currency).amount,
    ...(settled.length === 0 ? {} : { settled: [...settled] }),
  };
}

function requestOf(kind: RequestKind, at: Date): FactRequest {
  return {
    kind,
    type: null,
    at: instant(at),
    preferred_remedy: null,
    fault: null,
    minor_variation: false,
    misuse: false,
    order_label_found: null,
    charge: null,
  };
}

function packageFacts(record: PackageRecord): FactPackage {
  const lines = new Map<number, number>();
  for (const { line, quantity } of record.items) lines.set(line, (lines.get(line) ?? 0) + quantity);
  return {
    id: idOut('pkg', record.id),
    status: record.status,
    reason: record.reason,
    disputed: record.disputed,
    handed_over_at: instantOrNull(record.handedOverAt),
    delivered_at: instantOrNull(record.deliveredAt),
    returned_at: instantOrNull(record.returnedAt),
    items: [...lines].map(([line, quantity]) => ({ line, quantity })),
  };
}

/** policies.md, Exact readings: a package stopped by interception is `cancelled`; one that left is judged by its status. */
function asAnswered(facts: FactPackage, answered: Question['answered'], at: Date): FactPackage {
  if (answered === 'stopped') return { ...facts, status: 'cancelled' };
  const stillHere = facts.handed_over_at === null;
  return answered === 'left' && stillHere ? { ...facts, status: 'handed_over', handed_over_at: instant(at) } : facts;
}
