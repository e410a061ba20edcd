import type { CourierStatus, Direction } from './canonical.translate.ts';
import { asSent, earlier, inOrder, merged, type FoldEvent } from './event-order.policy.ts';

export type { FoldEvent } from './event-order.policy.ts';

/** What the courier's word means for the package; `accepted` is the hand-over itself. */
export type PackageWord =
  | 'handed_over'
  | 'in_transit'
  | 'out_for_delivery'
  | 'attempt_failed'
  | 'available_for_pickup'
  | 'exception'
  | 'delivered'
  | 'rto_initiated'
  | 'rto_in_transit'
  | 'rto_delivered'
  | 'delivery_failed'
  | 'lost';

/** One step of the package on the way to where it is. Told once, under (word, ordinal). */
export interface Step {
  word: Exclude<PackageWord, 'handed_over'>;
  /** The how manieth time: the second failed attempt, the second time out for delivery. */
  ordinal: number;
  at: Date | null;
  reason: string | null;
  /** Key of the event that shows it. */
  evidence: string;
}

export interface Fold {
  /** What the courier says now; null: nothing yet. */
  courierStatus: CourierStatus | null;
  reason: string | null;
  direction: Direction;
  /** Where the package is by all that was said; null: no word about it. */
  packageWord: PackageWord | null;
  /** The first physical scan. */
  scannedAt: Date | null;
  deliveredAt: Date | null;
  returnedAt: Date | null;
  /** It ended, and then the courier said otherwise: automatic money stops. */
  disputed: boolean;
  /** Failed attempts, one per 4 hours. */
  attempts: number;
  lastEventAt: Date | null;
  steps: readonly Step[];
}

type Stage = 'before' | 'moving' | 'return' | 'end';

/** `before`: nothing physical is said; these never move a package. */
const STAGES: Readonly<Record<CourierStatus, Stage>> = {
  unknown: 'before',
  label_created: 'before',
  pickup_failed: 'before',
  cancelled: 'before',
  expired: 'before',
  accepted: 'moving',
  in_transit: 'moving',
  out_for_delivery: 'moving',
  attempt_failed: 'moving',
  available_for_pickup: 'moving',
  exception: 'moving',
  damaged: 'moving',
  rto_initiated: 'return',
  rto_in_transit: 'return',
  delivered: 'end',
  rto_delivered: 'end',
  lost: 'end',
  destroyed: 'end',
  seized_by_customs: 'end',
  delivery_failed: 'end',
};

const WORDS: Readonly<Record<CourierStatus, PackageWord | null>> = {
  unknown: null,
  label_created: null,
  pickup_failed: null,
  cancelled: null,
  expired: null,
  accepted: 'handed_over',
  in_transit: 'in_transit',
  out_for_delivery: 'out_for_delivery',
  attempt_failed: 'attempt_failed',
  available_for_pickup: 'available_for_pickup',
  exception: 'exception',
  damaged: 'exception',
  seized_by_customs: 'exception',
  rto_initiated: 'rto_initiated',
  rto_in_transit: 'rto_in_transit',
  delivered: 'delivered',
  rto_delivered: 'rto_delivered',
  lost: 'lost',
  destroyed: 'lost',
  delivery_failed: 'delivery_failed',
};

/** Said without anything physical: a claim about the parcel, not a scan of it. */
const NO_SCAN: readonly CourierStatus[] = ['exception', 'lost', 'delivery_failed'];
const PACKAGE_ENDS: readonly PackageWord[] = ['delivered', 'rto_delivered', 'lost', 'delivery_failed'];
const ATTEMPT_WINDOW_MS = 4 * 3_600_000;
/** Two sources name the same hand-over with the same second; the finer of two words is then the same event. */
const SAME_MOMENT_MS = 1000;

interface Walk {
  courier: CourierStatus | null;
  reason: string | null;
  courierAt: number | null;
  /** Why it could not be delivered: the last trouble before it turned back. */
  trouble: string | null;
  word: PackageWord | null;
  scannedAt: Date | null;
  deliveredAt: Date | null;
  returnedAt: Date | null;
  disputed: boolean;
  attempts: number;
  attemptAt: number | null;
  steps: Step[];
}

interface Next {
  courier: CourierStatus;
  disputed: boolean;
}

/**
 * The state of a parcel as a pure function of all its events: every order of arrival, every duplicate, every mix of
 * poll and push ends the same. Source: tracking.md, Algorithm 5 and 6.
 */
