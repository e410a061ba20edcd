import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Call } from '../http/call.ts';
import { problemOf } from '../http/problems.ts';
import { StrictPipe } from '../http/validation.ts';
import { DomainError, InvalidFields } from '../kernel/errors.ts';
import { PlaceOrderBody, type BatchResultView, type BatchView } from './orders.dto.ts';
import { OrdersService } from './orders.service.ts';

const CREATED = 201;
/** A whole body may be left out; an order of a batch may not. */
const NOTHING = new InvalidFields([{ pointer: '', code: 'wrong_type', detail: 'The order must be a JSON object.' }]);

/** Many orders in one request and one transaction; each is checked, placed or refused by itself. */
@Injectable()
export class Batches {
  private readonly check = new StrictPipe();

  constructor(private readonly orders: OrdersService) {}

  async place(tx: EntityManager, merchantId: string, bodies: readonly unknown[], call: Call): Promise<BatchView> {
    const checked = await Promise.all(bodies.map((body) => this.checked(body)));
    const sound = checked.filter((body): body is PlaceOrderBody => !(body instanceof DomainError));
    const verdicts = await this.orders.placeAll(
      tx,
      sound.map((body) => ({ merchantId, body })),
    );
    const placed = new Map(sound.map((body, i) => [body, verdicts[i]]));
    return { data: checked.map((body) => result(body instanceof DomainError ? body : placed.get(body), call)) };
  }

  private async checked(body: unknown): Promise<PlaceOrderBody | DomainError> {
    if (body === null) return NOTHING;
    try {
      return (await this.check.transform(body, { type: 'body', metatype: PlaceOrderBody })) as PlaceOrderBody;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }
}

function result(verdict: BatchResultView['order'] | DomainError, call: Call): BatchResultView {
  if (!(verdict instanceof DomainError))
    return { status: CREATED, ...(verdict === undefined ? {} : { order: verdict }) };
  const problem = problemOf(verdict, { path: call.url, requestId: call.requestId });
  return { status: problem.status, problem };
}
