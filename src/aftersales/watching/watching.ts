import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../../events/outbox.ts';
import type { PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { instant, plusDays, plusHours } from '../../kernel/clock.ts';
import type { Terms } from '../../policies/policies.service.ts';
import { TrackingService } from '../../tracking/tracking.service.ts';
import { setDue, startDue, startSilence } from '../due.store.ts';
import { addNotice } from './notice.store.ts';

/** What the courier may report of a parcel that nobody has scanned. */
const UNSEEN: readonly (string | null)[] = [null, 'label_created', 'unknown', 'expired', 'cancelled', 'pickup_failed'];
/** Going forward, at no counter: the courier must have something to say. */
const ON_ITS_WAY: readonly string[] = ['handed_over', 'in_transit', 'out_for_delivery', 'attempt_failed', 'exception'];
/** Days without a word of the courier after which staff are warned. Source: tracking.md, Staff pages, silent. */
const SILENT_DAYS = 7;
/** It may lie there for weeks. */
const AT_A_COUNTER = 'available_for_pickup';
const ON_ITS_WAY_BACK: readonly string[] = ['rto_initiated', 'rto_in_transit'];

/**
 * Parcels of which nothing is heard: no first scan after hand-over, no word for a week, an RTO that does not arrive.
 * Warns once of each, pays nothing.
 */
@Injectable()
export class Watching {
  constructor(
    private readonly outbox: Outbox,
    private readonly tracking: TrackingService,
  ) {}

  /**
   * Sets, or clears, the instants at which the package is looked at.
   * @param at of the fact that moved it: an RTO counts from there
   * Source: policies.md, `first_scan_due_hours`, and courier-proof, an RTO not seen to arrive
   */
  follow(tx: EntityManager, parcel: PackageRecord, { tracking }: Terms, at: Date): void {
    const { merchantId, id: packageId, orderId, handedOverAt } = parcel;
    const key = { merchantId, packageId, orderId };
    const scanDue =
      isUnseen(parcel) && handedOverAt !== null ? plusHours(handedOverAt, tracking.first_scan_due_hours) : null;
    setDue(tx, { ...key, kind: 'first_scan' }, strictlyAfter(scanDue));
    const overdue = strictlyAfter(plusDays(at, tracking.rto_overdue_days));
    if (ON_ITS_WAY_BACK.includes(parcel.status)) startDue(tx, { ...key, kind: 'rto_overdue', at: overdue });
    else if (ON_ITS_WAY.includes(parcel.status)) startSilence(tx, { ...key, at: silentFrom(handedOverAt ?? at) });
    else setDue(tx, { ...key, kind: 'rto_overdue' }, null);
  }

  async firstScanDue(tx: EntityManager, parcel: PackageRecord, { tracking }: Terms, at: Date): Promise<void> {
    if (!isUnseen(parcel)) return;
    const hours = tracking.first_scan_due_hours;
    const text = `No scan of ${numberOf(parcel)} in the ${hours} hours since its hand-over.`;
    const notice = { ...keyOf(parcel), kind: 'first_scan_missing', role: 'support', text, at } as const;
    if (await addNotice(tx, notice)) this.tell(tx, 'package.first_scan_missing', parcel, at);
  }

  /** Asked again a week after the courier's newest word, until it has none for a week, or the parcel goes forward no more. */
  async silenceDue(tx: EntityManager, parcel: PackageRecord, now: Date): Promise<void> {
    if (!ON_ITS_WAY.includes(parcel.status) && parcel.status !== AT_A_COUNTER) return;
    const { lastEventAt } = await this.tracking.foldOf(tx, parcel.merchantId, parcel.id);
    const next = silentFrom(lastEventAt ?? parcel.handedOverAt ?? now);
    const isQuiet = next <= now && parcel.status !== AT_A_COUNTER && !isUnseen(parcel);
    if (!isQuiet) {
      const at = next > now ? next : silentFrom(now);
      startDue(tx, { ...keyOf(parcel), kind: 'silent', at });
      return;
    }
    const text = `Nothing was said of ${numberOf(parcel)} for ${SILENT_DAYS} days.`;
    await addNotice(tx, { ...keyOf(parcel), kind: 'silent', role: 'support', text, at: now });
  }

  async rtoDue(tx: EntityManager, parcel: PackageRecord, { tracking }: Terms, at: Date): Promise<void> {
    if (!ON_ITS_WAY_BACK.includes(parcel.status)) return;
    const text = `${numberOf(parcel)} has been on its way back for more than ${tracking.rto_overdue_days} days.`;
    const notice = { ...keyOf(parcel), kind: 'rto_overdue', role: 'support', text, at } as const;
    if (await addNotice(tx, notice)) this.tell(tx, 'package.rto_overdue', parcel, at);
  }

  /**
   * Back by the word of a source that sends no more than a token: its courier is asked, where that is set up, before
   * money moves. Source: tracking.md, Sources to read.
   */
  async waitsForProof(tx: EntityManager, parcel: PackageRecord, now: Date): Promise<boolean> {
    const { merchantId, id: packageId, status, receivedAt, courier, trackingNumber } = parcel;
    if (status !== 'rto_delivered' || receivedAt !== null || courier === null || trackingNumber === null) return false;
    const returned = { merchantId, packageId, courier, trackingNumber };
    if (!(await this.tracking.waitsForCourier(tx, returned))) return false;
    const text = `${numberOf(parcel)} is back by a source’s token alone: its courier is asked.`;
    if (await addNotice(tx, { ...keyOf(parcel), kind: 'rto_unproven', role: 'support', text, at: now }))
      await this.tracking.askCourier(tx, returned);
    return true;
  }

  private tell(
    tx: EntityManager,
    name: 'package.first_scan_missing' | 'package.rto_overdue',
    parcel: PackageRecord,
    at: Date,
  ): void {
    this.outbox.tell(tx, name, { ...keyOf(parcel), at: instant(at) });
  }
}

/** Handed over by the warehouse's own scan, and by nobody else's since. */
function isUnseen({ status, handedOverBy, courierStatus }: PackageRecord): boolean {
  return status === 'handed_over' && handedOverBy !== 'courier' && UNSEEN.includes(courierStatus);
}

function silentFrom(heard: Date): Date {
  return strictlyAfter(plusDays(heard, SILENT_DAYS));
}

function strictlyAfter<D extends Date | null>(edge: D): D {
  return (edge === null ? null : new Date(edge.getTime() + 1)) as D;
}

function keyOf({ merchantId, orderId, id }: PackageRecord): { merchantId: string; orderId: string; packageId: string } {
  return { merchantId, orderId, packageId: id };
}

function numberOf({ courier, trackingNumber }: PackageRecord): string {
  return `${courier ?? 'The courier'} ${trackingNumber ?? ''}`.trim();
}