export function fold(events: readonly FoldEvent[]): Fold {
  const ordered = inOrder(merged(events));
  const walk: Walk = {
    courier: null,
    reason: null,
    courierAt: null,
    trouble: null,
    word: null,
    scannedAt: null,
    deliveredAt: null,
    returnedAt: null,
    disputed: false,
    attempts: 0,
    attemptAt: null,
    steps: [],
  };
  for (const event of ordered) take(walk, event);
  return {
    courierStatus: walk.courier,
    reason: walk.reason,
    direction: directionOf(walk, ordered),
    packageWord: walk.word,
    scannedAt: walk.scannedAt,
    deliveredAt: walk.deliveredAt,
    returnedAt: walk.returnedAt,
    disputed: walk.disputed,
    attempts: walk.attempts,
    lastEventAt: latest(ordered),
    steps: walk.steps,
  };
}

function take(walk: Walk, event: FoldEvent): void {
  if (event.status === null) return;
  noteScan(walk, event, event.status);
  const next = nextCourier(walk, event, event.status);
  if (next === null) return;
  const before = walk.courier;
  walk.reason = reasonOf(walk, event, next.courier);
  walk.courier = next.courier;
  if (next.courier !== before) walk.courierAt = asSent(event);
  walk.disputed ||= next.disputed;
  move(walk, event, next.courier);
}

function noteScan(walk: Walk, event: FoldEvent, status: CourierStatus): void {
  if (walk.scannedAt === null && STAGES[status] !== 'before' && !NO_SCAN.includes(status))
    walk.scannedAt = timeOf(event);
}

/** No zone moves a time so far ahead: it is a wrong date, and time limits would wait for it for ever. */
const WRONG_DATE_MS = 7 * 86_400_000;

/** The best known instant of an event; of a wrong date that lies ahead, the one at which it was told. */
function timeOf({ at, orderAt, receivedAt }: FoldEvent): Date | null {
  const sent = at ?? orderAt;
  if (sent !== null && receivedAt !== null && sent.getTime() - receivedAt.getTime() > WRONG_DATE_MS) return receivedAt;
  return at ?? earlier(orderAt, receivedAt);
}

/** Null: the event changes nothing. */
function nextCourier(walk: Walk, event: FoldEvent, status: CourierStatus): Next | null {
  const now = walk.courier;
  const stage = now === null ? 'before' : STAGES[now];
  switch (STAGES[status]) {
    case 'before':
      return stage === 'before' && (now === null || status !== 'unknown') ? said(status) : null;
    case 'moving':
      return nextMoving(now, stage, event, status);
    case 'return':
      return nextReturn(now, stage, status);
    case 'end':
      return nextEnd(walk, stage, event, status);
  }
}

function said(courier: CourierStatus, disputed = false): Next {
  return { courier, disputed };
}

function nextMoving(now: CourierStatus | null, stage: Stage, event: FoldEvent, status: CourierStatus): Next | null {
  if (stage === 'end') return now === 'delivered' && reopens(event, status) ? said(status, true) : null;
  if (stage === 'return') {
    const onItsWay = status === 'accepted' || status === 'in_transit' || event.direction === 'rto';
    return now === 'rto_initiated' && onItsWay ? said('rto_in_transit') : null;
  }
  return status === 'accepted' && stage === 'moving' ? null : said(status);
}

/** Only an explicit word opens a delivered parcel again; a late minor scan does not. Source: tracking.md, Algorithm 6. */
function reopens(event: FoldEvent, status: CourierStatus): boolean {
  if (status === 'attempt_failed' || status === 'available_for_pickup') return true;
  return status === 'exception' && event.reason !== null && event.reason !== 'other';
}

function nextReturn(now: CourierStatus | null, stage: Stage, status: CourierStatus): Next | null {
  if (stage === 'return') return now === 'rto_in_transit' ? null : said(status);
  if (stage === 'end') return now === 'rto_delivered' ? null : said(status, now !== 'seized_by_customs');
  return said(status);
}

