import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { dropAfterCommit } from '../../database/transaction.ts';
import type { MerchantActor, StaffActor } from '../../http/actor.ts';
import { Recent } from './recent.ts';

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

  get(hash: Buffer, load: () => Promise<Known | null>): Promise<Known | null> {
    return this.recent.get(hash.toString('base64'), load);
  }

  dropAfterCommit(tx: EntityManager, hash: Buffer): void {
    dropAfterCommit(tx, () => {
      this.recent.drop(hash.toString('base64'));
    });
  }
}
