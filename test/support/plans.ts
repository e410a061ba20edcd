import { rows } from '../../src/database/sql.ts';
import { idIn } from '../../src/kernel/ids.ts';
import { expectStatus, usd, type Merchant, type World } from './world.ts';

export interface MembershipShape {
  plan: string;
  status: string;
  period: { start: string; end: string } | null;
  scheduled_change: { plan: string; effective_at: string } | null;
  next_charge: { at: string; amount: { amount: string; currency: string } } | null;
}

export interface PeriodShape {
  start: string;
  end: string;
  plan: string;
  kind: string;
  amount: { amount: string };
  charged_at: string | null;
}

interface Terms {
  price?: string;
  orders?: string;
  shipping?: string;
  perMinute?: number;
  trialDays?: number;
}

/** What memberships are told by, over HTTP. */
export class Plans {
  constructor(readonly world: World) {}

  async put(code: string, terms: Terms = {}): Promise<void> {
    const { price = '0.00', orders = '0', shipping = '0', perMinute = 600, trialDays } = terms;
    const body = {
      ...{ name: code, monthly_price: [usd(price)], order_discount_percent: orders },
      ...{ shipping_discount_percent: shipping, orders_per_minute: perMinute },
      ...(trialDays === undefined ? {} : { trial_days: trialDays }),
    };
    expectStatus(await this.world.admin.put(`/v1/plans/${code}`, body), 200);
  }

  async choose({ caller }: Merchant, plan: string): Promise<{ membership: MembershipShape; effective_at: string }> {
    return expectStatus(await caller.post('/v1/membership', { plan }), 200);
  }

  async of({ caller }: Merchant): Promise<MembershipShape> {
    return expectStatus<MembershipShape>(await caller.get('/v1/membership'), 200);
  }

  /** Oldest first. */
  async periods({ caller }: Merchant): Promise<PeriodShape[]> {
    const answer = await caller.get('/v1/membership/periods?limit=100');
    return expectStatus<{ data: PeriodShape[] }>(answer, 200).data.reverse();
  }

  /** What was charged, oldest first. */
  async fees({ caller }: Merchant): Promise<string[]> {
    const answer = await caller.get('/v1/wallet/transactions?type=membership_fee&limit=100');
    const { data } = expectStatus<{ data: { amount: { amount: string } }[] }>(answer, 200);
    return data.map(({ amount }) => amount.amount).reverse();
  }

  /** Names of the membership's events, oldest first. */
  async told({ id }: Merchant): Promise<string[]> {
    const told = await rows<{ name: string; change: string | null }>(
      this.world.test.db,
      `SELECT name, payload->>'change' AS change FROM event WHERE payload ? 'membershipId' AND merchant_id = $1 ORDER BY position`,
      [uuidOf(id)],
    );
    return told.map(({ name, change }) => (change === null ? name : `${name} ${change}`));
  }

  /** To an instant; what falls due on the way happens. */
  async until(now: string): Promise<void> {
    expectStatus(await this.world.admin.post('/v1/sandbox/clock', { now }), 200);
  }
}

function uuidOf(id: string): string {
  const uuid = idIn('mer', id);
  if (uuid === null) throw new Error(`${id} is no merchant.`);
  return uuid;
}