function nextEnd(walk: Walk, stage: Stage, event: FoldEvent, status: CourierStatus): Next | null {
  const now = walk.courier;
  const sameMoment = walk.courierAt !== null && Math.abs(asSent(event) - walk.courierAt) <= SAME_MOMENT_MS;
  if (status === now) return null;
  if (stage === 'return' && status === 'delivered') {
    return event.direction === 'rto' ? said('rto_delivered') : said('delivered', true);
  }
  if (stage !== 'end') return said(status);
  if (now === 'delivered') return said(status, !(status === 'rto_delivered' && sameMoment));
  if (now === 'rto_delivered') return status === 'delivered' && !sameMoment ? said(status, true) : null;
  return said(status, now !== 'seized_by_customs' && (status === 'delivered' || status === 'rto_delivered'));
}

/** Why, where the word itself says so. Source: tracking.md, "damaged -> exception (with the reason)". */
const PLAIN_REASONS: Readonly<Partial<Record<CourierStatus, string>>> = {
  damaged: 'damaged',
  seized_by_customs: 'customs_hold',
  lost: 'lost',
};

function reasonOf(walk: Walk, event: FoldEvent, courier: CourierStatus): string | null {
  const troubled = courier === 'attempt_failed' || courier === 'exception' || courier === 'damaged';
  if (troubled && event.reason !== null) walk.trouble = event.reason;
  const vague = event.reason === 'other' && walk.trouble !== null && STAGES[courier] === 'return'; // why it turned back is known better
  if (event.reason !== null && !vague) return event.reason;
  if (courier === walk.courier) return walk.reason;
  const plain = PLAIN_REASONS[courier];
  if (plain !== undefined) return plain;
  if (courier === 'available_for_pickup') return walk.courier === 'attempt_failed' ? walk.reason : null;
  const back = STAGES[courier] === 'return' || courier === 'rto_delivered';
  if (!back) return null;
  const turned = walk.courier !== null && STAGES[walk.courier] === 'return';
  return turned ? (walk.reason ?? walk.trouble) : walk.trouble;
}

/** The package follows the courier until its end; after that only a finer word for the same moment counts. */
function move(walk: Walk, event: FoldEvent, courier: CourierStatus): void {
  const word = WORDS[courier];
  if (courier === 'attempt_failed' && event.status === 'attempt_failed') countAttempt(walk, event);
  if (word === null || word === walk.word || (word === 'handed_over' && walk.word !== null)) return;
  const ended = walk.word !== null && PACKAGE_ENDS.includes(walk.word);
  const finer = walk.word === 'delivered' && word === 'rto_delivered' && !walk.disputed;
  const withdrawn = walk.word?.startsWith('rto') === true && word === 'delivered';
  if ((ended && !finer) || withdrawn) return;
  walk.word = word;
  if (word === 'handed_over') return;
  const isNews = word === 'rto_in_transit' && walk.steps.every((step) => step.word !== 'rto_initiated');
  if (isNews) addStep(walk, event, 'rto_initiated'); // many couriers' first word of a return is that it is on its way
  if (word !== 'attempt_failed') addStep(walk, event, word);
  if (word === 'delivered') walk.deliveredAt = timeOf(event);
  if (word === 'rto_delivered') {
    walk.returnedAt = timeOf(event);
    walk.deliveredAt = null;
  }
}

/** Several lines tell of one attempt: it counts once per 4 hours. "Not attempted" is the courier's own failure. */
function countAttempt(walk: Walk, event: FoldEvent): void {
  if (event.reason === 'not_attempted' || (walk.word !== null && PACKAGE_ENDS.includes(walk.word))) return;
  const at = asSent(event);
  if (walk.attemptAt !== null && at - walk.attemptAt < ATTEMPT_WINDOW_MS) return;
  walk.attempts += 1;
  walk.attemptAt = at;
  addStep(walk, event, 'attempt_failed');
}

function addStep(walk: Walk, event: FoldEvent, word: Step['word']): void {
  const ordinal = walk.steps.filter((step) => step.word === word).length + 1;
  walk.steps.push({ word, ordinal, at: timeOf(event), reason: walk.reason, evidence: event.key });
}

function directionOf(walk: Walk, events: readonly FoldEvent[]): Direction {
  if (events.length > 0 && events.every((event) => event.direction === 'reverse')) return 'reverse';
  return walk.word?.startsWith('rto') === true || walk.courier?.startsWith('rto') === true ? 'rto' : 'forward';
}

function latest(events: readonly FoldEvent[]): Date | null {
  const times = events.map(timeOf).filter((time) => time !== null);
  return times.reduce<Date | null>((newest, time) => (newest === null || time > newest ? time : newest), null);
}
