import pg from 'pg';
import { TrackingService } from '../../tracking/tracking.service.ts';
import type { LoadResult } from './load.ts';
import type { Stand } from './stand.ts';
import { openHouse, type TrackingHouse } from './tracking-house.ts';

const PARCELS = 10_000;
const MERCHANTS = 200;
/** Events that each parcel has before. */
const HISTORY = 8;
const A_ROUND = 5_000;

/** One more event of each of these parcels, in turn out for delivery and back in transit, and its mark as due. */
const NEWS = `
  WITH chosen AS (SELECT merchant_id, id AS package_id, tracking_number FROM package WHERE id = ANY ($1::uuid[])),
  news AS (INSERT INTO tracking_event (number_key, event_key, id, source, number, carrier, status, direction, code, time_raw, occurred_at,
      order_at, sequence, needs_mapping, received_at, merchant_id, package_id)
    SELECT tracking_number, n || '-' || package_id, gen_random_uuid(), 'events', tracking_number, 'dhl',
      CASE n % 2 WHEN 0 THEN 'in_transit' ELSE 'out_for_delivery' END, 'forward', 'code', at::text, at, at, 0, false, clock_timestamp(), merchant_id, package_id
    FROM chosen, generate_series($2::int, $3::int) AS n, LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 hour') AS t (at))
  INSERT INTO tracking_due (merchant_id, package_id) SELECT merchant_id, package_id FROM chosen ON CONFLICT DO NOTHING`;

let open: Promise<TrackingHouse> | null = null;
let rounds = HISTORY;

/**
 * Parcels with a history of eight events get one more each, which moves them and is told; what is timed is their folds
 * alone, as the service makes them, fifty parcels a merchant at once.
 */
export async function folds(stand: Stand, seconds: number): Promise<LoadResult> {
  open ??= openHouse(stand, { name: 'folds', merchants: MERCHANTS, parcels: PARCELS });
  const { url, app, parcels } = await open;
  const tracking = app.get(TrackingService, { strict: false });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const times: number[] = [];
  let done = 0;
  try {
    for (let took = 0; took < seconds * 1_000; took = times.reduce((sum, time) => sum + time, 0)) {
      const some = parcels.slice(0, A_ROUND).map(({ packageId }) => packageId);
      await client.query(NEWS, [some, rounds === HISTORY ? 0 : rounds, rounds]);
      rounds += 1;
      const began = performance.now();
      await tracking.foldPending();
      times.push(performance.now() - began);
      done += A_ROUND;
    }
  } finally {
    await client.end();
  }
  const took = times.reduce((sum, time) => sum + time, 0) / 1_000;
  return { done, others: new Map(), seconds: took, times: Float64Array.from(times).sort() };
}
