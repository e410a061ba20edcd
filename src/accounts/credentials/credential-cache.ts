import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Drops } from '../../database/drops.ts';
import { dropAfterCommit } from '../../database/transaction.ts';
import type { MerchantActor, StaffActor } from '../../http/actor.ts';
import { Recent } from './recent.ts';

const NAME = 'credential';

/** Who stands behind a credential, and until when. */
export interface Known {
  actor: MerchantActor | StaffActor;
  /** Real time; null: no end. */
  expiresAt: Date | null;
  /** Of a key: from where it may be used; null: from anywhere. */
  allowedIps: readonly string[] | null;
}

/** The credentials of the last 5 seconds, by their hash: a call is checked without the database (performance.md). */
@Injectable()
export class CredentialCache {
  private readonly recent = new Recent<Known>();

  constructor(private readonly drops: Drops) {
    drops.register(NAME, (key) => {
      this.recent.drop(key);
    });
  }

  get(hash: Buffer, load: () => Promise<Known | null>): Promise<Known | null> {
    return this.recent.get(hash.toString('base64'), load);
  }

  dropAfterCommit(tx: EntityManager, hash: Buffer): void {
    const key = hash.toString('base64');
    dropAfterCommit(tx, () => {
      this.recent.drop(key);
      this.drops.tell(NAME, key);
    });
  }
}
