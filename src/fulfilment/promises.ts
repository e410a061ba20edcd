import { Injectable } from '@nestjs/common';
import { CatalogueService, type Catalogue } from '../catalogue/catalogue.service.ts';
import { localDate, plusWorkingDays } from '../kernel/calendar.ts';
import type { PackageRecord } from './package.records.ts';

/** Local dates of the operator, 2026-05-04. */
export interface DeliveryEstimate {
  earliest: string;
  latest: string;
}

/** What is promised of packages, in the operator's working days. Source: product.md, Service promises. */
@Injectable()
export class Promises {
  private known: { catalogue: Catalogue; at: number; due: Map<number, Date> } | null = null;

  constructor(private readonly catalogue: CatalogueService) {}

  /** Until when a package that is paid at that instant shall leave, by warehouse. @param codes left out: all of them */
  async dispatchDue(paidAt: Date, codes?: ReadonlySet<string>): Promise<Map<string, Date>> {
    const catalogue = await this.catalogue.snapshot();
    const asked = catalogue.warehouses.filter(({ code }) => codes?.has(code) ?? true);
    return new Map(asked.map(({ code, dispatchDays }) => [code, this.dueIn(dispatchDays, paidAt, catalogue)]));
  }

  /** Orders that are placed together are paid at one instant: it is worked out once for them. */
  private dueIn(days: number, at: Date, catalogue: Catalogue): Date {
    if (this.known?.catalogue !== catalogue || this.known.at !== at.getTime())
      this.known = { catalogue, at: at.getTime(), due: new Map() };
    const { due } = this.known;
    const found = due.get(days) ?? plusWorkingDays(at, days, catalogue.settings);
    due.set(days, found);
    return found;
  }

  /** When packages that leave at that instant are expected, each by its service; null: the service is gone. */
  async estimates(packages: readonly PackageRecord[], leftAt: Date): Promise<(DeliveryEstimate | null)[]> {
    const { couriers, settings } = await this.catalogue.snapshot();
    const day = (days: number): string => localDate(plusWorkingDays(leftAt, days, settings), settings);
    return packages.map((parcel) => {
      const courier = couriers.find(({ code }) => code === parcel.courier);
      const service = courier?.services.find(({ code }) => code === parcel.service);
      return service === undefined ? null : { earliest: day(service.days.min), latest: day(service.days.max) };
    });
  }
}
