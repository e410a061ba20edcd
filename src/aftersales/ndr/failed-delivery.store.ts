import type { EntityManager } from 'typeorm';
import { one, rows, send, type Db } from '../../database/sql.ts';
import type { ShipTo } from '../../kernel/address.ts';
import { newId } from '../../kernel/ids.ts';
import type { PageRequest } from '../../kernel/pages.ts';

export const DELIVERY_ACTIONS = ['reattempt', 'change_address', 'hold_for_pickup', 'return_to_origin'] as const;
export type DeliveryAction = (typeof DELIVERY_ACTIONS)[number];

/** Who has to do something about it. */
export const WAITING_FOR = ['merchant', 'staff', 'courier'] as const;
export type WaitingFor = (typeof WAITING_FOR)[number];

export interface PackageKey {
  merchantId: string;
  packageId: string;
  orderId: string;
}

/** A failed attempt at a delivery, the answer to it, and the proof that was asked for. */
export interface FailedDelivery extends PackageKey {
  id: string;
  reason: string | null;
  attemptedAt: Date | null;
  openedAt: Date;
  dueAt: Date;
  state: 'open' | 'instructed' | 'defaulted';
  action: DeliveryAction | null;
  /** Local date. */
  onDate: string | null;
  shipTo: ShipTo | null;
  note: string | null;
  instructedAt: Date | null;
  passedOnAt: Date | null;
  proofAskedAt: Date | null;
  proofQuestion: string | null;
  proofAnsweredAt: Date | null;
  proofGiven: boolean | null;
  proofAnswer: string | null;
  closedAt: Date | null;
}

export interface Instruction {
  action: DeliveryAction;
  onDate: string | null;
  shipTo: ShipTo | null;
  note: string | null;
}

const SELECT = `SELECT merchant_id AS "merchantId", id, package_id AS "packageId", order_id AS "orderId", reason,
    attempted_at AS "attemptedAt", opened_at AS "openedAt", due_at AS "dueAt", state, action, on_date::text AS "onDate", ship_to AS "shipTo", note,
    instructed_at AS "instructedAt", passed_on_at AS "passedOnAt", proof_asked_at AS "proofAskedAt", proof_question AS "proofQuestion",
    proof_answered_at AS "proofAnsweredAt", proof_given AS "proofGiven", proof_answer AS "proofAnswer", closed_at AS "closedAt"
  FROM failed_delivery`;

/** No id comes after it. */
const LAST_ID = `'ffffffff-ffff-ffff-ffff-ffffffffffff'`;
const QUESTION_OPEN = `(proof_asked_at IS NOT NULL AND proof_answered_at IS NULL)`;
const WAITS: Readonly<Record<WaitingFor, string>> = {
  merchant: `(closed_at IS NULL AND state = 'open')`,
  staff: `((closed_at IS NULL AND state = 'instructed' AND passed_on_at IS NULL) OR ${QUESTION_OPEN})`,
  courier: `(closed_at IS NULL AND (state = 'defaulted' OR passed_on_at IS NOT NULL))`,
};

/** The one that the package is in, if it is in one. The caller has locked the package. */
export async function current(
  db: Db,
  { merchantId, packageId }: Omit<PackageKey, 'orderId'>,
): Promise<FailedDelivery | null> {
  return one(db, `${SELECT} WHERE merchant_id = $1 AND package_id = $2 AND closed_at IS NULL`, [merchantId, packageId]);
}

/** The newest, whatever became of it. */
export async function newest(
  db: Db,
  { merchantId, packageId }: Omit<PackageKey, 'orderId'>,
): Promise<FailedDelivery | null> {
  return one(db, `${SELECT} WHERE merchant_id = $1 AND package_id = $2 ORDER BY id DESC LIMIT 1`, [
    merchantId,
    packageId,
  ]);
}

