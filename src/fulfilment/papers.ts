import { Injectable } from '@nestjs/common';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import type { Db } from '../database/sql.ts';
import { idOut } from '../kernel/ids.ts';
import { declaredItems } from './declaring.ts';
import { countryName, type PostalAddress } from './documents/address.ts';
import { customsDocument, type CustomsLine } from './documents/customs.document.ts';
import { labelDocument } from './documents/label.document.ts';
import { manifestDocument } from './documents/manifest.document.ts';
import { packingSlipDocument } from './documents/packing-slip.document.ts';
import { AddressErased, NotLabelled } from './fulfilment.errors.ts';
import type { PackageRecord } from './package.records.ts';
import { PackageStore } from './package.store.ts';
import type { LabelParty } from './labels/easypost.translate.ts';
import type { ManifestRecord } from './warehouse/departures.ts';

/** Everything that a paper can say of a package. */
export interface PaperFacts {
  record: PackageRecord;
  /** Null: erased. */
  to: PostalAddress | null;
  from: LabelParty;
  goods: CustomsLine[];
  /** As weighed, else of the goods. */
  weightG: number;
}

/** Gathers what papers say and has them drawn. */
@Injectable()
export class Papers {
  constructor(
    private readonly store: PackageStore,
    private readonly catalogue: CatalogueService,
  ) {}

  /**
   * @throws NotLabelled it has no tracking number yet
   * @throws AddressErased
   */
  async label(db: Db, record: PackageRecord): Promise<Buffer> {
    const { trackingNumber, labelledAt, courier } = record;
    if (trackingNumber === null || labelledAt === null) throw new NotLabelled(record.status);
    const { from, to, weightG } = await this.printable(db, record);
    const { couriers } = await this.catalogue.snapshot();
    return labelDocument({
      courierName: couriers.find(({ code }) => code === courier)?.name ?? courier ?? '',
      service: record.service ?? '',
      trackingNumber,
      from: { name: from.name, lines: senderLines(from) },
      to,
      orderReference: record.orderReference,
      packageId: idOut('pkg', record.id),
      weightG,
      labelledAt,
    });
  }

  /** @throws AddressErased */
  async packingSlip(db: Db, record: PackageRecord): Promise<Buffer> {
    const { to, from } = await this.printable(db, record);
    return packingSlipDocument({
      packageId: idOut('pkg', record.id),
      orderReference: record.orderReference,
      warehouse: `${from.name} (${record.warehouse})`,
      to,
      items: record.items,
      plannedAt: record.plannedAt,
    });
  }

  /** @throws AddressErased */
  async customs(db: Db, record: PackageRecord): Promise<Buffer> {
    const { to, from, goods, weightG } = await this.printable(db, record);
    return customsDocument({
      packageId: idOut('pkg', record.id),
      trackingNumber: record.trackingNumber,
      from,
      to,
      lines: goods,
      shippingPaid: record.shippingPaid,
      weightG,
      at: record.labelledAt ?? record.plannedAt,
    });
  }

  async manifest(db: Db, { id, courier, packages, createdAt }: ManifestRecord): Promise<Buffer> {
    const { couriers } = await this.catalogue.snapshot();
    const countries = await this.store.countriesOf(db, packages);
    return manifestDocument({
      manifestId: idOut('mfs', id),
      courierName: couriers.find(({ code }) => code === courier)?.name ?? courier,
      parcels: packages.map((record) => ({
        trackingNumber: record.trackingNumber ?? '',
        packageId: idOut('pkg', record.id),
        service: record.service ?? '',
        country: countries.get(record.id) ?? '',
        weightG: record.weightG,
      })),
      at: createdAt,
    });
  }

  /** @throws NotFound */
  async facts(db: Db, merchantId: string, packageId: string): Promise<PaperFacts> {
    return this.gather(db, await this.store.get(db, merchantId, packageId));
  }

  private async printable(db: Db, record: PackageRecord): Promise<PaperFacts & { to: PostalAddress }> {
    const facts = await this.gather(db, record);
    if (facts.to === null) throw new AddressErased();
    return { ...facts, to: facts.to };
  }

  private async gather(db: Db, record: PackageRecord): Promise<PaperFacts> {
    const { variants, warehouses } = await this.catalogue.snapshot();
    const goods = (await declaredItems(db, record)).map(({ sku, title, quantity, paid }) => {
      const variant = variants.get(sku);
      const { hsCode = null, origin = null, weightG = 0 } = variant ?? {};
      return { sku, title, quantity, paid, hsCode, origin, weightG: weightG * quantity };
    });
    const warehouse = warehouses.find(({ code }) => code === record.warehouse);
    const from = sender(warehouse?.name ?? record.warehouse, warehouse?.country ?? '');
    const to = await this.store.addressOf(db, record.merchantId, record.id);
    return { record, to, from, goods, weightG: record.weightG ?? record.plannedWeightG };
  }
}

function sender(name: string, country: string): LabelParty {
  const nothing = { company: null, line1: null, line2: null, city: null, region: null, postalCode: null };
  return { name, country, ...nothing, phone: null, email: null };
}

function senderLines({ line1, line2, postalCode, city, country }: LabelParty): string[] {
  const place = [postalCode, city].filter((part) => part !== null).join(' ');
  return [line1, line2, place, countryName(country).toUpperCase()].filter(
    (line): line is string => line !== null && line !== '',
  );
}
