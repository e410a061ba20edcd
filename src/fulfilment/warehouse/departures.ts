import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import { Outbox } from '../../events/outbox.ts';
import { instant } from '../../kernel/clock.ts';
import { DomainError, NotFound, invalidField } from '../../kernel/errors.ts';
import { idIn, idOut, newId } from '../../kernel/ids.ts';
import { ManifestRefused, OrderNotPaid, PackageCancelled, type RefusedParcel } from '../fulfilment.errors.ts';
import { warehouseStep } from '../package.machine.ts';
import type { HandOverScan, PackageRecord } from '../package.records.ts';
import { PackageStore } from '../package.store.ts';
import { Promises } from '../promises.ts';
import { Interceptions } from './interceptions.ts';
import { stockOf } from './stock.ts';

export interface ManifestRecord {
  id: string;
  courier: string;
  packages: PackageRecord[];
  createdAt: Date;
}

interface Departure {
  at: Date;
  by: HandOverScan;
  byUser: string | null;
  manifestId?: string;
}

/** How packages leave the warehouse: by a scan each, by a manifest, or by the courier's own first scan. */
@Injectable()
export class Departures {
  constructor(
    private readonly store: PackageStore,
    private readonly interceptions: Interceptions,
    private readonly catalogue: CatalogueService,
    private readonly promises: Promises,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Hands one package over. Against a cancellation the row's lock decides; the loser is told what came first.
   * @throws PackageCancelled it was cancelled before this scan
   * @throws IllegalStep it is not labelled, or was handed over before
   */
  async handOver(tx: EntityManager, id: string, scan: { at: Date; byUser: string }): Promise<PackageRecord> {
    const found = await this.store.lockOne(tx, null, id);
    refuseHandOver(found);
    await this.leave(tx, [found], { at: scan.at, by: 'hand_over', byUser: scan.byUser });
    return this.store.get(tx, found.merchantId, id);
  }

  /**
   * Hands over all of these to one courier, or none.
   * @param asked ids as the API writes them
   * @throws ManifestRefused with every package that cannot be handed over and why
   */
  async manifest(
    tx: EntityManager,
    { courier, asked, at, byUser }: { courier: string; asked: readonly string[]; at: Date; byUser: string },
  ): Promise<ManifestRecord> {
    const { couriers } = await this.catalogue.snapshot();
    if (!couriers.some(({ code }) => code === courier)) {
      throw invalidField('/courier', 'unknown_courier', `There is no courier with the code ${courier}.`);
    }
    const texts = [...new Set(asked)];
    const ids = texts.flatMap((text) => idIn('pkg', text) ?? []);
    const found = await this.store.lockAcross(tx, ids);
    const refused = refusals(texts, found, courier);
    if (refused.length > 0) throw new ManifestRefused(refused, texts.length);
    const id = newId();
    await rows(tx, `INSERT INTO manifest (id, courier, parcels, created_at) VALUES ($1, $2, $3, $4)`, [
      id,
      courier,
      found.length,
      at,
    ]);
    await this.leave(tx, found, { at, by: 'manifest', byUser, manifestId: id });
    return this.manifestOf(tx, id);
  }

  /** @throws NotFound */
  async manifestOf(db: Db, id: string): Promise<ManifestRecord> {
    const row = await one<{ courier: string; createdAt: Date }>(
      db,
      `SELECT courier, created_at AS "createdAt" FROM manifest WHERE id = $1`,
      [id],
    );
    if (row === null) throw new NotFound('manifest');
    return { id, ...row, packages: await this.store.byManifest(db, id) };
  }

  /** What follows when locked packages go out, by whatever scan: stock, an open request to stop, the event. */
  async leave(tx: EntityManager, packages: readonly PackageRecord[], departure: Departure): Promise<void> {
    const { at, by, byUser, manifestId } = departure;
    const estimates = await this.promises.estimates(packages, at);
    await rows(
      tx,
      `UPDATE package p SET status = 'handed_over', handed_over_at = $3, handed_over_by = $4, manifest_id = $5,
         estimate_from = a.earliest, estimate_to = a.latest
       FROM unnest($1::uuid[], $2::uuid[], $6::date[], $7::date[]) AS a (merchant_id, id, earliest, latest)
       WHERE p.merchant_id = a.merchant_id AND p.id = a.id`,
      [
        ...[packages.map((p) => p.merchantId), packages.map((p) => p.id), at, by, manifestId ?? null],
        ...[estimates.map((e) => e?.earliest ?? null), estimates.map((e) => e?.latest ?? null)],
      ],
    );
    await this.store.note(
      tx,
      packages.map(({ merchantId, id }) => ({
        merchantId,
        packageId: id,
        step: 'handed_over',
        at,
        byUser,
        detail: { by },
      })),
    );
    await this.interceptions.answer(tx, packages, { stopped: false, by, at, byUser });
    const countries = await this.store.countriesOf(tx, packages);
    for (const { merchantId, orderId, id, courier, trackingNumber, items } of packages) {
      this.outbox.tell(tx, 'package.handed_over', {
        merchantId,
        orderId,
        packageId: id,
        courier: courier ?? '',
        trackingNumber: trackingNumber ?? '',
        country: countries.get(id) ?? '',
        items: items.map(({ sku, quantity }) => ({ sku, quantity })),
        at: instant(at),
      });
    }
    await this.catalogue.ship(tx, stockOf(packages));
  }
}

/** @throws PackageCancelled, OrderNotPaid, IllegalStep */
function refuseHandOver(found: PackageRecord): void {
  if (found.cancelledAt !== null) throw new PackageCancelled(found.id, found.cancelledAt);
  if (found.paidAt === null) throw new OrderNotPaid();
  warehouseStep(found.status, 'hand_over');
}

function refusals(texts: readonly string[], found: readonly PackageRecord[], courier: string): RefusedParcel[] {
  const byText = new Map(found.map((record) => [idOut('pkg', record.id), record]));
  return texts.flatMap((text) => refusal(text, byText.get(text), courier) ?? []);
}

function refusal(text: string, record: PackageRecord | undefined, courier: string): RefusedParcel | null {
  try {
    if (record === undefined) throw new NotFound('package');
    refuseHandOver(record);
    if (record.courier === courier) return null;
    return { package: text, code: 'other_courier', detail: `Its label is of ${record.courier ?? 'no courier'}.` };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { package: text, code: error.code, detail: error.message };
  }
}
