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

const words = (payload: Payload, field: string): string => (text(payload, field) ?? '').replaceAll('_', ' ');

const money = (payload: Payload, field: string): string => {
  const amount = payload[field] as MoneyJson | null | undefined;
  return amount === null || amount === undefined ? '' : Money.fromJson(amount).toString();
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
    of('replacementOrderId', 'order', 'ord') ??
    of('evidenceId', 'evidence', 'evd') ??
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
  'package.picked': () => 'The warehouse began to pick it.',
  'package.packed': () => 'Packed, every unit scanned.',
  'package.labelled': (p) => `Labelled for ${text(p, 'courier') ?? 'the courier'}: ${text(p, 'trackingNumber') ?? ''}`,
  'package.handed_over': (p) => `Handed over to ${text(p, 'courier') ?? 'the courier'}.`,
  'package.intercepted': (p) =>
    p['stopped'] === true
      ? `Stopped in the warehouse, for the ${words(p, 'cause')}.`
      : `Not stopped: it had left, or was handed over before the answer; the ${words(p, 'cause')} came too late.`,
  'package.cancelled': () => 'The package was cancelled.',
  'package.settled': () => 'The package is settled: nothing can be claimed any more.',
  'package.received_back': (p) =>
    `The warehouse received it back: ${words(p, 'condition')}, ${p['unopened'] === true ? 'unopened' : 'opened'}.`,
  'package.in_transit': (p) => `In transit${why(p)}.`,
  'package.out_for_delivery': () => 'Out for delivery.',
  'package.available_for_pickup': () => 'Waiting for the buyer at a pickup point.',
  'package.exception': (p) => `Held up at the courier${why(p)}.`,
  'package.disputed': () => 'The courier contradicted its own delivery: a person looks at it.',
  'package.delivery_attempt_failed': (p) => `A delivery failed${why(p)}.`,
  'package.instructed': (p) => `The courier shall do this after the failed attempt: ${words(p, 'action')}.`,
  'package.delivered': () => 'Delivered.',
  'package.rto_initiated': (p) => `On its way back to the warehouse${why(p)}.`,
  'package.rto_delivered': (p) =>
    p['evidence'] === 'receipt'
      ? 'Back at the warehouse, as it received it.'
      : 'Back at the warehouse, says the courier.',
  'package.rto_confirmed': () => 'The courier says, too, that it is back at the warehouse.',
  'package.delivered_though_cancelled': () => 'The courier says that it delivered it, though it was cancelled.',
  'package.delivery_failed': (p) => `The courier gave up${why(p)}.`,
  'package.lost': (p) => `The courier lost it${why(p)}.`,
  'package.first_scan_missing': () => 'The courier has not scanned it since its hand-over.',
  'package.rto_overdue': () => 'On its way back for too long.',
  'package.delivered_after_refund': (p) => `Delivered after ${money(p, 'amount')} were paid back: ${kept(p)}.`,
  'package.refund_taken_back': () => 'What was paid back was taken back: it was delivered.',
  'package.sent_again': () => 'Goods of it are sent again by a free order.',
  'package.late': () => 'Late: past the policy’s limit.',
  'return.requested': (p) => `It was asked whether goods may come back${ofType(p)}.`,
  'return.evidence_added': (p) => `A file was shown for the return: ${words(p, 'kind')}.`,
  'return.sent': (p) => `The buyer has sent the goods back with ${text(p, 'courier') ?? 'a courier'}.`,
  'return.authorised': (p) => `A return was authorised: ${text(p, 'returnCode') ?? ''}`,
  'return.denied': (p) =>
    p['status'] === 'rejected' ? 'A return was received and not paid.' : 'A return was not allowed.',
  'return.expired': () => 'A return’s code has expired.',
  'return.received': (p) => `A return was received, ${text(p, 'condition') ?? ''}.`,
  'return.refunded': () => 'A return was paid back.',
  'claim.opened': (p) => `A claim was opened${ofType(p)}.`,
  'claim.evidence_added': (p) => `A file was shown for the claim: ${words(p, 'kind')}.`,
  'claim.needs_evidence': (p) => `The claim needs evidence: ${missing(p)}.`,
  'claim.closing_soon': (p) => `The claim is closed on ${text(p, 'closesAt') ?? ''} unless somebody acts on it.`,
  'claim.closed': (p) => `The claim was closed${why(p)}.`,
  'claim.decided': (p) => `Decided about ${subjectOf(p)}: ${`${words(p, 'outcome')} ${money(p, 'refund')}`.trim()}.`,
};

