import { Listening } from '../database/listening.ts';

const CHANNEL = 'waybill_lane';

/** The statement that calls the processes that lease these lanes ($1: their numbers). */
export const CALL = `SELECT pg_notify('${CHANNEL}', lane::text) FROM unnest($1::int[]) AS lane`;

/** Hears other processes tell of what they left in a lane; what is missed is found by polling. */
export class LaneCalls extends Listening {
  constructor(url: string | undefined, hear: (lane: number) => void) {
    super(url, CHANNEL, (lane) => {
      hear(Number.parseInt(lane, 10));
    });
  }
}
