import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { Config } from '../../config.ts';
import { asHouse, asMerchant } from '../../database/scope.ts';
import { one, rows } from '../../database/sql.ts';
import { inTransaction } from '../../database/transaction.ts';
import { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { idOut, newId } from '../../kernel/ids.ts';
import {
  AddressErased,
  LabelAlreadyBought,
  LabelInProgress,
  LabelOutdated,
  LabelRateMissing,
} from '../fulfilment.errors.ts';
import type { PackageRecord } from '../package.records.ts';
import { PackageStore } from '../package.store.ts';
import { Papers } from '../papers.ts';
import { Bench } from '../warehouse/bench.ts';
import { EasyPost } from './easypost.ts';
import { toEasyPost, type EasyPostShipment, type LabelOrder } from './easypost.translate.ts';
import { chooseRate } from './rate.policy.ts';

const PROVIDER = 'EasyPost';
const TIMEOUT_MS = 8_000;
/** Longer than the slowest purchase can take: 3 tries to make it, 3 to buy it, each asked about 3 times. */
const LEASE_SECONDS = 180;

export interface LabelWish {
  courier: string;
  service: string;
}

interface NewPurchase extends LabelWish {
  id: string;
}

export interface BoughtLabel {
  purchaseId: string;
  trackingNumber: string;
}

/** One try to buy a label, as it is stored. */
interface Purchase {
  merchantId: string;
  id: string;
  packageId: string;
  courier: string;
  service: string;
  shipmentId: string | null;
  trackingNumber: string | null;
}

/**
 * Buys labels: the claim is a row that commits before anything is sent, every answer commits before the next call, and
 * what was never answered is asked about before anything is sent again. So a crash at any point costs no second label.
 * Source: reliability.md, Outside calls.
 */
@Injectable()
export class LabelDesk implements OnModuleDestroy {
  private readonly easypost: EasyPost | null;

  constructor(
    private readonly db: DataSource,
    private readonly store: PackageStore,
    private readonly bench: Bench,
    private readonly papers: Papers,
    private readonly catalogue: CatalogueService,
    private readonly clock: Clock,
    config: Config,
  ) {
    const { easypostBaseUrl: baseUrl, easypostApiKey: apiKey } = config;
    this.easypost = apiKey === null ? null : new EasyPost({ baseUrl, apiKey, timeoutMs: TIMEOUT_MS });
  }

  async onModuleDestroy(): Promise<void> {
    await this.easypost?.close();
  }

  /**
   * A number for a packed package, bought now or by an earlier try that did not get to use it. Null where there is
   * nothing to buy: no provider is set up, or the package does not wait for a label (labelling then says why).
   * @throws LabelRefused, LabelRateMissing, LabelAlreadyBought, LabelInProgress
   * @throws LabelProviderUnavailable, LabelOutcomeUnknown try again later; it resumes where it stood
   */
  async obtain(packageId: string, wish: LabelWish): Promise<BoughtLabel | null> {
    const { easypost } = this;
    if (easypost === null) return null;
    await this.bench.checkService(wish.courier, wish.service);
    const id = newId(); // of one call: where it is tried again, the first try may have claimed the package
    const claim = await inTransaction(asHouse(this.db), (tx) => this.claim(tx, packageId, { ...wish, id }));
    if (claim === null) return null;
    try {
      const bought = await this.carryOut(easypost, claim);
      return { purchaseId: claim.id, trackingNumber: await this.keep(claim, bought) };
    } catch (error) {
      await this.giveUp(claim, error);
      throw error;
    }
  }

  /** @param wish.id of the purchase where none is open */
  private async claim(tx: EntityManager, packageId: string, wish: NewPurchase): Promise<Purchase | null> {
    const found = await this.store.lockOne(tx, null, packageId);
    if (found.status !== 'packed') return null;
    const open = await one<Purchase & { leased: boolean }>(
      tx,
      `SELECT merchant_id AS "merchantId", id, package_id AS "packageId", courier, service, shipment_id AS "shipmentId",
         tracking_number AS "trackingNumber", leased_until > clock_timestamp() AS leased FROM label_purchase
       WHERE merchant_id = $1 AND package_id = $2 AND state IN ('claimed', 'created', 'bought')`,
      [found.merchantId, packageId],
    );
    if (open === null) return this.open(tx, found, wish);
    const same = open.courier === wish.courier && open.service === wish.service;
    if (open.trackingNumber !== null) {
      if (!same) throw new LabelAlreadyBought({ ...open, trackingNumber: open.trackingNumber });
      return open;
    }
    if (open.id === wish.id) return open;
    if (open.leased) throw new LabelInProgress();
    if (same || open.shipmentId !== null) return this.lease(tx, open); // it may have been bought: that is asked first
    await this.close(tx, open, 'another service was wished');
    return this.open(tx, found, wish);
  }

  private async open(
    tx: EntityManager,
    found: PackageRecord,
    { id, courier, service }: NewPurchase,
  ): Promise<Purchase> {
    await rows(
      tx,
      `INSERT INTO label_purchase (merchant_id, id, package_id, provider, courier, service, state, claimed_at, leased_until)
       VALUES ($1, $2, $3, $4, $5, $6, 'claimed', $7, clock_timestamp() + make_interval(secs => $8))`,
      [found.merchantId, id, found.id, PROVIDER, courier, service, this.clock.now(), LEASE_SECONDS],
    );
    const { merchantId } = found;
    return { merchantId, id, packageId: found.id, courier, service, shipmentId: null, trackingNumber: null };
  }

  private async lease(tx: EntityManager, purchase: Purchase): Promise<Purchase> {
    await rows(
      tx,
      `UPDATE label_purchase SET leased_until = clock_timestamp() + make_interval(secs => $3) WHERE merchant_id = $1 AND id = $2`,
      [purchase.merchantId, purchase.id, LEASE_SECONDS],
    );
    return purchase;
  }

  private async carryOut(easypost: EasyPost, claim: Purchase): Promise<EasyPostShipment | string> {
    if (claim.trackingNumber !== null) return claim.trackingNumber;
    const shipment =
      claim.shipmentId === null ? await this.create(easypost, claim) : await easypost.retrieve(claim.shipmentId);
    if (shipment.trackingCode !== null) return shipment;
    const rate = chooseRate(shipment.rates, await this.wanted(claim));
    if (rate === null) {
      const offered = shipment.rates.map(({ carrier, service }) => `${carrier} ${service}`);
      throw new LabelRateMissing(PROVIDER, claim.courier, offered);
    }
    return easypost.buy(shipment.id, rate.id);
  }

  /** The shipment's id is stored before its postage is bought: whatever happens then can be asked about. */
  private async create(easypost: EasyPost, claim: Purchase): Promise<EasyPostShipment> {
    const shipment = await easypost.create(toEasyPost(await this.order(claim)));
    await inTransaction(asHouse(this.db), (tx) =>
      rows(
        tx,
        `UPDATE label_purchase SET state = 'created', shipment_id = $3 WHERE merchant_id = $1 AND id = $2 AND state = 'claimed'`,
        [claim.merchantId, claim.id, shipment.id],
      ),
    );
    return shipment;
  }

  private async keep(claim: Purchase, bought: EasyPostShipment | string): Promise<string> {
    if (typeof bought === 'string') return bought;
    const number = bought.trackingCode;
    if (number === null) throw new Error('A purchase without a tracking number is none.');
    const cost = bought.bought?.cost ?? null;
    const kept = await inTransaction(asHouse(this.db), (tx) =>
      one<{ state: string }>(
        tx,
        `UPDATE label_purchase SET state = CASE state WHEN 'failed' THEN state ELSE 'bought' END, tracking_number = $3,
           cost_minor = $4, cost_currency = $5, label_url = $6, leased_until = clock_timestamp()
         WHERE merchant_id = $1 AND id = $2 RETURNING state`,
        [claim.merchantId, claim.id, number, cost?.minor.toString() ?? null, cost?.currency ?? null, bought.labelUrl],
      ),
    );
    if (kept?.state !== 'bought') throw new LabelOutdated(number);
    return number;
  }

  /** A no ends the try; what is only not known yet stays open, without its lease, for the next one to resume. */
  private async giveUp(claim: Purchase, error: unknown): Promise<void> {
    const final = error instanceof DomainError && error.kind === 'refused';
    await inTransaction(asHouse(this.db), async (tx) => {
      if (final) await this.close(tx, claim, error.code);
      else
        await rows(
          tx,
          `UPDATE label_purchase SET leased_until = clock_timestamp() WHERE merchant_id = $1 AND id = $2`,
          [claim.merchantId, claim.id],
        );
    });
  }

  private async close(tx: EntityManager, { merchantId, id }: Purchase, why: string): Promise<void> {
    await rows(tx, `UPDATE label_purchase SET state = 'failed', error = $3 WHERE merchant_id = $1 AND id = $2`, [
      merchantId,
      id,
      why,
    ]);
  }

  private async order({ merchantId, packageId, id }: Purchase): Promise<LabelOrder> {
    const { record, to, from, goods, weightG } = await this.papers.facts(
      asMerchant(this.db, merchantId),
      merchantId,
      packageId,
    );
    if (to === null) throw new AddressErased();
    const reference = `${idOut('pkg', record.id)}/${id.slice(-12)}`;
    return { reference, from, to, weightG, sizeMm: null, goods };
  }

  /** How the courier may be called at EasyPost: as its tracking settings say, else by its code or its name. */
  private async wanted({ courier, service }: Purchase): Promise<{ carriers: string[]; service: string }> {
    const { couriers } = await this.catalogue.snapshot();
    const found = couriers.find(({ code }) => code === courier);
    const named = (found?.tracking ?? []).flatMap(({ source, carrier }) =>
      source === 'easypost' && carrier ? [carrier] : [],
    );
    return { carriers: named.length > 0 ? named : [courier, found?.name ?? courier], service };
  }
}
