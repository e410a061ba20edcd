import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { HTTP_CODE_METADATA } from '@nestjs/common/constants.js';
import { ApiExtension } from '@nestjs/swagger';
import { actorOf, type Actor, type KnownRequest } from './actor.ts';

export type KeyRule = 'required' | 'optional';

const KEY_RULE = 'waybill:idempotency';

/** `required` where money moves; every other POST takes a key too. */
export const Idempotency = (rule: KeyRule) =>
  applyDecorators(SetMetadata(KEY_RULE, rule), ApiExtension('x-idempotency-key', rule));

/** One request that changes something, as commands see it. */
export interface Call {
  actor: Actor;
  method: string;
  /** Path and query. */
  url: string;
  /** The route's pattern: `/v1/orders/:id`. */
  route: string;
  requestId: string;
  body: unknown;
  /** Status of success. */
  status: number;
  /** Null: none was sent, which FormGuard has allowed. */
  idempotencyKey: string | null;
}

/** Whether the route needs a key. */
export const keyRuleOf = (handler: object): KeyRule =>
  (Reflect.getMetadata(KEY_RULE, handler) as KeyRule | undefined) ?? 'optional';

export const CurrentCall = createParamDecorator((_: unknown, context: ExecutionContext): Call => {
  const request = context.switchToHttp().getRequest<KnownRequest>();
  const handler = context.getHandler();
  const header = request.headers['idempotency-key'];
  return {
    actor: actorOf(request),
    method: request.method,
    url: request.url,
    route: request.routeOptions.url ?? '',
    requestId: request.id,
    body: request.body,
    status: (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ?? 200,
    idempotencyKey: typeof header === 'string' ? header : null,
  };
});
