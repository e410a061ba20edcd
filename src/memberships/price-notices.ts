import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Scope } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Timer } from '../events/timers.ts';
import { Clock } from '../kernel/clock.ts';
import { HOUSE_ID } from '../kernel/ids.ts';
import { MembershipTelling } from './billing/telling.ts';
import { membersOf } from './membership.store.ts';
import { PlansService } from './plans.service.ts';

/** So many members are told in one transaction. */
const AT_ONCE = 100;

interface Notice {
  plan: string;
  currencies: string[];
  told_until: string;
}

/**
 * Tells a plan's members that a month will cost something else from the next period on: the first of them with the
 * change itself, the others in batches after it, so that no change of a price holds a transaction open for all of them.
 */
@Injectable()
export class PriceNotices {
  readonly timer: Timer = {
    name: 'memberships: price notices',
    nextDue: async (db) =>
      (await one<{ at: Date | null }>(db, 'SELECT min(asked_at) AS at FROM price_notice'))?.at ?? null,
    run: (db) => this.goOn(db),
  };

  constructor(
    private readonly plans: PlansService,
    private readonly telling: MembershipTelling,
    private readonly clock: Clock,
  ) {}

  /** @param currencies in which the plan costs something else than before */
  async begin(tx: EntityManager, plan: string, currencies: readonly string[]): Promise<void> {
    if (currencies.length === 0) return;
    await rows(
      tx,
      `INSERT INTO price_notice AS n (plan, currencies, told_until, asked_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (plan) DO UPDATE SET told_until = excluded.told_until,
         currencies = ARRAY(SELECT DISTINCT unnest(n.currencies || excluded.currencies))`,
      [plan, currencies, HOUSE_ID, this.clock.now()],
    );
    await this.tellNext(tx, plan);
  }

  private async goOn(db: Scope): Promise<number> {
    let done = 0;
    const open = await rows<{ plan: string }>(db, 'SELECT plan FROM price_notice ORDER BY asked_at, plan');
    for (const { plan } of open) {
      for (let told = AT_ONCE; told === AT_ONCE; done += told)
        told = await inTransaction(db, (tx) => this.tellNext(tx, plan));
    }
    return done;
  }

  /** @returns how many were told; fewer than a batch: all have been */
  private async tellNext(tx: EntityManager, plan: string): Promise<number> {
    const notice = await one<Notice>(
      tx,
      'SELECT plan, currencies, told_until FROM price_notice WHERE plan = $1 FOR UPDATE',
      [plan],
    );
    if (notice === null) return 0; // another worker has told the last ones
    const plans = await this.plans.all(tx);
    const members = await membersOf(tx, { ...notice, after: notice.told_until, limit: AT_ONCE });
    for (const m of members) {
      const about = { id: m, stands: m, plans, at: this.clock.now() };
      this.telling.tell(tx, 'membership.changed', about, { from: m.plan, change: 'price_changed' });
    }
    const last = members.at(-1);
    if (members.length < AT_ONCE || last === undefined)
      await rows(tx, 'DELETE FROM price_notice WHERE plan = $1', [plan]);
    else await rows(tx, 'UPDATE price_notice SET told_until = $2 WHERE plan = $1', [plan, last.merchantId]);
    return members.length;
  }
}
