import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { rows } from '../database/sql.ts';
import { courierStep, type CourierSignal, type PackageStatus } from './package.machine.ts';
import type { Direction } from './package.records.ts';
import { PackageStore } from './package.store.ts';
import { Departures } from './warehouse/departures.ts';

/** What the fold of the courier's events says of a package. */
export interface CourierWord {
  merchantId: string;
  packageId: string;
  /** What it makes of the package; null: nothing (`label_created`, `expired`, …), it is only shown. */
  status: CourierSignal | null;
  /** The canonical word of the newest fact, shown as `courier_status`; left out: the status. */
  courierStatus?: string | null;
  reason: string | null;
  direction?: Direction;
  /** When the newest fact happened. */
  at: Date;
  /** The first physical scan: the hand-over of a package that is only labelled. Left out: `at`. */
  firstScanAt?: Date | null;
  deliveredAt?: Date | null;
  returnedAt?: Date | null;
  disputed: boolean;
}

/** As much of a package as its courier's word needs, locked. */
export interface Followed {
  merchantId: string;
  id: string;
  orderId: string;
  status: PackageStatus;
  courierStatus: string | null;
  reason: string | null;
  direction: Direction;
  disputed: boolean;
  deliveredAt: Date | null;
  returnedAt: Date | null;
}

/** Where a package is after its courier's word. */
export interface Followup {
  status: PackageStatus;
  /** The word was also its hand-over. */
  handedOver: boolean;
}

/** Brings many packages of a merchant to where their couriers say they are: a lock, a change, whatever their number. */
@Injectable()
export class CourierWords {
  constructor(
    private readonly store: PackageStore,
    private readonly departures: Departures,
  ) {}

  /** In the order of their ids; those that are not the merchant's are left out. */
  lock(tx: EntityManager, merchantId: string, ids: readonly string[]): Promise<Followed[]> {
    return rows<Followed>(
      tx,
      `SELECT merchant_id AS "merchantId", id, order_id AS "orderId", status, courier_status AS "courierStatus", reason, direction,
         disputed, delivered_at AS "deliveredAt", returned_at AS "returnedAt"
       FROM package WHERE merchant_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE`,
      [merchantId, ids],
    );
  }

  /**
   * On a package that is only labelled the first physical scan is its hand-over; before that and once cancelled the
   * word is only shown.
   * @param said of packages of one merchant that are locked
   * @returns by the packages' ids
   */
  async apply(
    tx: EntityManager,
    merchantId: string,
    said: readonly { before: Followed; word: CourierWord }[],
  ): Promise<Map<string, Followup>> {
    const steps = said.map(({ before, word }) => {
      const next = word.status === null ? null : courierStep(before.status, word.status);
      return { before, word, next, handedOver: before.status === 'labelled' && next !== null };
    });
    await this.handOver(
      tx,
      merchantId,
      steps.filter(({ handedOver }) => handedOver).map(({ word }) => word),
    );
    const changes = steps.flatMap(({ before, word, next }) => changeOf(before, word, next));
    if (changes.length > 0) {
      await rows(
        tx,
        `UPDATE package p SET status = w.status, courier_status = w.courier_status, reason = w.reason, direction = w.direction,
           disputed = w.disputed, delivered_at = w.delivered_at, returned_at = w.returned_at
         FROM jsonb_to_recordset($2::jsonb) AS w (id uuid, status text, courier_status text, reason text, direction text,
           disputed boolean, delivered_at timestamptz, returned_at timestamptz)
         WHERE p.merchant_id = $1 AND p.id = w.id`,
        [merchantId, JSON.stringify(changes)],
      );
    }
    return new Map(
      steps.map(({ before, next, handedOver }) => [before.id, { status: next ?? before.status, handedOver }]),
    );
  }

  private async handOver(tx: EntityManager, merchantId: string, words: readonly CourierWord[]): Promise<void> {
    if (words.length === 0) return;
    const ids = words.map(({ packageId }) => packageId);
    const records = new Map((await this.store.byIds(tx, merchantId, ids)).map((record) => [record.id, record]));
    for (const { packageId, firstScanAt, at } of words) {
      const record = records.get(packageId);
      if (record !== undefined)
        await this.departures.leave(tx, [record], { at: firstScanAt ?? at, by: 'courier', byUser: null });
    }
  }
}

interface Change {
  id: string;
  status: string;
  courier_status: string | null;
  reason: string | null;
  direction: string;
  disputed: boolean;
  delivered_at: string | null;
  returned_at: string | null;
}

/** None where the word says what was known. */
function changeOf(before: Followed, word: CourierWord, next: PackageStatus | null): Change[] {
  const moves = next !== null || before.status === word.status;
  const kept = (given: Date | null | undefined, old: Date | null): string | null =>
    (given === undefined || !moves ? old : given)?.toISOString() ?? null;
  const change: Change = {
    id: before.id,
    status: next ?? before.status,
    courier_status: word.courierStatus === undefined ? word.status : word.courierStatus,
    reason: word.reason,
    direction: word.direction ?? before.direction,
    disputed: word.disputed,
    delivered_at: kept(word.deliveredAt, before.deliveredAt),
    returned_at: kept(word.returnedAt, before.returnedAt),
  };
  const was: Change = {
    ...{ id: before.id, status: before.status, courier_status: before.courierStatus, reason: before.reason },
    ...{ direction: before.direction, disputed: before.disputed },
    delivered_at: before.deliveredAt?.toISOString() ?? null,
    returned_at: before.returnedAt?.toISOString() ?? null,
  };
  return JSON.stringify(change) === JSON.stringify(was) ? [] : [change];
}
