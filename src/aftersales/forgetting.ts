import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Scope } from '../database/scope.ts';
import { rows } from '../database/sql.ts';
import { goToHouse, inTransaction } from '../database/transaction.ts';
import type { Timer } from '../events/timers.ts';
import { FulfilmentService } from '../fulfilment/fulfilment.service.ts';
import { KeptAnswers } from '../http/kept-answers.ts';
import { realNow } from '../kernel/clock.ts';
import { HOUSE_ID, idOut, type IdPrefix } from '../kernel/ids.ts';
import { dropAddresses } from './address-request.store.ts';
import { Files } from './claims/evidence/files.ts';

const AT_ONCE = 100;

interface Subject {
  /** As the API writes it. */
  id: string;
  byUsers: string[];
}

interface GoneFile {
  merchant_id: string;
  key: string;
}

/**
 * What people wrote and showed about an order may name its buyer, and a picture may show a label: it goes with the
 * buyer's data. What was decided of it, with its facts, stays (product.md, Privacy); the notes beside it go.
 */
@Injectable()
export class Forgetting {
  private readonly log = new Logger('aftersales');
  /** Takes the files away, after the transaction that asked for it; one that fails is tried again. */
  readonly timer: Timer = {
    name: 'aftersales.evidence_gone',
    realTime: true,
    nextDue: () => Promise.resolve(null), // never part of a jump
    run: (db) => this.takeAway(db),
  };

  constructor(
    private readonly files: Files,
    private readonly fulfilment: FulfilmentService,
    private readonly answers: KeptAnswers,
  ) {}

  async forget(tx: EntityManager, merchantId: string, orderId: string): Promise<void> {
    const order = [merchantId, orderId];
    await dropAddresses(tx, merchantId, orderId);
    await rows(
      tx,
      `UPDATE claim SET description = NULL WHERE merchant_id = $1 AND order_id = $2 AND description IS NOT NULL`,
      order,
    );
    await rows(tx, 'SELECT forget_cases($1, $2, $3)', [...order, realNow()]);
    await rows(tx, 'SELECT forget_notes($1, $2)', order);
    await rows(
      tx,
      `UPDATE failed_delivery SET proof_question = NULL, proof_answer = NULL
       WHERE merchant_id = $1 AND order_id = $2 AND (proof_question IS NOT NULL OR proof_answer IS NOT NULL)`,
      order,
    );
    const subjects = await this.subjectsOf(tx, merchantId, orderId);
    await this.forgetParcels(
      tx,
      subjects.map(({ id }) => id),
    );
    goToHouse(tx); // answers to the operator's people are kept under their own keys
    await this.answers.forget(tx, [merchantId, ...new Set(subjects.flatMap(({ byUsers }) => byUsers))], {
      ...{ ids: subjects.map(({ id }) => id), words: [] },
    });
  }

  /** The order and all that stands under an id of its own, with those of the operator's people who acted on it. */
  private async subjectsOf(tx: EntityManager, merchantId: string, orderId: string): Promise<Subject[]> {
    const cases = await rows<{ kind: IdPrefix; uuid: string; byUsers: string[] }>(
      tx,
      `SELECT 'clm' AS kind, c.id AS uuid, ARRAY(SELECT DISTINCT s.by_user FROM claim_step s
           WHERE s.merchant_id = $1 AND s.claim_id = c.id AND s.by_user IS NOT NULL) AS "byUsers"
         FROM claim c WHERE c.merchant_id = $1 AND c.order_id = $2
       UNION ALL SELECT 'msg', m.id, ARRAY[]::uuid[] FROM claim_message m JOIN claim c ON c.merchant_id = m.merchant_id AND c.id = m.claim_id
         WHERE c.merchant_id = $1 AND c.order_id = $2
       UNION ALL SELECT 'pkg', f.package_id, array_remove(ARRAY[f.instructed_by, f.passed_on_by], NULL) FROM failed_delivery f
         WHERE f.merchant_id = $1 AND f.order_id = $2
       UNION ALL SELECT 'pkg', d.package_id, array_agg(DISTINCT d.decided_by) FROM decision d
         WHERE d.merchant_id = $1 AND d.order_id = $2 AND d.package_id IS NOT NULL AND d.decided_by IS NOT NULL GROUP BY d.package_id
       UNION ALL SELECT 'ret', r.id, array_remove(ARRAY[r.approved_by], NULL) FROM goods_return r
         WHERE r.merchant_id = $1 AND r.order_id = $2`,
      [merchantId, orderId],
    );
    const packages = await this.fulfilment.packagesOf(tx, merchantId, orderId);
    return [
      { id: idOut('ord', orderId), byUsers: [] },
      ...packages.map(({ id }) => ({ id: idOut('pkg', id), byUsers: [] })),
      ...cases.map(({ kind, uuid, byUsers }) => ({ id: idOut(kind, uuid), byUsers })),
    ];
  }

