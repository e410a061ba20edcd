import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventCatalog } from '../../events/catalog.ts';
import { Outbox } from '../../events/outbox.ts';
import { instant } from '../../kernel/clock.ts';
import type { Membership } from '../membership.store.ts';
import { membershipView } from '../membership.view.ts';
import type { Plan } from '../plans.service.ts';

type Name = 'membership.renewed' | 'membership.past_due' | 'membership.downgraded' | 'membership.changed';
type Stands = 'merchantId' | 'membershipId' | 'plan' | 'status' | 'period' | 'scheduledChange' | 'nextCharge' | 'at';

/** Tells what happened to a membership, with how it stands afterwards. */
@Injectable()
export class MembershipTelling {
  constructor(private readonly outbox: Outbox) {}

  /** @param stands null: it has ended, the merchant is on the free plan */
  tell<N extends Name>(
    tx: EntityManager,
    name: N,
    about: {
      id: Pick<Membership, 'merchantId' | 'id'>;
      stands: Membership | null;
      plans: ReadonlyMap<string, Plan>;
      at: Date;
    },
    more: Omit<EventCatalog[N], Stands>,
  ): void {
    const { id, stands, plans, at } = about;
    const view = membershipView(stands, plans, 'active');
    const scheduled = view.scheduled_change;
    const payload = {
      ...{ merchantId: id.merchantId, membershipId: id.id, plan: view.plan, status: view.status, period: view.period },
      scheduledChange: scheduled === null ? null : { plan: scheduled.plan, effectiveAt: scheduled.effective_at },
      ...{ nextCharge: view.next_charge, at: instant(at) },
      ...more,
    };
    this.outbox.tell(tx, name, payload as unknown as EventCatalog[N]);
  }
}
