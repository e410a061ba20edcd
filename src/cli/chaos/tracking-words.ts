import type { Saying, StoryParcel, Word } from './tracking-story.ts';

/** How EasyPost says it: status, status detail, message. */
const EASYPOST: Readonly<Record<Word, readonly [string, string, string]>> = {
  accepted: ['in_transit', 'received_at_origin_facility', 'Accepted at origin facility'],
  in_transit: ['in_transit', 'departed_facility', 'Departed facility'],
  out_for_delivery: ['out_for_delivery', 'out_for_delivery', 'Out for delivery'],
  attempt_failed: ['failure', 'refused', 'Refused by recipient'],
  available_for_pickup: ['available_for_pickup', 'arrived_at_pickup_location', 'Ready for pickup'],
  exception: ['failure', 'transit_exception', 'Transit exception'],
  delivered: ['delivered', 'arrived_at_destination', 'Delivered'],
  rto_initiated: ['return_to_sender', 'unknown', 'Being returned'],
  rto_in_transit: ['return_to_sender', 'return', 'On its way back'],
  rto_delivered: ['delivered', 'unknown', 'Delivered, To Original Sender'],
  lost: ['failure', 'lost', 'Lost'],
};

function detail({ word, at }: Saying): object {
  const [status, status_detail, message] = EASYPOST[word];
  return { object: 'TrackingDetail', status, status_detail, message, datetime: at.toISOString() };
}

/** A Tracker as EasyPost answers it. @param salt something in it that changes between two answers */
export function tracker({ number }: StoryParcel, said: readonly Saying[], salt: number): object {
  const newest = said.at(-1);
  const [status, status_detail] = newest === undefined ? ['unknown', 'unknown'] : EASYPOST[newest.word];
  const head = { object: 'Tracker', id: `trk_${salt}`, tracking_code: number, carrier: 'UPS', status, status_detail };
  return { ...head, is_return: false, tracking_details: said.map(detail) };
}

/** The webhook with it. */
export function trackerUpdated(parcel: StoryParcel, said: readonly Saying[], salt: number): object {
  return { object: 'Event', id: `evt_${salt}`, description: 'tracker.updated', result: tracker(parcel, said, salt) };
}

/** One of the events of `POST /v1/tracking/events`. */
export function ownEvent({ number }: StoryParcel, { word, at, n }: Saying): object {
  return { courier: 'ups', tracking_number: number, status: word, occurred_at: at.toISOString(), event_id: String(n) };
}
