import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asCaller } from '../../database/scope.ts';
import type { Db } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import type { PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { Clock, instant } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import { idOut, newId } from '../../kernel/ids.ts';
import type { MoneyJson } from '../../kernel/money.ts';
import type { Page, PageRequest } from '../../kernel/pages.ts';
import { page } from '../../kernel/pages.ts';
import { OrdersService, type OrderWithPackages } from '../../orders/orders.service.ts';
import type { ClaimType } from '../../policies/policies.service.ts';
import { PackageSettled, UnitsAlreadySettled } from '../aftersales.errors.ts';
import type { Caller, PackageKey } from '../caller.ts';
import { parcelOf } from '../order-parcel.ts';
import { isOpenReturn } from '../returns/return.machine.ts';
import { unitsIn, unitsLeft } from '../settled-unit.store.ts';
import { addNotice } from '../watching/notice.store.ts';
import { stepsOf, type StepRecord } from './claim-log.store.ts';
import { isAboutUnits } from './claim-terms.ts';
import {
  findClaim,
  insertClaim,
  listClaims,
  markOverdue,
  openClaims,
  type ClaimFilter,
  type ClaimRecord,
  type ClaimSaid,
  type DueClaim,
} from './claim.store.ts';
import { about, Fates } from './fates.ts';
import { Judging, type Matter } from './judging.ts';
import { chargeOf, packageMeant } from './meaning.ts';
import { wholeClaims, type WholeClaim } from './whole-claim.store.ts';

export type { WholeClaim } from './whole-claim.store.ts';

/** What somebody claims of an order. Ids are UUIDs. */
export interface Claimed {
  orderId: string;
  /** Null: the package that holds the units. */
  packageId: string | null;
  type: ClaimType;
  items: ClaimRecord['items'];
  said: Omit<ClaimSaid, 'charge'>;
  /** What a receipt of customs shows; a text is of the order's currency. */
  charge: MoneyJson | string | null;
  description: string | null;
}

/** Claims: opened, judged at once where the policy can, judged again when something has changed. */
@Injectable()
export class ClaimsService {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly orders: OrdersService,
    private readonly judging: Judging,
    private readonly fates: Fates,
  ) {}

  /**
   * @throws NotFound no such order, or package of it
   * @throws InvalidFields a line that the order does not have, more units than the package holds
   * @throws PackageSettled, UnitsAlreadySettled
   */
  async open(tx: EntityManager, claimed: Claimed, caller: Caller): Promise<WholeClaim> {
    const owner = caller.merchantId ?? (await this.orders.load(tx, null, claimed.orderId)).order.merchantId;
    const it = await this.orders.lock(tx, owner, claimed.orderId);
    const parcel = packageMeant(it, claimed);
    if (parcel.settledAt !== null) throw new PackageSettled(parcel.settledAt);
    if (isAboutUnits(claimed.type)) await this.checkUnits(tx, parcel, claimed);
    const charge = chargeOf(claimed.charge, it.order.currency);
    const claim = this.draft(parcel, { ...claimed, said: { ...claimed.said, charge } }, caller);
    await insertClaim(tx, claim);
    const by = {
      author: caller.merchantId === null ? ('staff' as const) : ('merchant' as const),
      userId: caller.userId,
    };
    const text = `Opened: ${claim.type.replaceAll('_', ' ')}.`;
    await this.fates.note(tx, claim, { step: 'opened', text, by, cause: null });
    this.outbox.tell(tx, 'claim.opened', { ...about(claim, claim.openedAt), type: claim.type });
    const judged = await this.judging.judge(tx, { it, parcel, claim });
    return this.whole(tx, judged);
  }

  /** @param merchantId null: staff @throws NotFound */
  async get(merchantId: string | null, id: string): Promise<WholeClaim> {
    return this.load(asCaller(this.db, merchantId), merchantId, id);
  }

  /** As it is in the caller's transaction. @param merchantId null: staff @throws NotFound */
  async load(tx: Db, merchantId: string | null, id: string): Promise<WholeClaim> {
    return this.whole(tx, await this.find(tx, merchantId, id));
  }

  async list(filter: ClaimFilter, request: PageRequest): Promise<Page<WholeClaim>> {
    const found = await listClaims(asCaller(this.db, filter.merchantId), filter, request);
    return page(
      await wholeClaims(asCaller(this.db, filter.merchantId), found),
      request.limit,
      (claim) => claim,
      ({ claim }) => [claim.id],
    );
  }

  /** Every fact, decision and cent of a claim, oldest first. @throws NotFound */
  async timeline(merchantId: string | null, id: string, request: PageRequest): Promise<Page<StepRecord>> {
    const claim = await this.find(asCaller(this.db, merchantId), merchantId, id);
    const steps = await stepsOf(asCaller(this.db, merchantId), claim.merchantId, id, request);
    return page(
      steps,
      request.limit,
      (step) => step,
      (step) => [step.id],
    );
  }

  /** The claim with its order and package, locked, the order first. @throws NotFound */
  async lock(tx: EntityManager, merchantId: string | null, id: string): Promise<Matter> {
    const { merchantId: owner, orderId } = await this.find(tx, merchantId, id);
    const it = await this.orders.lock(tx, owner, orderId);
    const claim = await this.find(tx, owner, id);
    return { it, claim, parcel: parcelOf(it, claim.packageId) };
  }

  /** A package of the order has moved: asks again about every open claim of the order. @returns true: something was decided */
  async reconsider(tx: EntityManager, it: OrderWithPackages): Promise<boolean> {
    const { merchantId, id } = it.order;
    let moved = false;
    for (const claim of await openClaims(tx, merchantId, id)) {
      if (claim.appealedAt !== null) continue; // a person's now
      // What one claim was given, the next one finds given.
      const now = await this.orders.load(tx, merchantId, id);
      const judged = await this.judging.judge(tx, { it: now, claim, parcel: parcelOf(now, claim.packageId) });
      moved ||= judged !== claim;
    }
    return moved;
  }

  /** A package was settled otherwise: what is still open about it has come to nothing. */
  async closeSettled(tx: EntityManager, key: PackageKey): Promise<void> {
    await this.reconsider(tx, await this.orders.lock(tx, key.merchantId, key.orderId));
    for (const claim of await openClaims(tx, key.merchantId, key.orderId)) {
      if (claim.packageId !== key.packageId) continue;
      const it = await this.orders.load(tx, key.merchantId, key.orderId);
      const text = 'Closed: the package is settled, nothing is left to claim.';
      await this.fates.move(tx, it, claim, { signal: 'close', by: POLICY, text, reason: 'settled' });
    }
  }

  /** Does what fell due for a claim by itself; nothing where it was moved meanwhile. */
  async fallDue(tx: EntityManager, due: DueClaim, now: Date): Promise<void> {
    const matter = await this.lock(tx, due.merchantId, due.id);
    const { it, claim } = matter;
    if (claim.due === null || claim.due.at > now) return;
    if (claim.due.kind === 'reconsider') {
      await this.judging.judge(tx, { ...matter, claim: await this.fates.without(tx, claim) });
    } else if (claim.due.kind === 'notice') {
      await this.fates.giveNotice(tx, claim);
    } else {
      const { returned } = await this.whole(tx, claim);
      // Goods that are still awaited, or looked at, keep it open.
      if (returned !== null && isOpenReturn(returned.status)) await this.fates.stir(tx, it, claim);
      else await this.fates.move(tx, it, claim, { signal: 'close', by: POLICY, ...closing(claim, returned) });
    }
  }

  /** The operator's people have not answered in the policy's time: staff are alarmed, once for each time that is due. */
  async alarm(tx: EntityManager, due: DueClaim, now: Date): Promise<boolean> {
    const { claim } = await this.lock(tx, due.merchantId, due.id);
    const { replyDueAt, merchantId, orderId, packageId } = claim;
    if (replyDueAt === null || replyDueAt >= now || !(await markOverdue(tx, claim))) return false;
    const text = `The answer to ${idOut('clm', claim.id)} was due on ${instant(replyDueAt)}.`;
    const notice = { merchantId, orderId, packageId, kind: 'reply_overdue', role: 'support', text, at: now } as const;
    return addNotice(tx, { ...notice, about: `${claim.id} ${instant(replyDueAt)}` });
  }

  /** A claim with all that is shown of it. */
  async whole(db: Db, claim: ClaimRecord): Promise<WholeClaim> {
    const [whole] = await wholeClaims(db, [claim]);
    if (whole === undefined) throw new Error(`The claim ${claim.id} has no decision.`);
    return whole;
  }

  /** @throws NotFound */
  async find(db: Db, merchantId: string | null, id: string): Promise<ClaimRecord> {
    const claim = await findClaim(db, merchantId, id);
    if (claim === null) throw new NotFound('claim');
    return claim;
  }

  /** What earlier cases have settled cannot be claimed again. @throws UnitsAlreadySettled */
  private async checkUnits(tx: EntityManager, parcel: PackageRecord, { items }: Claimed): Promise<void> {
    const left = await unitsLeft(tx, parcel);
    const held = [...left].map(([line, units]) => ({ line, units }));
    const isSettled = items.length === 0 && held.every(({ units }) => units === 0);
    const wanted = isSettled ? [...unitsIn(parcel)].map(([line, quantity]) => ({ line, quantity })) : items;
    const refused = held.flatMap(({ line, units }) => {
      const asked = wanted.filter((item) => item.line === line).reduce((sum, { quantity }) => sum + quantity, 0);
      return asked > units ? [{ line, asked, left: units }] : [];
    });
    if (refused.length > 0) throw new UnitsAlreadySettled(refused);
  }

  private draft(
    { merchantId, id: packageId, orderId }: PackageRecord,
    claimed: Pick<ClaimRecord, 'type' | 'items' | 'said' | 'description'>,
    caller: Caller,
  ): ClaimRecord {
    const { type, items, said, description } = claimed;
    return {
      ...{ merchantId, id: newId(), orderId, packageId, type, status: 'waiting', items, said, description },
      ...{ openedAt: this.clock.now(), openedBy: caller.userId, decisionId: null, replyDueAt: null, due: null },
      ...{ closesAt: null, appealedAt: null, closedAt: null },
    };
  }
}

const POLICY = { author: 'policy', userId: null } as const;

/** Why a claim is closed of which nothing more is to come. */
function closing({ status }: ClaimRecord, returned: WholeClaim['returned']): { text: string; reason: string } {
  if (status !== 'approved') return { text: 'Closed: nobody has acted on it for long.', reason: 'inactive' };
  return returned === null || returned.status === 'refunded'
    ? { text: 'Closed: what was granted has been given.', reason: 'done' }
    : { text: 'Closed: the goods did not come back so that they were paid.', reason: 'goods_not_paid' };
}
