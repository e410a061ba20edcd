import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Cache } from '../database/cache.ts';
import { Drops } from '../database/drops.ts';
import { asHouse } from '../database/scope.ts';
import type { Db } from '../database/sql.ts';
import { loadCatalogue, type Catalogue, type Settings } from './catalogue.store.ts';
import type { Shelf } from './shelf.ts';
import { StockService, type Promised, type StockLevel, type StockUnits } from './stock.service.ts';

export type { Catalogue, Courier, CourierService, Handling, Settings, Variant, Warehouse } from './catalogue.store.ts';
export type { Shelf } from './shelf.ts';
export type { Promised, StockLevel, StockUnits } from './stock.service.ts';

/** The face of the catalogue: what there is, what it costs to send, and how many of it are free. */
@Injectable()
export class CatalogueService {
  private readonly cache: Cache<Catalogue>;

  constructor(
    private readonly db: DataSource,
    private readonly stock: StockService,
    drops: Drops,
  ) {
    this.cache = new Cache('catalogue', drops, () => loadCatalogue(asHouse(this.db)));
  }

  /** Variants, warehouses, couriers and settings; 5 seconds old at the most, at once after a change made here. */
  snapshot(): Promise<Catalogue> {
    return this.cache.get();
  }

  async settings(): Promise<Settings> {
    return (await this.snapshot()).settings;
  }

  /** Called by whoever changes what the snapshot holds, in the change's transaction. */
  changed(tx: EntityManager): void {
    this.cache.dropAfterCommit(tx);
  }

  /** Locks all stock of the SKUs, in the order of sku and warehouse, until the transaction ends. Free is onHand - reserved. */
  lockStock(tx: EntityManager, skus: readonly string[]): Promise<StockLevel[]> {
    return this.stock.lock(tx, skus);
  }

  /** The same without a lock: true for an instant, enough for a quote. */
  stockLevels(db: Db, skus: readonly string[]): Promise<StockLevel[]> {
    return this.stock.levels(db, skus);
  }

  /** The SKUs' stock, locked, for orders that take from it one after the other; `keepShelf` writes what they took. */
  openShelf(tx: EntityManager, skus: readonly string[]): Promise<Shelf> {
    return this.stock.openShelf(tx, skus);
  }

  /** What orders took from the shelf is written with COMMIT, or by `storeTaken`. */
  keepShelf(tx: EntityManager, shelf: Shelf): void {
    this.stock.keepShelf(tx, shelf);
  }

  storeTaken(tx: EntityManager): Promise<void> {
    return this.stock.storeTaken(tx);
  }

  /**
   * Promises units to an order; those with `backorder` are owed by a later receipt.
   * @throws OutOfStock
   */
  reserve(tx: EntityManager, units: readonly Promised[]): Promise<void> {
    return this.stock.reserve(tx, units);
  }

  /** Gives promised units up, whether they have come in or are still owed; what gets free serves the oldest back-orders. */
  release(tx: EntityManager, units: readonly Promised[]): Promise<void> {
    return this.stock.release(tx, units);
  }

  /** Promised units leave with the courier. @throws StockTooLow a back-order of them has not been served */
  ship(tx: EntityManager, units: readonly StockUnits[]): Promise<void> {
    return this.stock.ship(tx, units);
  }

  /** Goods that came back and were found sellable. */
  returnToStock(tx: EntityManager, units: readonly StockUnits[]): Promise<void> {
    return this.stock.returnToStock(tx, units);
  }

  /** What an order was promised and no shelf has yet: it cannot be picked. */
  owedTo(tx: EntityManager, merchantId: string, orderId: string): Promise<StockUnits[]> {
    return this.stock.owed(tx, merchantId, orderId);
  }
}
