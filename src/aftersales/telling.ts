import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventViews } from '../events/event-views.ts';
import { instant } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { idOut, idOutOrNull } from '../kernel/ids.ts';
import { claimView } from './claims/claim.views.ts';
import { ClaimsService } from './claims/claims.service.ts';
import { findDecision } from './decision.store.ts';
import { getReturn } from './returns/return.store.ts';
import { ReturnViews } from './returns/return.views.ts';

/** What people wrote may name a buyer: it is shown to whoever asks, and kept in no event. */
const PRIVATE: readonly string[] = ['description', 'messages', 'note'];

const withoutPrivate = (view: object): object =>
  Object.fromEntries(Object.entries(view).filter(([field]) => !PRIVATE.includes(field)));

/** A decision of another request than a claim: of what the courier or the warehouse said of a package. @throws NotFound */
async function decisionShown(tx: EntityManager, merchantId: string, id: string): Promise<object> {
  const made = await findDecision(tx, merchantId, id);
  if (made === null) throw new NotFound('decision');
  return {
    id: idOut('dec', id),
    order: idOut('ord', made.orderId),
    package: idOutOrNull('pkg', made.packageId),
    cause: made.cause.split(':')[0],
    policy: made.policy,
    decision: made.decision,
    credited: made.credited.toJSON(),
    decided_at: instant(made.decidedAt),
  };
}

/** Shows events of claims and returns as the API does. */
@Injectable()
export class Telling implements OnModuleInit {
  constructor(
    private readonly views: EventViews,
    private readonly claims: ClaimsService,
    private readonly returns: ReturnViews,
  ) {}

  onModuleInit(): void {
    this.views.register('claim', (tx, merchantId, id) => this.claim(tx, merchantId, id));
    this.views.register('decision', (tx, merchantId, id) => decisionShown(tx, merchantId, id));
    this.views.register('return', (tx, merchantId, id) => this.return(tx, merchantId, id));
  }

  private async claim(tx: EntityManager, merchantId: string, id: string): Promise<object> {
    return withoutPrivate(claimView(await this.claims.load(tx, merchantId, id)));
  }

  private async return(tx: EntityManager, merchantId: string, id: string): Promise<object> {
    return withoutPrivate(await this.returns.of(tx, await getReturn(tx, merchantId, id)));
  }
}