/** What a decision is about. */
function subjectOf(payload: Payload): string {
  switch (text(payload, 'kind')) {
    case 'cancellation':
      return 'the cancellation';
    case 'address_change':
      return 'the change of address';
    case 'receipt':
      return text(payload, 'type') === null
        ? 'the parcel that came back'
        : `the goods that came back${ofType(payload)}`;
    case 'claim':
      return `the claim${ofType(payload)}`;
    case 'return':
      return `the return${ofType(payload)}`;
    default:
      return payload['cause'] === 'delivered_after_refund' ? 'the delivery after the refund' : 'the delivery';
  }
}

function missing({ missing: kinds }: Payload): string {
  return Array.isArray(kinds) ? kinds.map((kind) => String(kind).replaceAll('_', ' ')).join(', ') : '';
}

function kept(payload: Payload): string {
  const at = text(payload, 'takenBackAt');
  if (at !== null) return `it is taken back on ${at}`;
  return payload['action'] === 'keep' ? 'the merchant keeps it' : 'a person decides';
}

function taken(payload: Payload, order: OrderRecord): MoneyJson {
  const amount = payload['amount'] as MoneyJson | undefined;
  return (amount === undefined ? order.total : Money.fromJson(amount)).negated().toJSON();
}

/** What it moved in the wallet. */
function amountOf({ name, payload }: ToldEvent, order: OrderRecord): MoneyJson | null {
  if (name === 'order.paid') return order.replaces === null ? taken(payload, order) : null;
  if (name === 'package.refund_taken_back') return taken(payload, order);
  const refund = payload['refund'] as MoneyJson | null | undefined;
  const credited = payload['credited'] as MoneyJson | undefined;
  return refund ? (credited ?? refund) : null;
}

/** A free order is placed for another one's goods. */
function sentenceOf({ name, payload }: ToldEvent, { replaces }: OrderRecord): string {
  const ofOrder = replaces === null ? null : idOut('ord', replaces.orderId);
  if (ofOrder !== null && name === 'order.placed') return `Placed to send goods of ${ofOrder} again.`;
  if (ofOrder !== null && name === 'order.paid') return 'Nothing is to be paid for it.';
  return (SENTENCES as Partial<typeof SENTENCES>)[name as OrderEvent]?.(payload) ?? name;
}

/** What follows from the packages by itself, in whoever's request the last of them moved. */
const FOLLOWS: readonly string[] = [
  ...['order.in_fulfilment', 'order.shipped', 'order.completed', 'order.settled', 'package.settled'],
];

/** Who or what brought it about. What a receipt proves is the warehouse's word, and lateness is the clock's. */
function authorOf({ name, byKind, payload }: ToldEvent): TimelineAuthor {
  if (FOLLOWS.includes(name)) return 'waybill';
  if (payload['by'] === 'policy') return 'policy';
  if (byKind === 'merchant' || byKind === 'staff') return byKind;
  if (payload['evidence'] === 'receipt') return 'staff';
  if (name === 'package.rto_confirmed' || name === 'package.delivered_though_cancelled') return 'courier';
  if (payload['evidence'] !== undefined && name !== 'package.late') return 'courier';
  return text(payload, 'decisionId') === null ? 'waybill' : 'policy';
}

/** One line of an order's timeline. Personal data is in none of them. */
export function timelineEntry(event: ToldEvent, order: OrderRecord): TimelineEntryView {
  const { payload } = event;
  const packageId = text(payload, 'packageId');
  const by = authorOf(event);
  return {
    id: idOut('evt', event.id),
    at: instant(event.happenedAt),
    type: event.name,
    package: packageId === null ? null : idOut('pkg', packageId),
    text: sentenceOf(event, order),
    by,
    user: event.byUser === null || by === 'policy' || by === 'waybill' ? null : idOut('usr', event.byUser),
    amount: amountOf(event, order),
    cause: causeOf(payload),
  };
}
