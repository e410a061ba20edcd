import type { MerchantActor, StaffActor } from './actor.ts';

/** Who stands behind a credential. The accounts module fills this port. */
export abstract class Identities {
  /**
   * Null: unknown, revoked, or its owner is closed.
   * @param address the caller's
   * @throws DomainError the key is not to be used from there
   */
  abstract byKey(secret: string, address: string): Promise<MerchantActor | StaffActor | null>;
  /** Null: unknown or expired. */
  abstract bySession(token: string): Promise<MerchantActor | StaffActor | null>;
}
