import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { HeldDrafts, type SoughtBuyer } from '../http/held-drafts.ts';
import { forgetDraft, heldOf } from './store-orders.store.ts';

/** Held orders of stores lose a buyer who is to be erased, as a shop's own request does it. */
@Injectable()
export class StoreDrafts extends HeldDrafts {
  async forget(tx: EntityManager, merchantId: string | null, buyer: SoughtBuyer): Promise<void> {
    for (const held of await heldOf(tx, merchantId, buyer)) await forgetDraft(tx, held);
  }
}
