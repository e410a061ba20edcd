import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { FulfilmentService, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import { OrdersService, type OrderWithPackages } from '../orders/orders.service.ts';
import { StatementService } from '../wallet/statement.service.ts';

/** Orders, packages and transactions that events are about, each read once in a transaction whatever is told of it. */
@Injectable()
export class Reads {
  private readonly known = new WeakMap<EntityManager, Map<string, Promise<unknown>>>();

  constructor(
    private readonly orders: OrdersService,
    private readonly fulfilment: FulfilmentService,
    private readonly statements: StatementService,
  ) {}

  /** @throws NotFound */
  order(tx: EntityManager, merchantId: string, id: string): Promise<OrderWithPackages> {
    return this.once(tx, `order:${id}`, () => this.orders.load(tx, merchantId, id));
  }

  /** @throws NotFound */
  package(tx: EntityManager, merchantId: string, id: string): Promise<PackageRecord> {
    return this.once(tx, `package:${id}`, () => this.fulfilment.get(tx, merchantId, id));
  }

  /** @throws NotFound */
  transaction(tx: EntityManager, merchantId: string, journalId: string): ReturnType<StatementService['transaction']> {
    return this.once(tx, `transaction:${journalId}`, () => this.statements.transaction(tx, merchantId, journalId));
  }

  private once<T>(tx: EntityManager, key: string, read: () => Promise<T>): Promise<T> {
    const known = this.known.get(tx) ?? new Map<string, Promise<unknown>>();
    this.known.set(tx, known);
    const found = (known.get(key) as Promise<T> | undefined) ?? read();
    known.set(key, found);
    return found;
  }
}
