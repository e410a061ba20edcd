import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asCaller, asMerchant } from '../../database/scope.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import { Clock, instant } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { OrdersService } from '../../orders/orders.service.ts';
import { PoliciesService } from '../../policies/policies.service.ts';
import type { Caller } from '../caller.ts';
import type { EvidenceKind } from '../claims/claim-log.store.ts';
import { Files, sha256Of } from '../claims/evidence/files.ts';
import { mediaTypeOf } from '../claims/evidence/media.ts';
import { Arriving } from './arriving.ts';
import { toldOf } from './return.case.ts';
import { getReturn, type ReturnRecord } from './return.store.ts';

/** A file that shows what a return says. */
export interface ReturnEvidence {
  merchantId: string;
  id: string;
  returnId: string;
  kind: EvidenceKind;
  mediaType: string;
  bytes: number;
  sha256: string;
  byUser: string | null;
  at: Date;
}

type KeptFile = Pick<ReturnEvidence, 'kind' | 'mediaType' | 'bytes' | 'sha256'>;

const SELECT = `SELECT merchant_id AS "merchantId", id, return_id AS "returnId", kind, media_type AS "mediaType", bytes,
  sha256, by_user AS "byUser", at FROM return_evidence`;

/** The evidence of a return, oldest first. */
export async function evidenceOfReturn(db: Db, merchantId: string, returnId: string): Promise<ReturnEvidence[]> {
  return rows(db, `${SELECT} WHERE merchant_id = $1 AND return_id = $2 ORDER BY id`, [merchantId, returnId]);
}

/** Evidence of returns: what it is by its bytes, kept in the store of files, served to those who may see the return. */
@Injectable()
export class ReturnEvidences {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly files: Files,
    private readonly orders: OrdersService,
    private readonly policies: PoliciesService,
    private readonly arriving: Arriving,
    private readonly outbox: Outbox,
  ) {}

  /** The largest file that the order's policy takes, bytes. @throws NotFound */
  async limit(id: string, { merchantId }: Caller): Promise<number> {
    const found = await getReturn(asCaller(this.db, merchantId), merchantId, id);
    const { order } = await this.orders.load(asCaller(this.db, merchantId), found.merchantId, found.orderId);
    return (await this.policies.load(order.policy.id, order.policy.version)).terms.all_claims.evidence_max_bytes;
  }

  /**
   * Keeps a file, before anything is written about it: one that nobody comes to speak of is harmless.
   * @throws NotFound, FilesUnavailable
   * @throws InvalidFields its bytes are nothing that this kind of evidence may be
   */
  async keep(id: string, kind: EvidenceKind, file: Buffer, caller: Caller): Promise<KeptFile> {
    const { merchantId } = await getReturn(asCaller(this.db, caller.merchantId), caller.merchantId, id);
    const mediaType = await mediaTypeOf(kind, file);
    const sha256 = sha256Of(file);
    await this.files.put(keyOf({ merchantId, sha256 }), file, mediaType);
    return { kind, mediaType, bytes: file.length, sha256 };
  }

  /** A kept file is evidence of the return from now on; goods that wait for it are decided again. @throws NotFound, IllegalStep */
  async add(tx: EntityManager, id: string, file: KeptFile, caller: Caller): Promise<ReturnRecord> {
    const found = await getReturn(tx, caller.merchantId, id);
    const { merchantId } = found;
    const kinds = file.kind === 'other' ? [] : [file.kind];
    const [evidenceId, at] = [newId(), this.clock.now()];
    this.outbox.tell(tx, 'return.evidence_added', { ...toldOf(found), evidenceId, kind: file.kind, at: instant(at) });
    const record = await this.arriving.addEvidence(tx, { merchantId, returnId: id }, kinds, caller.userId);
    await rows(
      tx,
      `INSERT INTO return_evidence (merchant_id, id, return_id, kind, media_type, bytes, sha256, by_user, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [...[merchantId, evidenceId, id, file.kind, file.mediaType, file.bytes, file.sha256], ...[caller.userId, at]],
    );
    return record;
  }

  /** The bytes as they were shown, or nothing. @throws NotFound, FilesUnavailable */
  async read(id: string, evidenceId: string, caller: Caller): Promise<{ shown: ReturnEvidence; bytes: Buffer }> {
    const { merchantId } = await getReturn(asCaller(this.db, caller.merchantId), caller.merchantId, id);
    const sql = `${SELECT} WHERE merchant_id = $1 AND return_id = $2 AND id = $3`;
    const shown = await one<ReturnEvidence>(asMerchant(this.db, merchantId), sql, [merchantId, id, evidenceId]);
    if (shown === null) throw new NotFound('evidence');
    return { shown, bytes: await this.files.asKept(keyOf(shown), shown.sha256) };
  }
}

function keyOf({ merchantId, sha256 }: Pick<ReturnEvidence, 'merchantId' | 'sha256'>): string {
  return `evidence/${merchantId}/${sha256}`;
}
