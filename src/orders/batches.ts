import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { attempt } from '../database/transaction.ts';
import type { Call } from '../http/call.ts';
import { problemOf } from '../http/problems.ts';
import { StrictPipe } from '../http/validation.ts';
import { DomainError } from '../kernel/errors.ts';
import { PlaceOrderBody, type BatchResultView, type BatchView } from './orders.dto.ts';
import { OrdersService } from './orders.service.ts';

const CREATED = 201;

/** Many orders in one request and one transaction; each is checked, placed or refused by itself. */
@Injectable()
export class Batches {
  private readonly check = new StrictPipe();

  constructor(private readonly orders: OrdersService) {}

  async place(tx: EntityManager, merchantId: string, bodies: readonly object[], call: Call): Promise<BatchView> {
    const data: BatchResultView[] = [];
    for (const body of bodies) data.push(await this.one(tx, merchantId, body, call));
    return { data };
  }

  private async one(tx: EntityManager, merchantId: string, body: object, call: Call): Promise<BatchResultView> {
    try {
      const order = (await this.check.transform(body, { type: 'body', metatype: PlaceOrderBody })) as PlaceOrderBody;
      return { status: CREATED, order: await attempt(tx, () => this.orders.place(tx, merchantId, order)) };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const problem = problemOf(error, { path: call.url, requestId: call.requestId });
      return { status: problem.status, problem };
    }
  }
}
