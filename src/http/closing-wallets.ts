import type { EntityManager } from 'typeorm';
import type { Destination } from './destination.ts';

/** Something that has to end before money can leave, or before an account is closed. */
export interface WaitingFor {
  /** `order_not_settled`, `claim_open`, `payout_not_paid`, `email_unverified` … */
  name: string;
  cause: { type: string; id: string } | null;
  since: string | null;
  /** When it ends by itself, as far as that is known. */
  until: string | null;
}

/** The money of accounts that close. The wallet fills this port: accounts calls no other module. */
export abstract class ClosingWallets {
  /**
   * The cash is paid out there as soon as nothing is in the way, at once where nothing is; said again, the new
   * destination counts.
   * @param destination null: the one that was named before, if any; an empty wallet needs none
   * @returns what it waits for
   */
  abstract close(tx: EntityManager, merchantId: string, destination: Destination | null): Promise<WaitingFor[]>;
}
