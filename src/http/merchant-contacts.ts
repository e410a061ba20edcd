import type { Db } from '../database/sql.ts';

/** Who a merchant is on paper, and whether money may leave. */
export interface MerchantContact {
  name: string;
  email: string;
  emailVerified: boolean;
  /** ISO 3166 */
  country: string;
  /** Its home currency, ISO 4217. */
  currency: string;
  status: 'active' | 'suspended' | 'closing' | 'closed';
}

/** Merchants as documents and payouts need them. The accounts module fills this port: the wallet calls no other module. */
export abstract class MerchantContacts {
  /** As it is now, in the caller's transaction where there is one. @throws NotFound */
  abstract contact(db: Db, merchantId: string): Promise<MerchantContact>;
}
