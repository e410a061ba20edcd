import type { EntityManager } from 'typeorm';
import { one, rows, type Db } from '../../database/sql.ts';
import { newId } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import type { PageRequest } from '../../kernel/pages.ts';

export interface MessageRecord {
  merchantId: string;
  id: string;
  claimId: string;
  author: 'merchant' | 'staff';
  byUser: string | null;
  text: string;
  at: Date;
}

export const EVIDENCE_KINDS = ['photo', 'video', 'receipt', 'shipping_receipt', 'other'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** Something that shows what a claim says; its bytes are in the store of files. */
export interface EvidenceRecord {
  merchantId: string;
  id: string;
  claimId: string;
  kind: EvidenceKind;
  /** As its bytes say, whatever its sender called it. */
  mediaType: string;
  bytes: number;
  sha256: string;
  byUser: string | null;
  at: Date;
}

/** One thing that happened to a claim, who or what did it, and what it credited. */
export interface StepRecord {
  merchantId: string;
  claimId: string;
  id: string;
  step: string;
  text: string;
  author: 'merchant' | 'staff' | 'policy';
  byUser: string | null;
  /** `decision:<id>`, `message:<id>`, `evidence:<id>`, `order:<id>` */
  cause: string | null;
  amount: Money | null;
  at: Date;
}

export async function insertMessage(tx: EntityManager, said: MessageRecord): Promise<void> {
  await rows(
    tx,
    `INSERT INTO claim_message (merchant_id, id, claim_id, author, by_user, text, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [said.merchantId, said.id, said.claimId, said.author, said.byUser, said.text, said.at],
  );
}

/** A claim among others. */
export interface ClaimKey {
  merchantId: string;
  id: string;
}

const OF_CLAIMS = `JOIN unnest($1::uuid[], $2::uuid[]) AS c (merchant_id, id)`;

const keys = (claims: readonly ClaimKey[]): string[][] => [
  claims.map(({ merchantId }) => merchantId),
  claims.map(({ id }) => id),
];

/** Of several claims, oldest first, in one statement. */
export async function messagesOf(db: Db, claims: readonly ClaimKey[]): Promise<MessageRecord[]> {
  return rows<MessageRecord>(
    db,
    `SELECT m.merchant_id AS "merchantId", m.id, m.claim_id AS "claimId", m.author, m.by_user AS "byUser", m.text, m.at
     FROM claim_message m ${OF_CLAIMS} ON m.merchant_id = c.merchant_id AND m.claim_id = c.id ORDER BY m.id`,
    keys(claims),
  );
}

const EVIDENCE = `SELECT e.merchant_id AS "merchantId", e.id, e.claim_id AS "claimId", e.kind, e.media_type AS "mediaType",
  e.bytes, e.sha256, e.by_user AS "byUser", e.at FROM claim_evidence e`;

export async function insertEvidence(tx: EntityManager, shown: EvidenceRecord): Promise<void> {
  await rows(
    tx,
    `INSERT INTO claim_evidence (merchant_id, id, claim_id, kind, media_type, bytes, sha256, by_user, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[shown.merchantId, shown.id, shown.claimId, shown.kind, shown.mediaType, shown.bytes, shown.sha256],
      ...[shown.byUser, shown.at],
    ],
  );
}

/** Of several claims, oldest first, in one statement. */
export async function evidenceOf(db: Db, claims: readonly ClaimKey[]): Promise<EvidenceRecord[]> {
  return rows<EvidenceRecord>(
    db,
    `${EVIDENCE} ${OF_CLAIMS} ON e.merchant_id = c.merchant_id AND e.claim_id = c.id ORDER BY e.id`,
    keys(claims),
  );
}

export async function findEvidence(
  db: Db,
  { merchantId, claimId, id }: Pick<EvidenceRecord, 'merchantId' | 'claimId' | 'id'>,
): Promise<EvidenceRecord | null> {
  return one<EvidenceRecord>(db, `${EVIDENCE} WHERE e.merchant_id = $1 AND e.claim_id = $2 AND e.id = $3`, [
    merchantId,
    claimId,
    id,
  ]);
}

export async function noteStep(tx: EntityManager, taken: Omit<StepRecord, 'id'>): Promise<void> {
  await rows(
    tx,
    `INSERT INTO claim_step (merchant_id, claim_id, id, step, text, author, by_user, cause, amount_minor, currency, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[taken.merchantId, taken.claimId, newId(), taken.step, taken.text, taken.author, taken.byUser, taken.cause],
      ...[taken.amount?.minor.toString() ?? null, taken.amount?.currency ?? null, taken.at],
    ],
  );
}

/** Oldest first, one more than the page holds. */
export async function stepsOf(
  db: Db,
  merchantId: string,
  claimId: string,
  { limit, after }: PageRequest,
): Promise<StepRecord[]> {
  const found = await rows<Omit<StepRecord, 'amount'> & { minor: string | null; currency: string | null }>(
    db,
    `SELECT merchant_id AS "merchantId", claim_id AS "claimId", id, step, text, author, by_user AS "byUser", cause,
       amount_minor AS minor, currency, at
     FROM claim_step WHERE merchant_id = $1 AND claim_id = $2 AND ($3::uuid IS NULL OR id > $3::uuid) ORDER BY id LIMIT $4`,
    [merchantId, claimId, after?.[0] ?? null, limit + 1],
  );
  return found.map(({ minor, currency, ...same }) => ({
    ...same,
    amount: minor === null || currency === null ? null : Money.ofMinor(minor, currency),
  }));
}
