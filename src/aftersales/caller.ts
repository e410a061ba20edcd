import { tenantOf, type Actor } from '../http/actor.ts';

/** One package of an order, whose merchant is known. */
export interface PackageKey {
  merchantId: string;
  orderId: string;
  packageId: string;
}

/** Who asks; merchantId null is staff, who may ask about anybody's. */
export interface Caller {
  merchantId: string | null;
  userId: string | null;
}

export function callerOf(actor: Actor): Caller {
  return { merchantId: tenantOf(actor), userId: actor.kind === 'public' ? null : actor.userId };
}
