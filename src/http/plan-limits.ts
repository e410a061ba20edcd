/** What a merchant's plan allows. The memberships module fills this port. */
export abstract class PlanLimits {
  /** Calls that place orders, a minute; a batch is one. */
  abstract ordersPerMinute(merchantId: string): Promise<number>;
}
