import { Injectable } from '@nestjs/common';
import type { Db } from '../../database/sql.ts';
import { CatalogueService, type Variant } from '../../catalogue/catalogue.service.ts';
import {
  FulfilmentService,
  isBeforeHandOver,
  warehouseSteps,
  type PackageRecord,
} from '../../fulfilment/fulfilment.service.ts';
import { NotFound } from '../../kernel/errors.ts';
import { idIn, idOut } from '../../kernel/ids.ts';
import { OrdersService } from '../../orders/orders.service.ts';
import { isAwaited } from '../returns/return.machine.ts';
import { getReturn, returnBehind, type ReturnRecord } from '../returns/return.store.ts';
import { packageSteps, type Step } from './scanned.policy.ts';

/** What a code leads to. */
export type Scanned = ScannedBase &
  (
    | ScannedParcels
    | { kind: 'return'; record: ReturnRecord; packages: PackageRecord[] }
    | { kind: 'variant'; variant: Variant }
  );

interface ScannedParcels {
  kind: 'package' | 'order';
  packages: PackageRecord[];
}

interface ScannedBase {
  /** As the API writes it; of a variant its SKU. */
  id: string;
  /** A sentence for whoever holds the scanner. */
  says: string;
  can: Step[];
}

/** Tells the warehouse what it holds in its hands: a tracking number, a package, an order, a return code or a SKU. */
@Injectable()
export class Scanning {
  constructor(
    private readonly orders: OrdersService,
    private readonly fulfilment: FulfilmentService,
    private readonly catalogue: CatalogueService,
  ) {}

  /** @throws NotFound it is nothing that the house knows: it can be recorded as an unannounced parcel */
  async read(db: Db, code: string): Promise<Scanned> {
    const found = await this.find(db, code.trim());
    if (found === null) throw new NotFound('code');
    return found;
  }

  /** Null: unknown. */
  async find(db: Db, code: string): Promise<Scanned | null> {
    const id = (prefix: 'pkg' | 'ord' | 'ret'): string | null => idIn(prefix, code.toLowerCase());
    try {
      const [packageId, orderId, returnId] = [id('pkg'), id('ord'), id('ret')];
      if (packageId !== null) return onePackage(await this.fulfilment.get(db, null, packageId));
      if (orderId !== null) return await this.order(db, orderId);
      if (returnId !== null) return await this.return(db, await getReturn(db, null, returnId));
    } catch (error) {
      if (error instanceof NotFound) return null;
      throw error;
    }
    return (await this.byNumber(db, code)) ?? (await this.byReturn(db, code)) ?? (await this.bySku(code));
  }

  private async byNumber(db: Db, code: string): Promise<Scanned | null> {
    const routes = await this.fulfilment.routesOf(db, [code.replace(/\s+/g, '').toUpperCase()]);
    const packages: PackageRecord[] = [];
    for (const { merchantId, packageId } of routes) packages.push(await this.fulfilment.get(db, merchantId, packageId));
    const [first, ...others] = packages;
    if (first === undefined) return null;
    if (others.length === 0) return onePackage(first);
    const says = `${packages.length} couriers use this number: look at the label.`;
    return { ...onePackage(first), packages, says, can: packages.flatMap(stepsOf) };
  }

  private async byReturn(db: Db, code: string): Promise<Scanned | null> {
    const key = await returnBehind(db, code);
    return key === null ? null : this.return(db, await getReturn(db, key.merchantId, key.returnId));
  }

  private async bySku(code: string): Promise<Scanned | null> {
    const { variants } = await this.catalogue.snapshot();
    const variant =
      variants.get(code) ?? [...variants.values()].find((v) => v.sku.toUpperCase() === code.toUpperCase());
    if (variant === undefined) return null;
    const count: Step = { action: 'count', method: 'POST', path: '/v1/stock-movements' };
    return { kind: 'variant', id: variant.sku, says: variant.title, can: [count], variant };
  }

  private async order(db: Db, orderId: string): Promise<Scanned> {
    const { order, packages } = await this.orders.load(db, null, orderId);
    const says = `Order ${order.reference}: ${order.status}, ${packages.length} packages.`;
    return { kind: 'order', id: idOut('ord', orderId), says, can: packages.flatMap(stepsOf), packages };
  }

  private async return(db: Db, record: ReturnRecord): Promise<Scanned> {
    const parcel = await this.fulfilment.get(db, record.merchantId, record.packageId);
    const id = idOut('ret', record.id);
    const receive: Step = {
      action: 'receive_return',
      method: 'POST',
      path: `/v1/returns/${record.code ?? id}/receipt`,
    };
    const isRefused = record.status === 'expired' && record.receivedAt === null;
    const can = isAwaited(record.status) || isRefused ? [receive] : [];
    const what =
      record.status === 'expired' ? 'expired: it is recorded, refused and kept for the merchant' : record.status;
    const says = `Return of order ${parcel.orderReference}: ${what.replaceAll('_', ' ')}.`;
    return { kind: 'return', id, says, can, record, packages: [parcel] };
  }
}

function onePackage(parcel: PackageRecord): ScannedBase & ScannedParcels {
  const { id, number, orderReference, status, interception } = parcel;
  const stop = isToBeStopped(parcel) ? ` STOP: ${(interception?.cause ?? '').replaceAll('_', ' ')}.` : '';
  const unpaid = parcel.paidAt === null && parcel.cancelledAt === null ? ' Its order is not paid.' : '';
  const says = `Package ${number} of order ${orderReference}: ${status.replaceAll('_', ' ')}.${stop}${unpaid}`;
  return { kind: 'package', id: idOut('pkg', id), says, can: stepsOf(parcel), packages: [parcel] };
}

function stepsOf(parcel: PackageRecord): Step[] {
  const { id, status, paidAt, cancelledAt, receivedAt } = parcel;
  return packageSteps({
    ...{ path: `/v1/packages/${idOut('pkg', id)}`, steps: warehouseSteps(status), isPaid: paidAt !== null },
    ...{ isCancelled: cancelledAt !== null, isToBeStopped: isToBeStopped(parcel) },
    isOut: !isBeforeHandOver(status) && receivedAt === null,
  });
}

export function isToBeStopped({ interception }: PackageRecord): boolean {
  return interception !== null && interception.answer === null;
}
