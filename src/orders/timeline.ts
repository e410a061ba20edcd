import type { ToldEvent } from '../events/event-log.ts';
import type { EventCatalog, EventName } from '../events/catalog.ts';
import { instant } from '../kernel/clock.ts';
import { idOut, type IdPrefix } from '../kernel/ids.ts';
import { Money, type MoneyJson } from '../kernel/money.ts';
import type { OrderRecord } from './order.store.ts';
import type { TimelineAuthor, TimelineEntryView } from './orders.dto.ts';

type Payload = ToldEvent['payload'];

const text = (payload: Payload, field: string): string | null => {
  const value = payload[field];
  return typeof value === 'string' ? value : null;
};

const why = (payload: Payload): string => {
  const reason = text(payload, 'reason');
  return reason === null ? '' : ` (${reason.replaceAll('_', ' ')})`;
};

const ofType = (payload: Payload): string => {
  const type = text(payload, 'type');
  return type === null ? '' : ` (${type.replaceAll('_', ' ')})`;
};

/** The decision, the case or the tracking event that stands behind it. */
const causeOf = (payload: Payload): string | null => {
  const of = (field: string, kind: string, prefix: IdPrefix): string | null => {
    const id = text(payload, field);
    return id === null ? null : `${kind}:${idOut(prefix, id)}`;
  };
  return (
    of('decisionId', 'decision', 'dec') ??
    of('claimId', 'claim', 'clm') ??
    of('returnId', 'return', 'ret') ??
    text(payload, 'evidence')
  );
};

/** The events that an order is the aggregate of. */
type OrderEvent = { [N in EventName]: EventCatalog[N] extends { orderId: string } ? N : never }[EventName];

/** What each event of an order means, in a sentence. */
const SENTENCES: Readonly<Record<OrderEvent, (payload: Payload) => string>> = {
  'order.placed': () => 'The order was placed.',
  'order.awaiting_funds': () => 'The wallet was short: the order waits for money, its stock reserved.',
  'order.paid': () => 'The order was paid from the wallet.',
  'order.address_changed': () => 'The address was changed.',
  'order.in_fulfilment': () => 'The warehouse began with the order.',
  'order.shipped': () => 'Every package is with its courier.',
  'order.completed': () => 'Every package has reached its end.',
  'order.cancelled': () => 'The order was cancelled.',
  'order.settled': () => 'The order is settled: nothing can be claimed any more.',
  'order.erased': () => 'The buyer’s name, phone, e-mail and address were erased.',
  'package.dispatch_overdue': () => 'Still in the warehouse, past the promised dispatch time.',
  'package.packed': () => 'Packed, every unit scanned.',
  'package.labelled': (p) => `Labelled for ${text(p, 'courier') ?? 'the courier'}: ${text(p, 'trackingNumber') ?? ''}`,
  'package.handed_over': (p) => `Handed over to ${text(p, 'courier') ?? 'the courier'}.`,
  'package.intercepted': (p) =>
    p['stopped'] === true ? 'Stopped in the warehouse.' : 'It had left before it could be stopped.',
  'package.cancelled': () => 'The package was cancelled.',
  'package.settled': () => 'The package is settled: nothing can be claimed any more.',
  'package.received_back': () => 'The warehouse received it back.',
  'package.in_transit': (p) => `In transit${why(p)}.`,
  'package.out_for_delivery': () => 'Out for delivery.',
  'package.available_for_pickup': () => 'Waiting for the buyer at a pickup point.',
  'package.exception': (p) => `Held up at the courier${why(p)}.`,
  'package.disputed': () => 'The courier contradicted its own delivery: a person looks at it.',
  'package.delivery_attempt_failed': (p) => `A delivery failed${why(p)}.`,
  'package.delivered': () => 'Delivered.',
  'package.rto_initiated': (p) => `On its way back to the warehouse${why(p)}.`,
  'package.rto_delivered': () => 'Back at the warehouse, says the courier.',
  'package.rto_confirmed': () => 'The courier says, too, that it is back at the warehouse.',
  'package.delivery_failed': (p) => `The courier gave up${why(p)}.`,
  'package.lost': (p) => `The courier lost it${why(p)}.`,
  'package.first_scan_missing': () => 'The courier has not scanned it since its hand-over.',
  'package.rto_overdue': () => 'On its way back for too long.',
  'package.delivered_after_refund': () => 'Delivered after it was paid back.',
  'package.late': () => 'Late: past the policy’s limit.',
  'return.authorised': (p) => `A return was authorised: ${text(p, 'returnCode') ?? ''}`,
  'return.denied': (p) =>
    p['status'] === 'rejected' ? 'A return was received and not paid.' : 'A return was not allowed.',
  'return.expired': () => 'A return’s code has expired.',
  'return.received': (p) => `A return was received, ${text(p, 'condition') ?? ''}.`,
  'return.refunded': () => 'A return was paid back.',
  'claim.opened': (p) => `A claim was opened${ofType(p)}.`,
  'claim.needs_evidence': () => 'The claim needs evidence.',
  'claim.closing_soon': (p) => `The claim is closed on ${text(p, 'closesAt') ?? ''} unless somebody acts on it.`,
  'claim.closed': (p) => `The claim was closed${why(p)}.`,
  'claim.decided': (p) => `Decided: ${(text(p, 'outcome') ?? '').replaceAll('_', ' ')}.`,
};

function taken(payload: Payload, order: OrderRecord): MoneyJson {
  const amount = payload['amount'] as MoneyJson | undefined;
  return (amount === undefined ? order.total : Money.fromJson(amount)).negated().toJSON();
}

/** Who or what brought it about. */
function authorOf({ byKind, payload }: ToldEvent): TimelineAuthor {
  if (byKind === 'merchant' || byKind === 'staff') return byKind;
  if (payload['evidence'] !== undefined) return 'courier';
  return text(payload, 'decisionId') === null ? 'waybill' : 'policy';
}

/** One line of an order's timeline. Personal data is in none of them. */
export function timelineEntry(event: ToldEvent, order: OrderRecord): TimelineEntryView {
  const { payload } = event;
  const packageId = text(payload, 'packageId');
  const refund = payload['refund'] as MoneyJson | null | undefined;
  const credited = payload['credited'] as MoneyJson | undefined;
  return {
    id: idOut('evt', event.id),
    at: instant(event.happenedAt),
    type: event.name,
    package: packageId === null ? null : idOut('pkg', packageId),
    text: (SENTENCES as Partial<typeof SENTENCES>)[event.name as OrderEvent]?.(payload) ?? event.name,
    by: authorOf(event),
    user: event.byUser === null ? null : idOut('usr', event.byUser),
    amount: event.name === 'order.paid' ? taken(payload, order) : refund ? (credited ?? refund) : null,
    cause: causeOf(payload),
  };
}
