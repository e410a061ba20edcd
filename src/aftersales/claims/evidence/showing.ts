import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asCaller, asMerchant } from '../../../database/scope.ts';
import { Clock } from '../../../kernel/clock.ts';
import { NotFound } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import { IllegalStep, legalSteps } from '../../../kernel/transitions.ts';
import { OrdersService } from '../../../orders/orders.service.ts';
import { PoliciesService } from '../../../policies/policies.service.ts';
import type { Caller } from '../../caller.ts';
import { findEvidence, insertEvidence, type EvidenceKind, type EvidenceRecord } from '../claim-log.store.ts';
import { CLAIM, isOpen } from '../claim.machine.ts';
import { ClaimsService, type WholeClaim } from '../claims.service.ts';
import { Fates } from '../fates.ts';
import { Judging } from '../judging.ts';
import { byOf } from '../talking.ts';
import { Files, sha256Of } from './files.ts';
import { mediaTypeOf } from './media.ts';

/** A file that is kept, and whose hash is its name. */
export interface KeptFile {
  kind: EvidenceKind;
  mediaType: string;
  bytes: number;
  sha256: string;
}

/** Evidence of claims: what it is by its bytes, kept in the store of files, served to those who may see the claim. */
@Injectable()
export class Showing {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly files: Files,
    private readonly orders: OrdersService,
    private readonly policies: PoliciesService,
    private readonly claims: ClaimsService,
    private readonly judging: Judging,
    private readonly fates: Fates,
  ) {}

  /** The largest file that the order's policy takes, bytes. @throws NotFound */
  async limit(claimId: string, caller: Caller): Promise<number> {
    const claim = await this.claims.find(asCaller(this.db, caller.merchantId), caller.merchantId, claimId);
    const { order } = await this.orders.load(asCaller(this.db, caller.merchantId), claim.merchantId, claim.orderId);
    const { terms } = await this.policies.load(order.policy.id, order.policy.version);
    return terms.all_claims.evidence_max_bytes;
  }

  /**
   * Keeps a file, before anything is written about it: one that nobody comes to speak of is harmless.
   * @throws InvalidFields its bytes are nothing that this kind of evidence may be
   * @throws FilesUnavailable
   */
  async keep(claimId: string, kind: EvidenceKind, file: Buffer, caller: Caller): Promise<KeptFile> {
    const { merchantId } = await this.claims.find(asCaller(this.db, caller.merchantId), caller.merchantId, claimId);
    const mediaType = await mediaTypeOf(kind, file);
    const sha256 = sha256Of(file);
    await this.files.put(keyOf({ merchantId, sha256 }), file, mediaType);
    return { kind, mediaType, bytes: file.length, sha256 };
  }

  /**
   * A kept file is evidence of the claim from now on, which is decided again.
   * @throws NotFound
   * @throws IllegalStep the claim is decided: a denial can be appealed
   */
  async add(
    tx: EntityManager,
    claimId: string,
    file: KeptFile,
    caller: Caller,
  ): Promise<{ shown: EvidenceRecord; whole: WholeClaim }> {
    const { it, claim, parcel } = await this.claims.lock(tx, caller.merchantId, claimId);
    if (!isOpen(claim.status)) throw new IllegalStep('claim', claim.status, 'show', legalSteps(CLAIM, claim.status));
    const at = this.clock.now();
    const { merchantId } = claim;
    const shown = { merchantId, id: newId(), claimId, ...file, byUser: caller.userId, at };
    await insertEvidence(tx, shown);
    const text = `Evidence: ${file.kind.replaceAll('_', ' ')} (${file.mediaType}, ${file.bytes} bytes, SHA-256 ${file.sha256}).`;
    await this.fates.note(tx, claim, { step: 'evidence', text, by: byOf(caller), cause: `evidence:${shown.id}` });
    this.fates.tellShown(tx, claim, shown);
    const stirred = await this.fates.stir(tx, it, claim);
    // What was appealed is a person's to decide.
    const judged = claim.appealedAt === null ? await this.judging.judge(tx, { it, parcel, claim: stirred }) : stirred;
    return { shown, whole: await this.claims.whole(tx, judged) };
  }

  /**
   * The bytes as they were shown, or nothing.
   * @throws NotFound @throws FilesUnavailable the store does not answer, or has other bytes than it was given
   */
  async read(claimId: string, id: string, caller: Caller): Promise<{ shown: EvidenceRecord; bytes: Buffer }> {
    const { merchantId } = await this.claims.find(asCaller(this.db, caller.merchantId), caller.merchantId, claimId);
    const shown = await findEvidence(asMerchant(this.db, merchantId), { merchantId, claimId, id });
    if (shown === null) throw new NotFound('evidence');
    return { shown, bytes: await this.files.asKept(keyOf(shown), shown.sha256) };
  }
}

function keyOf({ merchantId, sha256 }: Pick<EvidenceRecord, 'merchantId' | 'sha256'>): string {
  return `evidence/${merchantId}/${sha256}`;
}