export async function open(
  tx: EntityManager,
  { merchantId, packageId, orderId }: PackageKey,
  about: { reason: string | null; attemptedAt: Date | null; openedAt: Date; dueAt: Date },
): Promise<void> {
  await rows(
    tx,
    `INSERT INTO failed_delivery (merchant_id, id, package_id, order_id, reason, attempted_at, opened_at, due_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [merchantId, newId(), packageId, orderId, about.reason, about.attemptedAt, about.openedAt, about.dueAt],
  );
}

/** The courier's word for one that was opened before it was handled. */
export async function nameAttempt(
  tx: EntityManager,
  { merchantId, id }: Pick<FailedDelivery, 'merchantId' | 'id'>,
  about: { reason: string | null; attemptedAt: Date },
): Promise<void> {
  await rows(tx, `UPDATE failed_delivery SET reason = $3, attempted_at = $4 WHERE merchant_id = $1 AND id = $2`, [
    merchantId,
    id,
    about.reason,
    about.attemptedAt,
  ]);
}

export function close(tx: EntityManager, merchantId: string, packageId: string, at: Date): void {
  send(
    tx,
    `UPDATE failed_delivery SET closed_at = $3 WHERE merchant_id = $1 AND package_id = $2 AND closed_at IS NULL`,
    [merchantId, packageId, at],
  );
}

export async function instruct(
  tx: EntityManager,
  { merchantId, id }: Pick<FailedDelivery, 'merchantId' | 'id'>,
  { action, onDate, shipTo, note }: Instruction,
  by: { at: Date; userId: string | null },
): Promise<void> {
  await rows(
    tx,
    `UPDATE failed_delivery SET state = 'instructed', action = $3, on_date = $4, ship_to = $5, note = $6, instructed_at = $7,
       instructed_by = $8 WHERE merchant_id = $1 AND id = $2`,
    [merchantId, id, action, onDate, shipTo === null ? null : JSON.stringify(shipTo), note, by.at, by.userId],
  );
}

export async function passOn(
  tx: EntityManager,
  { merchantId, id }: Pick<FailedDelivery, 'merchantId' | 'id'>,
  by: { at: Date; userId: string | null },
): Promise<void> {
  await rows(
    tx,
    `UPDATE failed_delivery SET passed_on_at = $3, passed_on_by = $4 WHERE merchant_id = $1 AND id = $2 AND passed_on_at IS NULL`,
    [merchantId, id, by.at, by.userId],
  );
}

/** Nobody answered in time. @returns false: somebody did, or the parcel went on */
export async function takeDefault(
  tx: EntityManager,
  { merchantId, id }: Pick<FailedDelivery, 'merchantId' | 'id'>,
  action: DeliveryAction,
): Promise<boolean> {
  const taken = await rows(
    tx,
    `UPDATE failed_delivery SET state = 'defaulted', action = $3
     WHERE merchant_id = $1 AND id = $2 AND state = 'open' AND closed_at IS NULL RETURNING 1`,
    [merchantId, id, action],
  );
  return taken.length === 1;
}

export async function askForProof(
  tx: EntityManager,
  { merchantId, id }: Pick<FailedDelivery, 'merchantId' | 'id'>,
  question: string | null,
  at: Date,
): Promise<void> {
  await rows(
    tx,
    `UPDATE failed_delivery SET proof_asked_at = $3, proof_question = $4
     WHERE merchant_id = $1 AND id = $2 AND proof_asked_at IS NULL`,
    [merchantId, id, at, question],
  );
}

export async function answerProof(
  tx: EntityManager,
  { merchantId, id }: Pick<FailedDelivery, 'merchantId' | 'id'>,
  answer: { given: boolean; text: string | null; at: Date },
): Promise<void> {
  await rows(
    tx,
    `UPDATE failed_delivery SET proof_given = $3, proof_answer = $4, proof_answered_at = $5 WHERE merchant_id = $1 AND id = $2`,
    [merchantId, id, answer.given, answer.text, answer.at],
  );
}

/** The order's buyer was erased: where parcels were to go is personal data. */
export async function eraseShipTo(tx: EntityManager, merchantId: string, orderId: string): Promise<void> {
  await rows(tx, `UPDATE failed_delivery SET ship_to = NULL, note = NULL WHERE merchant_id = $1 AND order_id = $2`, [
    merchantId,
    orderId,
  ]);
}

/** Every merchant's that somebody waits for, newest first; one more than the page holds. */
export async function listWaiting(
  db: Db,
  waitingFor: WaitingFor | null,
  { limit, after }: PageRequest,
): Promise<FailedDelivery[]> {
  const waits = waitingFor === null ? `(closed_at IS NULL OR ${QUESTION_OPEN})` : WAITS[waitingFor];
  return rows(db, `${SELECT} WHERE ${waits} AND id < coalesce($1::uuid, ${LAST_ID}) ORDER BY id DESC LIMIT $2`, [
    after?.[0] ?? null,
    limit + 1,
  ]);
}

export async function dueAt(db: Db, now: Date, limit: number): Promise<FailedDelivery[]> {
  return rows(
    db,
    `${SELECT} WHERE state = 'open' AND closed_at IS NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2`,
    [now, limit],
  );
}

export async function nextDue(db: Db): Promise<Date | null> {
  const row = await one<{ due: Date | null }>(
    db,
    `SELECT min(due_at) AS due FROM failed_delivery WHERE state = 'open' AND closed_at IS NULL`,
  );
  return row?.due ?? null;
}
