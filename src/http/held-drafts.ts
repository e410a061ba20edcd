import type { EntityManager } from 'typeorm';

/** A buyer, as far as one is told: an e-mail address, or where goods go. */
export interface SoughtBuyer {
  email?: string | undefined;
  address?: { line1: string; postal_code?: string; country: string } | undefined;
}

/** Orders of stores that were never placed, and still name their buyers. The stores fill this port: orders calls no module above. */
export abstract class HeldDrafts {
  /** They lose their buyer, and can no longer be placed. @param merchantId null: of every merchant */
  abstract forget(tx: EntityManager, merchantId: string | null, buyer: SoughtBuyer): Promise<void>;
}
