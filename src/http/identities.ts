import type { MerchantActor, StaffActor } from './actor.ts';

/** Who stands behind a credential. The accounts module fills this port. */
export abstract class Identities {
  /** Null: unknown, revoked, or its owner is closed. */
  abstract byKey(secret: string): Promise<MerchantActor | StaffActor | null>;
  /** Null: unknown or expired. */
  abstract bySession(token: string): Promise<MerchantActor | StaffActor | null>;
}