  /** Parcels that came unannounced, as far as their code led to the order. */
  private async forgetParcels(tx: EntityManager, ids: readonly string[]): Promise<Subject[]> {
    const found = await rows<{ id: string; photo: string | null; byUser: string }>(
      tx,
      `SELECT id, photo_sha256 AS photo, by_user AS "byUser" FROM unannounced_parcel WHERE about_id = ANY ($1::text[]) FOR UPDATE`,
      [ids],
    );
    const parcels = found.map(({ id }) => id);
    await rows(
      tx,
      `UPDATE unannounced_parcel SET sender = NULL, note = NULL, photo_sha256 = NULL, photo_media_type = NULL
       WHERE id = ANY ($1::uuid[])`,
      [parcels],
    );
    const photos = found.flatMap(({ photo }) => (photo === null ? [] : [`receipts/${photo}`]));
    await rows(
      tx,
      `INSERT INTO evidence_gone (merchant_id, key, asked_at) SELECT $1, key, $3 FROM unnest($2::text[]) key ON CONFLICT DO NOTHING`,
      [HOUSE_ID, photos, realNow()],
    );
    return found.map(({ id, byUser }) => ({ id: idOut('rec', id), byUsers: [byUser] }));
  }

  private async takeAway(db: Scope): Promise<number> {
    const due = await rows<GoneFile>(
      db,
      `SELECT merchant_id, key FROM evidence_gone WHERE asked_at <= $1 ORDER BY asked_at LIMIT $2`,
      [realNow(), AT_ONCE],
    );
    let done = 0;
    for (const file of due) {
      try {
        if (!(await isShown(db, file))) await this.files.remove(file.key);
        await inTransaction(db, (tx) =>
          rows(tx, `DELETE FROM evidence_gone WHERE merchant_id = $1 AND key = $2`, [file.merchant_id, file.key]),
        );
        done += 1;
      } catch (error) {
        const err = error instanceof Error ? error.message : String(error);
        this.log.error({ msg: 'a file was not taken away', merchant: file.merchant_id, err });
      }
    }
    return done;
  }
}

/** The same bytes may show something else too. */
async function isShown(db: Scope, { merchant_id: merchantId, key }: GoneFile): Promise<boolean> {
  const sha256 = key.slice(key.lastIndexOf('/') + 1);
  const found = await rows(
    db,
    merchantId === HOUSE_ID
      ? `SELECT 1 FROM unannounced_parcel WHERE photo_sha256 = $1 AND $2::uuid IS NOT NULL LIMIT 1`
      : `SELECT 1 FROM claim_evidence WHERE merchant_id = $2 AND sha256 = $1
         UNION ALL SELECT 1 FROM return_evidence WHERE merchant_id = $2 AND sha256 = $1 LIMIT 1`,
    [sha256, merchantId],
  );
  return found.length > 0;
}
